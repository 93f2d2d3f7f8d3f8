#include "base/json_reader.h"

#include <algorithm>

#include "base/json_scan.h"
#include "base/text.h"

namespace pk {

using namespace json_scan;

namespace {

constexpr std::string_view k_replacement = "\uFFFD";

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

JsonToken JsonReader::fail() {
  m_token = m_at;
  m_expect = Expect::broken;
  return JsonToken::error;
}

// The steps of next() and skip(). Small, and taken for every token: as calls they would cost as much again.
[[gnu::always_inline]] inline char JsonReader::look() {
  m_token = m_at = space_end(m_text, m_at);
  return at(m_text, m_at);
}

[[gnu::always_inline]] inline JsonToken JsonReader::open(JsonToken kind) {
  if (m_depth == m_depth_max) return fail();
  const bool object = kind == JsonToken::object_begin;
  m_in_object[m_depth++] = object;
  m_closer = object ? '}' : ']';
  m_expect = object ? Expect::key_or_end : Expect::value_or_end;
  ++m_at;
  return kind;
}

[[gnu::always_inline]] inline JsonToken JsonReader::close() {
  const JsonToken kind = m_closer == '}' ? JsonToken::object_end : JsonToken::array_end;
  --m_depth;
  m_closer = m_depth == 0 ? '\0' : m_in_object[m_depth - 1] ? '}' : ']';
  m_expect = Expect::comma_or_end;
  ++m_at;
  return kind;
}

[[gnu::always_inline]] inline JsonToken JsonReader::scalar(JsonToken kind, std::size_t end) {
  if (end == k_none) return fail();
  m_expect = Expect::comma_or_end;
  m_at = end;
  return kind;
}

[[gnu::always_inline]] inline JsonToken JsonReader::read_value(char c) {
  switch (c) {
    case '"':
      return scalar(JsonToken::string, string_end(m_text, m_at));
    case '{':
      return open(JsonToken::object_begin);
    case '[':
      return open(JsonToken::array_begin);
    case 't':
      return scalar(JsonToken::truth, word_end(m_text, m_at, "true"));
    case 'f':
      return scalar(JsonToken::truth, word_end(m_text, m_at, "false"));
    case 'n':
      return scalar(JsonToken::null, word_end(m_text, m_at, "null"));
    default:
      return scalar(JsonToken::number, number_end(m_text, m_at));
  }
}

[[gnu::always_inline]] inline JsonToken JsonReader::read_key(char c) {
  const std::size_t end = c == '"' ? string_end(m_text, m_at) : k_none;
  if (end == k_none) return fail();
  m_expect = Expect::colon;
  m_at = end;
  return JsonToken::key;
}

[[gnu::always_inline]] inline JsonToken JsonReader::read_after_colon(char c) {
  if (c != ':') return fail();
  ++m_at;
  return read_value(look());
}

[[gnu::always_inline]] inline JsonToken JsonReader::read_after_comma() {
  ++m_at;
  const char c = look();
  return m_closer == '}' ? read_key(c) : read_value(c);
}

JsonToken JsonReader::next() {
  const char c = look();
  switch (m_expect) {
    case Expect::colon:
      return read_after_colon(c);
    case Expect::comma_or_end:
      if (m_depth == 0) return m_at == m_text.size() ? JsonToken::end : fail();
      if (c == ',') return read_after_comma();
      return c == m_closer ? close() : fail();
    case Expect::key_or_end:
      return c == m_closer ? close() : read_key(c);
    case Expect::value_or_end:
      return c == m_closer ? close() : read_value(c);
    case Expect::value:
      return read_value(c);
    case Expect::broken:
      break;
  }
  return fail();
}

JsonToken JsonReader::next_member(std::string_view& key) {
  char c = look();
  const bool after_value = m_expect == Expect::comma_or_end;
  if (m_closer != '}' || !(after_value || m_expect == Expect::key_or_end)) return fail();
  if (c == '}') return close();
  if (after_value) {
    if (c != ',') return fail();
    ++m_at;
    c = look();
  }
  if (read_key(c) == JsonToken::error) return JsonToken::error;
  key = token();
  return read_after_colon(look());
}

std::string_view JsonReader::take_value() {
  const std::size_t begin = m_token;
  if (m_expect == Expect::comma_or_end) {
    const char c = at(m_text, begin);
    return c == '}' || c == ']' ? std::string_view() : token();
  }
  if (m_expect != Expect::key_or_end && m_expect != Expect::value_or_end) return {};
  if (!skip()) return {};
  m_token = begin;
  return token();
}

// What next() does for each token up to the end of what was opened last, in one loop.
bool JsonReader::skip() {
  const std::size_t outer = m_depth - 1;
  while (m_depth > outer) {
    char c = look();
    if (c == m_closer) {
      close();
      continue;
    }
    if (m_expect == Expect::comma_or_end) {
      if (c != ',') return fail() != JsonToken::error;
      ++m_at;
      c = look();
    }
    if (m_closer == '}') {
      if (read_key(c) == JsonToken::error) return false;
      if (read_after_colon(look()) == JsonToken::error) return false;
    } else if (read_value(c) == JsonToken::error) {
      return false;
    }
  }
  return true;
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
