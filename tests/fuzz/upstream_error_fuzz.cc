// Whatever an upstream sends with its error, the client gets JSON in UTF-8 and the log one bounded line.
#include "base/json.h"
#include "base/text.h"
#include "fuzz.h"
#include "provider/errors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  const std::string shaped = pk::provider::shape_error("openai", 500, "text/html", input);
  PK_ASSERT(pk::is_json(shaped));
  PK_ASSERT(shaped.find("\"error\":{\"message\":\"openai error: ") != std::string::npos);
  const std::string text = pk::provider::error_text(input);
  PK_ASSERT(pk::is_utf8(text));
  PK_ASSERT(text.find_first_of("\n\r\x1b") == std::string::npos);
  // Bytes that are no UTF-8 are shown as four.
  PK_ASSERT(text.size() <= 4 * pk::provider::k_error_text_bytes_max);
  return 0;
}
