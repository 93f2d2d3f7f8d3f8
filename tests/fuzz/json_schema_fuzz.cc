// Whatever a schema and a text are, the one is held against the other in bounded time. A line end parts the
// two.
#include <algorithm>
#include <string>

#include "fuzz.h"
#include "replay/json_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pk::fuzz::text(data, size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  const auto schema = pk::replay::JsonSchema::parse(std::string(text.substr(0, end)));
  if (!schema) {
    PK_ASSERT(!schema.error().message.empty());
    return 0;
  }
  const auto problem = schema->problem_of(text.substr(std::min(end + 1, text.size())));
  PK_ASSERT(!problem || !problem->empty());
  return 0;
}
