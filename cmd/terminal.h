// What the terminal is like, and words in colour on it. Main thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pk::cmd {

bool stdout_is_terminal();
// Columns of the terminal on stdout, else $COLUMNS, else 80.
std::size_t terminal_columns();
// What --color says; "auto" and "": on a terminal that takes them, unless NO_COLOR is set or TERM is dumb.
bool use_color(std::string_view choice);

enum class Color { plain, bold, dim, red, green, yellow, blue, magenta, cyan };
// `text` wrapped in the colour's sequence if `on`; `text` itself otherwise.
std::string paint(Color color, std::string_view text, bool on);

// Columns that `text` takes on a terminal: escape sequences none, East Asian wide characters two, combining
// marks none.
std::size_t display_width(std::string_view text);
// `text` cut to at most `columns`, the last one "…" where something was cut. No escape sequences in `text`.
std::string fit(std::string_view text, std::size_t columns);
// `text` in lines of at most `columns` (at least 1), broken at spaces, within a word only where that alone is
// longer. At least one line. No escape sequences in `text`.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);
// `text` followed (or preceded) by spaces up to `columns`.
std::string pad(std::string_view text, std::size_t columns, bool to_right = false);

}  // namespace pk::cmd
