// A text as a guard reads it: what stands in quotes is cut out to the byte, the rest is words, numbers and
// signs. Private to the guard; pure, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cache/guard_words.h"
#include "cache/letters.h"

namespace pk::cache {

struct GuardToken {
  enum Kind : std::uint8_t { word, number, sign, date };
  Kind kind = word;
  std::string text;      // small letters; of a number its digits, without needless ones
  std::string attached;  // of a number: the letters at its end, "km" of 5km
  bool capital = false;  // some letter of it is one
  bool begins = false;   // a sentence
  const GuardWord* known = nullptr;
};

struct GuardText {
  std::vector<std::string> literals;  // quotes, code, addresses, in their order; runs of white space are one
  std::vector<GuardToken> tokens;
  std::string caseless;                   // all words of scripts without capitals, one after the other
  std::array<std::size_t, 12> letters{};  // how many of each Script
  bool capitals = false;                  // has capital letters
  bool smalls = false;                    // has small ones
};

GuardText guard_text(std::string_view text);

// "1,000.50" → "1000.5"; "1,5" → "1.5"; "1.2.3" and "10:30" as they are.
std::string plain_number(std::string_view digits);

// `text` with its quotes, code, addresses and paths taken out, which go to `literals`.
std::string cut_literals(std::string_view text, std::vector<std::string>& literals);

}  // namespace pk::cache
