// JsonReader says of every text what simdjson says, but for what JSON allows and simdjson does not (numbers
// beyond 64 bits, half a surrogate pair); its tokens lie in the text in order.
#include <simdjson.h>

#include <string>

#include "base/json.h"
#include "base/json_reader.h"
#include "fuzz.h"

namespace {

simdjson::error_code simdjson_says(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.allocate(text.size() + 1, pk::k_json_depth_max) != simdjson::SUCCESS) return simdjson::MEMALLOC;
  return parser.parse(text.data(), text.size()).get(element);
}

void check_tokens(std::string_view text) {
  pk::JsonReader reader(text);
  std::size_t end = 0;
  for (auto token = reader.next(); token != pk::JsonToken::end && token != pk::JsonToken::error;
       token = reader.next()) {
    PK_ASSERT(reader.offset() >= end);
    PK_ASSERT(!reader.token().empty());
    end = reader.offset() + reader.token().size();
    PK_ASSERT(end <= text.size());
    if (token == pk::JsonToken::string || token == pk::JsonToken::key)
      PK_ASSERT(pk::json_unquoted(reader.token()).size() <= reader.token().size() * 3);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  const bool ours = pk::is_json(input);
  const simdjson::error_code theirs = simdjson_says(input);
  const bool stricter = theirs == simdjson::NUMBER_ERROR || theirs == simdjson::STRING_ERROR;
  // It also passes over a byte order mark, which RFC 8259 lets a reader do or not.
  if (theirs == simdjson::SUCCESS && !input.starts_with("\xef\xbb\xbf")) PK_ASSERT(ours);
  if (ours) PK_ASSERT(theirs == simdjson::SUCCESS || stricter);
  check_tokens(input);
  pk::json_unquoted(input);
  PK_ASSERT(pk::is_json(pk::json_string(input)));
  return 0;
}
