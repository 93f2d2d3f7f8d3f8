// Reads a JSON text token by token and says where each one lies, so that a caller can keep, cut out or
// replace parts of the text without touching the bytes around them: what neither simdjson's numbers (64 bits)
// nor Boost.JSON's (7E-1) allow. Grammar: RFC 8259, strictly. Whether the bytes are UTF-8 is not looked at:
// see is_json() in base/json.h.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pk {

// The deepest nesting that any reader of JSON text here follows.
inline constexpr std::size_t k_json_depth_max = 512;

enum class JsonToken : std::uint8_t {
  object_begin,
  object_end,
  array_begin,
  array_end,
  key,
  string,
  number,
  truth,  // true or false
  null,
  end,    // the text was one whole value
  error,  // it is not; each further next() says so again
};

// A value with no memory of its own: 100 bytes and a view. One thread per object. The text must outlive it.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text, std::size_t depth_max = k_json_depth_max);

  JsonToken next();

  // In an object, next() twice: the key of its next member, and the first token of that one's value; or
  // object_end. error too where no member can follow. `key` is as token() would be, and stays as it was
  // without a member.
  JsonToken next_member(std::string_view& key);

  // The token that next() gave last, as it stands in the text: a key or string with its quotes.
  std::string_view token() const { return {m_text.data() + m_token, m_at - m_token}; }
  // Where it begins in the text.
  std::size_t offset() const { return m_token; }
  // How many objects and arrays are open after it.
  std::size_t depth() const { return m_depth; }

  // After object_begin or array_begin: goes past its end and gives the whole value's text. After a scalar:
  // gives that. After anything else, and where the rest is no JSON: "" (and next() says error).
  std::string_view take_value();

 private:
  enum class Expect : std::uint8_t { value, value_or_end, key_or_end, colon, comma_or_end, broken };

  JsonToken fail();
  // Each takes the first byte of what it reads, '\0' at the end of the text, or gives that.
  char look();
  JsonToken open(JsonToken kind);
  JsonToken close();
  JsonToken scalar(JsonToken kind, std::size_t end);
  JsonToken read_value(char first);
  JsonToken read_key(char first);
  JsonToken read_after_colon(char first);
  JsonToken read_after_comma();
  bool skip();

  std::string_view m_text;
  std::size_t m_depth_max;
  std::size_t m_token = 0;  // the last token
  std::size_t m_at = 0;     // its end: where the next one is looked for
  std::size_t m_depth = 0;
  std::bitset<k_json_depth_max> m_in_object;  // by depth
  char m_closer = '\0';                       // what ends the innermost object or array
  Expect m_expect = Expect::value;
};

// The text of a key or string token: quotes off, escapes undone; half a surrogate pair becomes U+FFFD.
void append_json_unquoted(std::string& out, std::string_view token);
std::string json_unquoted(std::string_view token);

}  // namespace pk
