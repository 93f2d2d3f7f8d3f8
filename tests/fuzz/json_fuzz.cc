// JsonReader says of every text what simdjson says, but for what JSON allows and simdjson does not (numbers
// beyond 64 bits, half a surrogate pair); its tokens lie in the text in order.
#include <simdjson.h>

#include <string>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"
#include "fuzz.h"

namespace {

simdjson::error_code simdjson_says(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (parser.allocate(text.size() + 1, pk::k_json_depth_max) != simdjson::SUCCESS) return simdjson::MEMALLOC;
  return parser.parse(text.data(), text.size()).get(element);
}

// Past the container that the reader has just opened, step by step; false if it breaks.
bool walk_over(pk::JsonReader& reader) {
  for (const std::size_t outer = reader.depth() - 1; reader.depth() > outer;)
    if (reader.next() == pk::JsonToken::error) return false;
  return true;
}

// The same, members read at once.
bool walk_members_over(pk::JsonReader& reader) {
  std::string_view key;
  for (const std::size_t outer = reader.depth() - 1; reader.depth() > outer;) {
    pk::JsonReader one_by_one = reader;
    const pk::JsonToken single = one_by_one.next();
    const pk::JsonToken both = reader.next_member(key);
    if (single == pk::JsonToken::key) {
      PK_ASSERT(key == one_by_one.token() || both == pk::JsonToken::error);
      PK_ASSERT(one_by_one.next() == both);
    } else {
      PK_ASSERT(both == single);
    }
    PK_ASSERT(reader.offset() == one_by_one.offset() && reader.depth() == one_by_one.depth());
    if (both == pk::JsonToken::error) return false;
    if (both == pk::JsonToken::array_begin && !walk_over(reader)) return false;
  }
  return true;
}

// Taking a container whole and walking through it come to the same place, be it where the text breaks.
void check_skip(pk::JsonReader reader, pk::JsonToken token) {
  pk::JsonReader walker = reader;
  pk::JsonReader members = reader;
  const bool whole = walk_over(walker);
  if (token == pk::JsonToken::object_begin) PK_ASSERT(walk_members_over(members) == whole);
  const std::string_view taken = reader.take_value();
  PK_ASSERT(taken.empty() == !whole);
  PK_ASSERT(whole || reader.offset() == walker.offset());
  const pk::JsonToken after = reader.next();
  PK_ASSERT(after == walker.next());
  PK_ASSERT(reader.depth() == walker.depth());
  PK_ASSERT(reader.token() == walker.token() && reader.offset() == walker.offset());
  PK_ASSERT(!whole || pk::is_json(taken) || !pk::is_utf8(taken));
}

void check_tokens(std::string_view text) {
  constexpr int k_skips_max = 16;  // each goes over the rest of the text again
  int skips = 0;
  pk::JsonReader reader(text);
  std::size_t end = 0;
  for (auto token = reader.next(); token != pk::JsonToken::end && token != pk::JsonToken::error;
       token = reader.next()) {
    PK_ASSERT(reader.offset() >= end);
    PK_ASSERT(!reader.token().empty());
    end = reader.offset() + reader.token().size();
    PK_ASSERT(end <= text.size());
    if ((token == pk::JsonToken::object_begin || token == pk::JsonToken::array_begin) &&
        ++skips <= k_skips_max)
      check_skip(reader, token);
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
