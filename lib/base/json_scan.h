// Where the lexical parts of a JSON text end: space, strings, numbers, words (RFC 8259, 2 to 7). For
// json_reader.h, which puts them together. No byte outside the text is read; `at` is at most its size.
#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pk::json_scan {

inline constexpr std::size_t k_none = 0;  // "no such thing there": every end is behind a beginning

// What a backslash may stand before, and what that then means; `u` is apart.
inline constexpr std::string_view k_escapes = "\"\\/bfnrt";
inline constexpr std::string_view k_escaped = "\"\\/\b\f\n\r\t";

inline char at(std::string_view text, std::size_t i) {
  return i < text.size() ? text[i] : '\0';
}

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

inline bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// The first byte at or after `at` that is no space.
inline std::size_t space_end(std::string_view text, std::size_t at) {
  // Most tokens have none before them: one comparison.
  if (at >= text.size() || static_cast<unsigned char>(text[at]) > ' ') return at;
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

inline bool stops_string(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

#ifdef __SSE2__

inline constexpr std::size_t k_block = sizeof(__m128i);

// A bit for each of the 16 bytes from `from` that stops a string, the first one's lowest.
inline unsigned string_stops(const char* from) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), control)));
}

#else

inline constexpr std::size_t k_block = sizeof(std::uint64_t);

// The same of 8 bytes, for machines without such instructions.
inline unsigned string_stops(const char* from) {
  constexpr std::uint64_t k_ones = 0x0101010101010101u;
  constexpr std::uint64_t k_low = 0x7f * k_ones;
  const auto zeros = [](std::uint64_t bytes) { return ~(((bytes & k_low) + k_low) | bytes | k_low); };
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < k_block; ++i)
    bytes |= std::uint64_t{static_cast<unsigned char>(from[i])} << (8 * i);
  const std::uint64_t marks =
      zeros(bytes ^ '"' * k_ones) | zeros(bytes ^ '\\' * k_ones) | zeros(bytes & 0xe0 * k_ones);
  return static_cast<unsigned>(((marks >> 7) * 0x0102040810204080u) >> 56);  // the marks side by side
}

#endif

// The first byte at or after `at` that ends or escapes a string or may not stand in one; the size if there is
// none. Text in strings is most of what is read: hence a block at a step, and the last one set back.
inline std::size_t string_stop(std::string_view text, std::size_t at) {
  for (; at + k_block <= text.size(); at += k_block)
    if (const unsigned stops = string_stops(text.data() + at); stops != 0)
      return at + static_cast<std::size_t>(std::countr_zero(stops));
  if (text.size() < k_block) {
    while (at < text.size() && !stops_string(text[at])) ++at;
    return at;
  }
  const std::size_t last = text.size() - k_block;
  const unsigned stops = at < text.size() ? string_stops(text.data() + last) >> (at - last) : 0;
  return stops != 0 ? at + static_cast<std::size_t>(std::countr_zero(stops)) : text.size();
}

// The end of a string in which everything up to `stop`, a string_stop, has been read.
std::size_t string_end_from(std::string_view text, std::size_t stop);

// The end of the string whose first quote is at `at`, behind its last one; k_none if it is none.
inline std::size_t string_end(std::string_view text, std::size_t at) {
  const std::size_t stop = string_stop(text, at + 1);
  if (json_scan::at(text, stop) == '"') return stop + 1;
  return string_end_from(text, stop);
}

std::size_t any_number_end(std::string_view text, std::size_t at);

// The end of the number that begins at `at`; k_none if there is none.
inline std::size_t number_end(std::string_view text, std::size_t at) {
  // Almost all are short and whole.
  std::size_t i = at;
  while (i < text.size() && is_digit(text[i])) ++i;
  const char after = json_scan::at(text, i);
  const bool plain = i > at && (text[at] != '0' || i == at + 1) && after != '.' && (after | 0x20) != 'e';
  return plain ? i : any_number_end(text, at);
}

// The same of `word`, one of true, false and null.
inline std::size_t word_end(std::string_view text, std::size_t at, std::string_view word) {
  return text.substr(at).starts_with(word) ? at + word.size() : k_none;
}

// The four hex digits at the start of `text`; -1 if they are not there.
int hex4(std::string_view text);

}  // namespace pk::json_scan
