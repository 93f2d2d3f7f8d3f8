#include "query/literal.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bit>
#include <cstring>

#include "base/json_reader.h"
#include "base/text.h"

namespace pk::query {

namespace {

constexpr std::size_t npos = std::string_view::npos;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

}  // namespace

Literal::Literal(std::string_view text)
    : m_text(ascii_lower(text)), m_has_escapable(m_text.find_first_of("\"\\/\b\f\n\r\t") != npos) {}

bool Literal::matches_at(const char* at) const {
  for (std::size_t i = 0; i < m_text.size(); ++i)
    if (lower(at[i]) != m_text[i]) return false;
  return true;
}

std::size_t Literal::find_plain(std::string_view bytes, std::size_t from) const {
  for (std::size_t at = from; at + m_text.size() <= bytes.size(); ++at)
    if (matches_at(bytes.data() + at)) return at;
  return npos;
}

#ifdef __SSE2__

// Sixteen places at a step: those where the first and the last byte fit are looked at.
bool Literal::is_in(std::string_view bytes) const {
  constexpr std::size_t k_block = sizeof(__m128i);
  if (m_text.empty()) return true;
  const std::size_t last = m_text.size() - 1;
  // Of a letter the bit that tells its case is set before it is compared; what else that bit changes into the
  // letter is thrown out when the whole is.
  const auto case_bit = [](char c) { return _mm_set1_epi8(is_letter(c) ? 0x20 : 0); };
  const __m128i first_case = case_bit(m_text.front()), last_case = case_bit(m_text.back());
  const __m128i first_byte = _mm_set1_epi8(m_text.front()), last_byte = _mm_set1_epi8(m_text.back());
  const auto block = [&](std::size_t at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + at));
  };
  std::size_t at = 0;
  for (; at + last + k_block <= bytes.size(); at += k_block) {
    const __m128i begins = _mm_cmpeq_epi8(_mm_or_si128(block(at), first_case), first_byte);
    const __m128i ends = _mm_cmpeq_epi8(_mm_or_si128(block(at + last), last_case), last_byte);
    auto places = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(begins, ends)));
    for (; places != 0; places &= places - 1)
      if (matches_at(bytes.data() + at + static_cast<std::size_t>(std::countr_zero(places)))) return true;
  }
  return find_plain(bytes, at) != npos;
}

#else

bool Literal::is_in(std::string_view bytes) const {
  return m_text.empty() || find_plain(bytes, 0) != npos;
}

#endif

// A text that has no character with an escape of its own, in bytes without \u, could only be found where it
// stands: each of its characters is itself there, and an escape between two of them would be one more.
bool Literal::is_in_escaped(std::string_view bytes) const {
  if (bytes.find('\\') == npos || (!m_has_escapable && bytes.find("\\u") == npos)) return false;
  std::string plain;
  return any_string(bytes, [&](std::string_view token, std::size_t) {
    if (token.find('\\') == npos) return false;
    plain.clear();
    append_json_unquoted(plain, token);
    return is_in(plain);
  });
}

}  // namespace pk::query
