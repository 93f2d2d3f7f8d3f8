// Two texts compared word by word: the shortest way from one to the other (Myers, An O(ND) Difference
// Algorithm, 1986). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pk::replay {

// Differences beyond which the rest of the texts is not looked into: it is then one piece removed and one
// added. Bounds memory to its square.
inline constexpr std::size_t k_word_differences_max = 2'000;

struct DiffPiece {
  enum class Kind : std::uint8_t { same, removed, added } kind;
  std::string text;  // words with the white space between them, as it stands
  bool operator==(const DiffPiece&) const = default;
};

// Put together, same and removed are `before`, same and added are `after`. Neighbours differ in kind; where a
// piece was replaced, the removed one stands first. Words are runs of white space, of letters and digits
// (bytes over 127 among them), and single other characters.
std::vector<DiffPiece> word_diff(std::string_view before, std::string_view after);

}  // namespace pk::replay
