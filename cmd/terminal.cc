#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

#include "base/text.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_columns_otherwise = 80, k_columns_least = 40;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

struct Range {
  char32_t from, to;
};
// Unicode 15, coarse: combining marks and joiners; wide and full-width characters and emoji.
constexpr Range k_none[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
                            {0x64b, 0x65f},   {0x93c, 0x93c},   {0x94d, 0x94d},   {0x1ab0, 0x1aff},
                            {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x2060, 0x2064}, {0x20d0, 0x20ff},
                            {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef}};
constexpr Range k_wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x23e9, 0x23ec},   {0x25fd, 0x25fe},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267f, 0x267f},   {0x2693, 0x2693},   {0x26a1, 0x26a1},   {0x26aa, 0x26ab},
    {0x26bd, 0x26be},   {0x26c4, 0x26c5},   {0x26ce, 0x26ce},   {0x26d4, 0x26d4},   {0x2705, 0x2705},
    {0x270a, 0x270b},   {0x2728, 0x2728},   {0x274c, 0x274c},   {0x2753, 0x2755},   {0x2757, 0x2757},
    {0x2795, 0x2797},   {0x27b0, 0x27b0},   {0x2b1b, 0x2b1c},   {0x2b50, 0x2b50},   {0x2e80, 0x303e},
    {0x3041, 0x33ff},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
    {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a}, {0x1f200, 0x1f320},
    {0x1f32d, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1f9ff}, {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd}};

bool in(std::pair<const Range*, const Range*> table, char32_t c) {
  const Range* at =
      std::lower_bound(table.first, table.second, c, [](const Range& r, char32_t v) { return r.to < v; });
  return at != table.second && c >= at->from;
}

std::size_t width_of(char32_t c) {
  if (c < 0x300) return 1;
  if (in({std::begin(k_none), std::end(k_none)}, c)) return 0;
  return in({std::begin(k_wide), std::end(k_wide)}, c) ? 2 : 1;
}

// Takes one character off the front; bytes that are no UTF-8 count as one character each.
char32_t take_character(std::string_view& text, std::size_t& bytes) {
  const auto first = static_cast<unsigned char>(text[0]);
  bytes = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  bytes = std::min(bytes, text.size());
  char32_t c = bytes == 1 ? first : first & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) c = c << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  text.remove_prefix(bytes);
  return c;
}

}  // namespace

bool stdout_is_terminal() {
  return ::isatty(STDOUT_FILENO) == 1;
}

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return std::max<std::size_t>(size.ws_col, k_columns_least);
  if (const auto columns = parse_uint(environment("COLUMNS")); columns && *columns > 0)
    return std::clamp<std::size_t>(*columns, k_columns_least, 10'000);
  return k_columns_otherwise;
}

bool use_color(std::string_view choice) {
  if (choice == "always") return true;
  if (choice == "never") return false;
  return environment("NO_COLOR").empty() && environment("TERM") != "dumb" && stdout_is_terminal();
}

std::string paint(Color color, std::string_view text, bool on) {
  static constexpr std::string_view codes[] = {"", "1", "2", "31", "32", "33", "34", "35", "36"};
  if (!on || color == Color::plain || text.empty()) return std::string(text);
  return "\x1b[" + std::string(codes[static_cast<std::size_t>(color)]) + "m" + std::string(text) + "\x1b[0m";
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0, bytes = 0;
  while (!text.empty()) {
    if (text[0] == '\x1b') {
      text.remove_prefix(std::min(text.find('m'), text.size() - 1) + 1);
      continue;
    }
    width += width_of(take_character(text, bytes));
  }
  return width;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::string out;
  for (std::size_t width = 0, bytes = 0; !text.empty();) {
    const std::string_view from = text;
    width += width_of(take_character(text, bytes));
    if (width > columns - 1) break;
    out.append(from.substr(0, bytes));
  }
  return out + "…";
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines(1);
  std::size_t width = 0, bytes = 0;
  for (const std::string_view word : split_list(text, ' ')) {
    const std::size_t word_width = display_width(word);
    if (width > 0 && width + 1 + word_width > columns) {
      lines.emplace_back();
      width = 0;
    }
    if (width > 0) lines.back() += ' ', ++width;
    for (std::string_view rest = word; !rest.empty();) {
      const std::string_view from = rest;
      const std::size_t character = width_of(take_character(rest, bytes));
      if (width > 0 && width + character > columns) {
        lines.emplace_back();
        width = 0;
      }
      lines.back().append(from.substr(0, bytes));
      width += character;
    }
  }
  return lines;
}

std::string pad(std::string_view text, std::size_t columns, bool to_right) {
  const std::size_t width = display_width(text);
  const std::string space(width < columns ? columns - width : 0, ' ');
  return to_right ? space + std::string(text) : std::string(text) + space;
}

}  // namespace pk::cmd
