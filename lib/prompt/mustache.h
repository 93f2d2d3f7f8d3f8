// A mustache text as a tree, read and bounded here before kainjow's reader and renderer see it: their
// recursion, memory and errors are nobody's. Offered: {{v}}, {{{v}}} and {{&v}} (all the same, nothing is
// ever escaped), {{#v}}…{{/v}}, {{^v}}…{{/v}}, {{! a comment}}, {{>partial}}, {{>partial@5}} and {{>>v}}, a
// partial that a variable names. Other delimiters are not. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pk::prompt {

inline constexpr std::size_t k_sections_deep_max = 32;
inline constexpr std::size_t k_tags_max = 10'000;  // of one text
inline constexpr std::size_t k_tag_name_bytes_max = 256;

// What stands before a variable's name in Mustache::source: kainjow asks for variables and sections by the
// same call, and what prints as "false" is false as a section. No name has it.
inline constexpr char k_variable_mark = '\1';

struct Piece {
  enum class Kind : std::uint8_t { text, variable, section, inverted, partial, named_partial };
  Kind kind = Kind::text;
  std::string name;             // "" of a text; of a named_partial the variable's
  std::size_t bytes = 0;        // of a text
  std::vector<Piece> children;  // of a section
};

struct Mustache {
  std::vector<Piece> pieces;
  std::string source;  // the same text as kainjow is to read it
};

// Whether the text is more than itself.
inline bool has_tags(std::string_view text) {
  return text.find("{{") != std::string_view::npos;
}

// invalid, with the place in bytes, for a tag or section that is not closed and the like; limit for more
// tags or deeper sections than there may be.
Result<Mustache> read_mustache(std::string_view text);

// Each partial that a text names by itself, in the order of the text: "id", "id@5".
std::vector<std::string> partials_named(const Mustache& mustache);

// A name in quotes, cut and with control characters made visible, for a message.
std::string quoted(std::string_view name);

}  // namespace pk::prompt
