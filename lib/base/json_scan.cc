#include "base/json_scan.h"

namespace pk::json_scan {

namespace {

std::size_t digits_end(std::string_view text, std::size_t i) {
  while (i < text.size() && is_digit(text[i])) ++i;
  return i;
}

// The end of the digits that must stand at `i`.
std::size_t some_digits_end(std::string_view text, std::size_t i) {
  const std::size_t end = digits_end(text, i);
  return end == i ? k_none : end;
}

// The end of the escape whose backslash is at `i`.
std::size_t escape_end(std::string_view text, std::size_t i) {
  const char c = at(text, i + 1);
  if (c == 'u') return hex4(text.substr(i + 2)) < 0 ? k_none : i + 6;
  return c != '\0' && k_escapes.find(c) != std::string_view::npos ? i + 2 : k_none;
}

}  // namespace

std::size_t string_end_from(std::string_view text, std::size_t stop) {
  while (at(text, stop) == '\\') {
    const std::size_t end = escape_end(text, stop);
    if (end == k_none) return k_none;
    stop = string_stop(text, end);
  }
  return at(text, stop) == '"' ? stop + 1 : k_none;
}

std::size_t any_number_end(std::string_view text, std::size_t i) {
  if (at(text, i) == '-') ++i;
  i = at(text, i) == '0' ? i + 1 : some_digits_end(text, i);
  if (i != k_none && at(text, i) == '.') i = some_digits_end(text, i + 1);
  if (i == k_none || (at(text, i) | 0x20) != 'e') return i;
  ++i;
  if (at(text, i) == '+' || at(text, i) == '-') ++i;
  return some_digits_end(text, i);
}

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

}  // namespace pk::json_scan
