#include "base/json_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/text.h"

namespace pk {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::string_view k_escapes = "\"\\/bfnrt";
constexpr std::string_view k_escaped = "\"\\/\b\f\n\r\t";
constexpr std::string_view k_replacement = "\uFFFD";

constexpr std::uint64_t repeated(unsigned char byte) {
  return 0x0101010101010101u * byte;
}

// The first byte at or after `at` that ends or escapes a string or may not stand in one; the size if there is
// none. Eight bytes a step: text in strings is most of what is read. A mark above the lowest one may be false
// (a borrow), the lowest never is.
std::size_t string_stop(std::string_view text, std::size_t at) {
  if constexpr (std::endian::native == std::endian::little) {
    for (std::uint64_t word; at + sizeof word <= text.size(); at += sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      const std::uint64_t quote = word ^ repeated('"');
      const std::uint64_t slash = word ^ repeated('\\');
      const std::uint64_t marks = (((quote - repeated(1)) & ~quote) | ((slash - repeated(1)) & ~slash) |
                                   ((word - repeated(0x20)) & ~word)) &
                                  repeated(0x80);
      if (marks != 0) return at + static_cast<std::size_t>(std::countr_zero(marks)) / 8;
    }
  }
  const auto stops = [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; };
  while (at < text.size() && !stops(text[at])) ++at;
  return at;
}

// The four hex digits at the start of `text`; -1 if they are not there.
int hex4(std::string_view text) {
  if (text.size() < 4) return -1;
  int value = 0;
  for (const char c : text.substr(0, 4)) {
    const char low = static_cast<char>(c | 0x20);
    if (is_digit(c))
      value = value * 16 + (c - '0');
    else if (low >= 'a' && low <= 'f')
      value = value * 16 + (low - 'a' + 10);
    else
      return -1;
  }
  return value;
}

bool is_high_surrogate(int unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low_surrogate(int unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

// Undoes the \u escape whose digits `text` starts with; takes the second half of a pair too.
void append_unicode_escape(std::string& out, std::string_view& text) {
  const int first = hex4(text);
  text.remove_prefix(std::min<std::size_t>(4, text.size()));
  if (is_high_surrogate(first) && text.starts_with("\\u")) {
    const int second = hex4(text.substr(2));
    if (is_low_surrogate(second)) {
      text.remove_prefix(6);
      append_utf8(out, 0x10000u + (static_cast<unsigned>(first - 0xd800) << 10) +
                           static_cast<unsigned>(second - 0xdc00));
      return;
    }
  }
  if (first < 0 || is_high_surrogate(first) || is_low_surrogate(first))
    out += k_replacement;
  else
    append_utf8(out, static_cast<unsigned>(first));
}

}  // namespace

JsonReader::JsonReader(std::string_view text, std::size_t depth_max)
    : m_text(text), m_depth_max(std::min(depth_max, k_json_depth_max)) {}

JsonToken JsonReader::next() {
  skip_space();
  const char c = at(m_at);
  m_token = m_at_end = m_at;
  switch (m_expect) {
    case Expect::nothing:
      return m_last = m_at == m_text.size() ? JsonToken::end : fail();
    case Expect::broken:
      return fail();
    case Expect::value:
      return m_last = read_value();
    case Expect::value_or_end:
      return m_last = c == ']' ? close(JsonToken::array_end) : read_value();
    case Expect::key:
      return m_last = read_key();
    case Expect::key_or_end:
      return m_last = c == '}' ? close(JsonToken::object_end) : read_key();
    case Expect::comma_or_end:
      break;
  }
  const bool in_object = m_in_object[m_depth - 1];
  if (c == (in_object ? '}' : ']'))
    return m_last = close(in_object ? JsonToken::object_end : JsonToken::array_end);
  if (c != ',') return m_last = fail();
  ++m_at;
  m_expect = in_object ? Expect::key : Expect::value;
  return next();
}

std::string_view JsonReader::take_value() {
  const std::size_t begin = m_token;
  switch (m_last) {
    case JsonToken::string:
    case JsonToken::number:
    case JsonToken::truth:
    case JsonToken::null:
      return token();
    case JsonToken::object_begin:
    case JsonToken::array_begin:
      break;
    default:
      return {};
  }
  for (const std::size_t outer = m_depth - 1; m_depth > outer;)
    if (next() == JsonToken::error) return {};
  m_token = begin;
  return token();
}

JsonToken JsonReader::fail() {
  m_expect = Expect::broken;
  m_at_end = m_token;
  return m_last = JsonToken::error;
}

JsonToken JsonReader::open(JsonToken kind) {
  if (m_depth == m_depth_max) return fail();
  const bool object = kind == JsonToken::object_begin;
  m_in_object[m_depth++] = object;
  m_expect = object ? Expect::key_or_end : Expect::value_or_end;
  m_at_end = ++m_at;
  return kind;
}

JsonToken JsonReader::close(JsonToken kind) {
  --m_depth;
  m_expect = m_depth == 0 ? Expect::nothing : Expect::comma_or_end;
  m_at_end = ++m_at;
  return kind;
}

JsonToken JsonReader::scalar(JsonToken kind, std::size_t size) {
  if (size == 0) return fail();
  m_expect = m_depth == 0 ? Expect::nothing : Expect::comma_or_end;
  m_at_end = m_at += size;
  return kind;
}

JsonToken JsonReader::read_value() {
  const std::string_view rest = m_text.substr(m_at);
  switch (at(m_at)) {
    case '{':
      return open(JsonToken::object_begin);
    case '[':
      return open(JsonToken::array_begin);
    case '"':
      return scalar(JsonToken::string, string_size());
    case 't':
      return scalar(JsonToken::truth, rest.starts_with("true") ? 4 : 0);
    case 'f':
      return scalar(JsonToken::truth, rest.starts_with("false") ? 5 : 0);
    case 'n':
      return scalar(JsonToken::null, rest.starts_with("null") ? 4 : 0);
    default:
      return scalar(JsonToken::number, number_size());
  }
}

JsonToken JsonReader::read_key() {
  const std::size_t size = string_size();
  if (size == 0) return fail();
  m_at_end = m_at += size;
  skip_space();
  if (at(m_at) != ':') return fail();
  ++m_at;
  m_expect = Expect::value;
  return JsonToken::key;
}

void JsonReader::skip_space() {
  while (m_at < m_text.size() &&
         (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\r' || m_text[m_at] == '\t'))
    ++m_at;
}

std::size_t JsonReader::string_size() const {
  if (at(m_at) != '"') return 0;
  for (std::size_t i = string_stop(m_text, m_at + 1); i < m_text.size(); i = string_stop(m_text, i + 1)) {
    if (m_text[i] == '"') return i + 1 - m_at;
    if (m_text[i] != '\\') return 0;
    ++i;
    if (at(i) == 'u') {
      if (hex4(m_text.substr(i + 1)) < 0) return 0;
      i += 4;
    } else if (i >= m_text.size() || k_escapes.find(m_text[i]) == std::string_view::npos) {
      return 0;
    }
  }
  return 0;
}

std::size_t JsonReader::number_size() const {
  std::size_t i = m_at;
  const auto digits = [&] {
    const std::size_t from = i;
    while (is_digit(at(i))) ++i;
    return i - from;
  };
  if (at(i) == '-') ++i;
  if (at(i) == '0')
    ++i;
  else if (digits() == 0)
    return 0;
  if (at(i) == '.' && (++i, digits() == 0)) return 0;
  if (at(i) == 'e' || at(i) == 'E') {
    ++i;
    if (at(i) == '+' || at(i) == '-') ++i;
    if (digits() == 0) return 0;
  }
  return i - m_at;
}

void append_json_unquoted(std::string& out, std::string_view token) {
  if (token.size() < 2) return;
  token = token.substr(1, token.size() - 2);
  while (!token.empty()) {
    const auto plain = std::min(token.find('\\'), token.size());
    out.append(token.substr(0, plain));
    token.remove_prefix(plain);
    if (token.size() < 2) return;
    const char c = token[1];
    token.remove_prefix(2);
    if (c == 'u')
      append_unicode_escape(out, token);
    else if (const auto which = k_escapes.find(c); which != std::string_view::npos)
      out += k_escaped[which];
  }
}

std::string json_unquoted(std::string_view token) {
  std::string out;
  append_json_unquoted(out, token);
  return out;
}

}  // namespace pk
