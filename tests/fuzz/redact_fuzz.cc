// Masking never fails, keeps the shape of what it is given, and never lets the secret through that it was
// told of.
#include "base/json.h"
#include "fuzz.h"
#include "log/redact.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  const std::string secret = "sk-0123456789abcdefghij";
  if (input.find(secret) != std::string_view::npos) return 0;  // under another name it may stay
  const pk::log::Headers headers{{"Authorization", "Bearer " + secret},
                                 {"x-portkey-config", std::string(input)},
                                 {std::string(input), secret}};
  const pk::log::Headers masked = pk::log::redact_headers(headers, "");
  PK_ASSERT(masked.size() == headers.size());
  PK_ASSERT(masked[0].second.find(secret) == std::string::npos);
  const std::string config = R"({"api_key":")" + secret + R"(","x":)" + std::string(input) + "}";
  PK_ASSERT(pk::log::redact_json(config).find(secret) == std::string::npos);
  if (pk::is_json(config)) PK_ASSERT(pk::is_json(pk::log::redact_json(config)));
  pk::log::redact_urls(std::string(input));
  PK_ASSERT(pk::log::redact_query("key=" + secret + "&" + std::string(input)).find(secret) ==
            std::string::npos);
  return 0;
}
