// Any body that the gateway takes becomes JSON in each dialect's form, or a reason why not; and what goes
// into a URL cannot lead elsewhere.
#include "base/json.h"
#include "fuzz.h"
#include "provider/bedrock.h"
#include "provider/cohere.h"
#include "provider/google.h"

namespace {

using namespace pk;
using namespace pk::provider;

constexpr std::string_view k_base = "https://h.example";

void check(const Dialect& dialect, std::string_view body, const BodyFacts& facts, log::Endpoint endpoint) {
  Provider row;
  row.slug = "acme";
  row.base_url = k_base;
  row.prefix = "/v9";
  const ProviderOptions options = {
      {"aws_region", "us-east-1"}, {"aws_access_key_id", "A"}, {"aws_secret_access_key", "S"}};
  const auto request =
      dialect.encode({row, endpoint, "POST", "", "", body, facts, k_base, "k", options, 1'000'000});
  if (!request) {
    PK_ASSERT(!request.error().message.empty());
    return;
  }
  PK_ASSERT(is_json(request->body));
  PK_ASSERT(request->url.starts_with("https://h.example/v9/"));
  PK_ASSERT(request->url.find_first_of(" \r\n#") == std::string::npos);
  PK_ASSERT(request->url.find("/../") == std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text(data, size);
  const auto facts = BodyReader().read(input);
  if (!facts) return 0;
  for (const Dialect* dialect : {&k_google, &k_cohere, &k_bedrock})
    for (const auto endpoint : {log::Endpoint::chat_completions, log::Endpoint::embeddings})
      check(*dialect, input, *facts, endpoint);
  return 0;
}
