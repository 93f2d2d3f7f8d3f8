// A set of bytes, for looking through texts: string_view::find_first_of() calls a function for each byte, a
// set is one load. A constant; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pk {

class CharSet {
 public:
  constexpr explicit CharSet(std::string_view members) {
    for (const char c : members) m_has[static_cast<unsigned char>(c)] = true;
  }
  // With the ASCII letters and digits.
  static constexpr CharSet alphanumeric_and(std::string_view members) {
    CharSet set(members);
    for (int c = '0'; c <= '9'; ++c) set.m_has[static_cast<std::size_t>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) set.m_has[static_cast<std::size_t>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) set.m_has[static_cast<std::size_t>(c)] = true;
    return set;
  }

  constexpr bool has(char c) const { return m_has[static_cast<unsigned char>(c)]; }

  // Where the first member stands at or behind `from`; the text's size if there is none.
  constexpr std::size_t find_in(std::string_view text, std::size_t from = 0) const {
    while (from < text.size() && !has(text[from])) ++from;
    return from < text.size() ? from : text.size();
  }
  // The same for the first byte that is no member.
  constexpr std::size_t find_other_in(std::string_view text, std::size_t from = 0) const {
    while (from < text.size() && has(text[from])) ++from;
    return from < text.size() ? from : text.size();
  }
  constexpr bool has_all(std::string_view text) const { return find_other_in(text) == text.size(); }

 private:
  std::array<bool, 256> m_has{};
};

// What names of headers and methods are made of (RFC 9110 section 5.6.2).
inline constexpr CharSet k_token_chars = CharSet::alphanumeric_and("!#$%&'*+-.^_`|~");

}  // namespace pk
