#include "base/json.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "base/json_reader.h"
#include "base/text.h"

namespace pk {

namespace {

// Bytes that may stand in a JSON string as they are.
bool is_plain(unsigned char c) {
  return c >= 0x20 && c != '"' && c != '\\';
}

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
  }
}

void append_utf8_string_body(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (is_plain(c)) continue;
    out.append(text, from, i - from);
    append_escaped(out, c);
    from = i + 1;
  }
  out.append(text, from);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  if (is_utf8(text))
    append_utf8_string_body(out, text);
  else
    append_utf8_string_body(out, utf8_repaired(text));
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

void append_json_number(std::string& out, std::int64_t value) {
  const fmt::format_int digits(value);
  out.append(digits.data(), digits.size());
}

void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  fmt::format_to(std::back_inserter(out), "{}", value);
}

bool is_json(std::string_view text, std::size_t depth_max) {
  if (!is_utf8(text)) return false;
  JsonReader reader(text, depth_max);
  reader.next();
  reader.take_value();
  return reader.next() == JsonToken::end;
}

}  // namespace pk
