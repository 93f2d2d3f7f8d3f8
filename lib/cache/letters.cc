#include "cache/letters.h"

#include <algorithm>
#include <iterator>

namespace pk::cache {

namespace {

struct Range {
  std::uint32_t first, last;
};

bool in(const Range* begin, const Range* end, std::uint32_t c) {
  const Range* range =
      std::lower_bound(begin, end, c, [](const Range& r, std::uint32_t x) { return r.last < x; });
  return range != end && range->first <= c;
}

// Beyond ASCII: what is no letter. The rest counts as letters, so that a script unknown here is still read.
constexpr Range k_no_letters[] = {
    {0x80, 0xa9},     {0xab, 0xb4},     {0xb6, 0xb9},     {0xbb, 0xbf},     {0xd7, 0xd7},
    {0xf7, 0xf7},     {0x37e, 0x37e},   {0x387, 0x387},   {0x589, 0x58a},   {0x60c, 0x60c},
    {0x61b, 0x61f},   {0x660, 0x66d},   {0x6d4, 0x6d4},   {0x6f0, 0x6f9},   {0x964, 0x96f},
    {0xe50, 0xe59},   {0x2000, 0x200b}, {0x200e, 0x206f}, {0x2070, 0x2bff}, {0x2e00, 0x2e7f},
    {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x30fb, 0x30fb}, {0xfe00, 0xfe6f},
    {0xfeff, 0xff20}, {0xff3b, 0xff40}, {0xff5b, 0xff65}, {0xffe0, 0xffff}, {0x1f000, 0x1faff},
};

struct ScriptRange {
  std::uint32_t last;
  Script script;
};

// By their last code point; what lies between belongs to the next one.
constexpr ScriptRange k_scripts[] = {
    {0x36f, Script::latin},  {0x3ff, Script::greek},   {0x52f, Script::cyrillic}, {0x58f, Script::armenian},
    {0x5ff, Script::hebrew}, {0x8ff, Script::arabic},  {0xdff, Script::indic},    {0xeff, Script::thai},
    {0x10ff, Script::other}, {0x11ff, Script::hangul}, {0x1dff, Script::other},   {0x1eff, Script::latin},
    {0x1fff, Script::greek}, {0x2e7f, Script::other},  {0x2fff, Script::han},     {0x3007, Script::han},
    {0x303f, Script::other}, {0x30ff, Script::kana},   {0x312f, Script::other},   {0x318f, Script::hangul},
    {0x31ef, Script::other}, {0x31ff, Script::kana},   {0x33ff, Script::other},   {0x9fff, Script::han},
    {0xabff, Script::other}, {0xd7ff, Script::hangul}, {0xf8ff, Script::other},   {0xfaff, Script::han},
    {0xfb06, Script::latin}, {0xfb4f, Script::hebrew}, {0xfeff, Script::arabic},  {0xff20, Script::other},
    {0xff5a, Script::latin}, {0xff9f, Script::kana},   {0xffdc, Script::hangul},  {0x1ffff, Script::other},
    {0x3ffff, Script::han},
};

constexpr std::uint32_t k_zeros[] = {'0', 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10, 0x2080};

// Where small and capital letters take turns: an even one is the capital, or an odd one.
constexpr Range k_even_capitals[] = {{0x100, 0x12f}, {0x132, 0x137}, {0x14a, 0x177},   {0x460, 0x481},
                                     {0x48a, 0x4bf}, {0x4d0, 0x52f}, {0x1e00, 0x1e95}, {0x1ea0, 0x1eff}};
constexpr Range k_odd_capitals[] = {{0x139, 0x148}, {0x179, 0x17e}, {0x4c1, 0x4ce}};

std::uint32_t lower_greek(std::uint32_t c) {
  if (c == 0x386) return 0x3ac;
  if (c >= 0x388 && c <= 0x38a) return c + 37;
  if (c == 0x38c) return 0x3cc;
  if (c == 0x38e || c == 0x38f) return c + 63;
  return c >= 0x391 && c <= 0x3ab ? c + 32 : c;
}

}  // namespace

std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  constexpr std::uint32_t k_bad = 0xfffd;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::uint32_t first = byte(at);
  if (first < 0x80) return ++at, first;
  const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4 || at + more >= text.size()) return ++at, k_bad;
  std::uint32_t c = first & (0x3fu >> more);
  for (std::size_t i = 1; i <= more; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return ++at, k_bad;
    c = c << 6 | (byte(at + i) & 0x3fu);
  }
  at += more + 1;
  return c;
}

bool is_letter(std::uint32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return !in(std::begin(k_no_letters), std::end(k_no_letters), c);
}

Script script_of(std::uint32_t letter) {
  const auto* found = std::lower_bound(std::begin(k_scripts), std::end(k_scripts), letter,
                                       [](const ScriptRange& r, std::uint32_t c) { return r.last < c; });
  return found == std::end(k_scripts) ? Script::other : found->script;
}

int digit_of(std::uint32_t c) {
  if (c == 0xb2 || c == 0xb3) return static_cast<int>(c - 0xb0);
  if (c == 0xb9) return 1;
  if (c == 0x2070 || (c >= 0x2074 && c <= 0x2079)) return static_cast<int>(c - 0x2070);
  for (const std::uint32_t zero : k_zeros)
    if (c >= zero && c <= zero + 9) return static_cast<int>(c - zero);
  return -1;
}

std::uint32_t lower_of(std::uint32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  if (c < 0x100) return c >= 0xc0 && c <= 0xde && c != 0xd7 ? c + 32 : c;
  if (c == 0x130) return 'i';  // the Turkish capital with its dot
  if (c == 0x178) return 0xff;
  if (in(std::begin(k_even_capitals), std::end(k_even_capitals), c)) return c | 1;
  if (in(std::begin(k_odd_capitals), std::end(k_odd_capitals), c)) return c + (c & 1);
  if (c >= 0x370 && c <= 0x3ff) return lower_greek(c);
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  if (c == 0x4c0) return 0x4cf;
  if (c >= 0x531 && c <= 0x556) return c + 48;
  if (c >= 0xff21 && c <= 0xff3a) return c + 32;
  return c;
}

}  // namespace pk::cache
