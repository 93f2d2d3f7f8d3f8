#include "base/head_text.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace pk {

namespace {

constexpr std::size_t k_step = sizeof(std::uint64_t);

// Exact as to whether there is one; which byte it is cannot be told from the borrow.
bool has_low_control_in_step(const char* from) {
  constexpr std::uint64_t k_ones = 0x0101010101010101u;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, from, k_step);
  return ((bytes - 0x20 * k_ones) & ~bytes & 0x80 * k_ones) != 0;
}

bool is_low_control(char c) {
  return static_cast<unsigned char>(c) < 0x20;
}

void blank_line_ends(std::string& text, std::size_t from, std::size_t to) {
  const auto at = [&text](std::size_t i) { return text.begin() + static_cast<std::ptrdiff_t>(i); };
  std::replace_if(
      at(from), at(to), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

}  // namespace

bool has_low_control(std::string_view text) {
  if (text.size() < k_step) return std::any_of(text.begin(), text.end(), is_low_control);
  const char* const last = text.data() + text.size() - k_step;
  for (const char* at = text.data(); at < last; at += k_step)
    if (has_low_control_in_step(at)) return true;
  return has_low_control_in_step(last);
}

void append_field_value(std::string& out, std::string_view value) {
  const std::size_t from = out.size();
  out.append(value);
  if (has_low_control(value)) blank_line_ends(out, from, out.size());
}

// One growth, not four: a dozen fields a request pass through here.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  const std::size_t from = out.size(), middle = from + name.size(), end = middle + 2 + value.size();
  out.resize(end + 2);
  std::memcpy(out.data() + from, name.data(), name.size());
  std::memcpy(out.data() + middle, ": ", 2);
  std::memcpy(out.data() + middle + 2, value.data(), value.size());
  std::memcpy(out.data() + end, "\r\n", 2);
  if (has_low_control({out.data() + from, end - from})) blank_line_ends(out, from, end);
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[std::numeric_limits<std::uint64_t>::digits10 + 1];
  out.append(digits, std::to_chars(digits, std::end(digits), number).ptr);
}

}  // namespace pk
