#include "replay/word_diff.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace pk::replay {

namespace {

using Words = std::vector<std::string_view>;
using Kind = DiffPiece::Kind;

enum class Sort : std::uint8_t { space, word, other };

Sort sort_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (c == ' ' || (c >= '\t' && c <= '\r')) return Sort::space;
  const bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || byte > 127;
  return letter ? Sort::word : Sort::other;
}

Words words_of(std::string_view text) {
  Words words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (const Sort sort = sort_of(text[at]); sort != Sort::other)
      while (end < text.size() && sort_of(text[end]) == sort) ++end;
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

void append(std::vector<DiffPiece>& pieces, Kind kind, std::string_view text) {
  if (text.empty()) return;
  if (!pieces.empty() && pieces.back().kind == kind)
    pieces.back().text += text;
  else
    pieces.push_back({kind, std::string(text)});
}

// A word of the way: where it came from is known from the step before.
struct Step {
  Kind kind;
  std::string_view word;
};

class Myers {
 public:
  Myers(const Words& before, const Words& after)
      : m_before(before),
        m_after(after),
        m_most(std::min(before.size() + after.size(), k_word_differences_max)) {}

  // The way, in order. Beyond k_word_differences_max: all removed, all added.
  std::vector<Step> run() {
    if (const auto found = search()) return walk_back(*found);
    std::vector<Step> way;
    for (const std::string_view word : m_before) way.push_back({Kind::removed, word});
    for (const std::string_view word : m_after) way.push_back({Kind::added, word});
    return way;
  }

 private:
  using Furthest = std::vector<std::int32_t>;  // x on each diagonal -d … d, of d differences

  std::int32_t start_of(const Furthest& last, std::int32_t d, std::int32_t k) const {
    const auto at = [&](std::int32_t diagonal) { return last[static_cast<std::size_t>(diagonal + d - 1)]; };
    if (d == 0) return 0;
    const bool down = k == -d || (k != d && at(k - 1) < at(k + 1));
    return down ? at(k + 1) : at(k - 1) + 1;
  }

  // How many differences it takes; the furthest places stay in m_trace. Diagonals out of the grid are walked
  // too: they cost a step each and lead nowhere.
  std::optional<std::int32_t> search() {
    const auto n = static_cast<std::int32_t>(m_before.size()), m = static_cast<std::int32_t>(m_after.size());
    for (std::int32_t d = 0; d <= static_cast<std::int32_t>(m_most); ++d) {
      const Furthest last = d == 0 ? Furthest{} : m_trace.back();
      Furthest now(static_cast<std::size_t>(2 * d + 1), -1);
      for (std::int32_t k = -d; k <= d; k += 2) {
        std::int32_t x = start_of(last, d, k);
        while (x >= 0 && x < n && x - k >= 0 && x - k < m &&
               m_before[static_cast<std::size_t>(x)] == m_after[static_cast<std::size_t>(x - k)])
          ++x;
        now[static_cast<std::size_t>(k + d)] = x;
        if (x >= n && x - k >= m) {
          m_trace.push_back(std::move(now));
          return d;
        }
      }
      m_trace.push_back(std::move(now));
    }
    return {};
  }

  std::vector<Step> walk_back(std::int32_t d) const {
    std::vector<Step> way;
    auto x = static_cast<std::int32_t>(m_before.size()), y = static_cast<std::int32_t>(m_after.size());
    for (; d >= 0; --d) {
      const std::int32_t k = x - y;
      const Furthest none;
      const Furthest& last = d == 0 ? none : m_trace[static_cast<std::size_t>(d - 1)];
      const std::int32_t start = start_of(last, d, k);
      for (; x > start; --x, --y) way.push_back({Kind::same, m_before[static_cast<std::size_t>(x - 1)]});
      if (d == 0) break;
      const bool down = k == -d || (k != d && last[static_cast<std::size_t>(k - 1 + d - 1)] <
                                                  last[static_cast<std::size_t>(k + 1 + d - 1)]);
      if (down)
        way.push_back({Kind::added, m_after[static_cast<std::size_t>(--y)]});
      else
        way.push_back({Kind::removed, m_before[static_cast<std::size_t>(--x)]});
    }
    std::ranges::reverse(way);
    return way;
  }

  const Words& m_before;
  const Words& m_after;
  const std::size_t m_most;
  std::vector<Furthest> m_trace;
};

}  // namespace

// What begins and ends alike needs no search.
std::vector<DiffPiece> word_diff(std::string_view before, std::string_view after) {
  Words left = words_of(before), right = words_of(after);
  const auto [begin, unused] = std::ranges::mismatch(left, right);
  const auto front = static_cast<std::size_t>(begin - left.begin());
  std::size_t back = 0;
  while (back < std::min(left.size(), right.size()) - front &&
         left[left.size() - 1 - back] == right[right.size() - 1 - back])
    ++back;
  const Words left_middle(left.begin() + static_cast<std::ptrdiff_t>(front),
                          left.end() - static_cast<std::ptrdiff_t>(back));
  const Words right_middle(right.begin() + static_cast<std::ptrdiff_t>(front),
                           right.end() - static_cast<std::ptrdiff_t>(back));

  std::vector<DiffPiece> pieces;
  for (std::size_t i = 0; i < front; ++i) append(pieces, Kind::same, left[i]);
  std::string removed, added;  // between two same pieces
  const auto settle = [&] {
    append(pieces, Kind::removed, std::exchange(removed, {}));
    append(pieces, Kind::added, std::exchange(added, {}));
  };
  for (const Step& step : Myers(left_middle, right_middle).run()) {
    if (step.kind == Kind::same) settle();
    if (step.kind == Kind::same) append(pieces, Kind::same, step.word);
    if (step.kind == Kind::removed) removed += step.word;
    if (step.kind == Kind::added) added += step.word;
  }
  settle();
  for (std::size_t i = left.size() - back; i < left.size(); ++i) append(pieces, Kind::same, left[i]);
  return pieces;
}

}  // namespace pk::replay
