// A regular expression that is looked for in whole texts, as `pk logs redact` does. RE2: time is linear in
// the text. A value; any thread may ask it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace pk::config {

inline constexpr std::size_t k_text_pattern_bytes_max = 4096;

class TextPattern {
 public:
  // invalid with RE2's reason, or where it is too long, or finds the empty text, which is everywhere.
  static Result<TextPattern> compile(std::string_view pattern);
  // `text` itself.
  static TextPattern literal(std::string_view text);

  // The first place at or behind `from`, begin and end; never an empty one.
  std::optional<std::pair<std::size_t, std::size_t>> find(std::string_view text, std::size_t from) const;

 private:
  explicit TextPattern(std::shared_ptr<const re2::RE2> re) : m_re(std::move(re)) {}
  std::shared_ptr<const re2::RE2> m_re;
};

}  // namespace pk::config
