// As much of Unicode as guards need: which code points are letters, of which script, and their small form.
// Simple case mapping of the scripts named in guard.h. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pk::cache {

enum class Script : std::uint8_t {
  latin,
  greek,
  cyrillic,
  armenian,
  hebrew,
  arabic,
  indic,  // from Devanagari to Sinhala
  thai,   // and Lao
  hangul,
  kana,
  han,
  other,
};
// Hebrew to other: no capitals, so that nothing tells a name from another word.
constexpr bool has_case(Script script) {
  return script <= Script::armenian;
}

// The code point at `at`, which moves behind it; U+FFFD, one byte further, where the bytes are no UTF-8.
std::uint32_t next_code_point(std::string_view text, std::size_t& at);

bool is_letter(std::uint32_t c);  // marks that join letters too; no digits
Script script_of(std::uint32_t letter);
// 0 to 9 for a decimal digit of a script in wide use, a super- or subscript too; -1.
int digit_of(std::uint32_t c);
std::uint32_t lower_of(std::uint32_t c);  // itself where it has no small form
inline bool is_upper(std::uint32_t c) {
  return lower_of(c) != c;
}

}  // namespace pk::cache
