#include "cmd/terminal.h"

#include "support/catch.h"

namespace pk::cmd {

TEST_CASE("Widths as a terminal has them") {
  const std::pair<const char*, std::size_t> cases[] = {
      {"", 0},        {"abc", 3},  {"日本", 4},   {"é", 1},
      {"e\u0301", 1}, {"🙂", 2}, {"\u200b", 0}, {"\x1b[31mab\x1b[0m", 2},
      {"…", 1},       {"↯", 1}};
  for (const auto& [text, width] : cases) {
    CAPTURE(text);
    CHECK(display_width(text) == width);
  }
}

TEST_CASE("Text is cut by columns, never within a character") {
  CHECK(fit("abc", 3) == "abc");
  CHECK(fit("abcd", 3) == "ab…");
  CHECK(fit("日本語", 4) == "日…");
  CHECK(fit("日本語", 6) == "日本語");
  CHECK(fit("abc", 1) == "…");
  CHECK(fit("abc", 0).empty());
}

TEST_CASE("Text is broken into lines at spaces, and within a word only where it must be") {
  using Lines = std::vector<std::string>;
  CHECK(wrap("", 5) == Lines{""});
  CHECK(wrap("one two", 7) == Lines{"one two"});
  CHECK(wrap("one two", 6) == Lines{"one", "two"});
  CHECK(wrap("one two three", 8) == Lines{"one two", "three"});
  CHECK(wrap("abcdefgh", 3) == Lines{"abc", "def", "gh"});
  CHECK(wrap("x abcdefgh y", 4) == Lines{"x", "abcd", "efgh", "y"});
  CHECK(wrap("日本 語", 5) == Lines{"日本", "語"});
  CHECK(wrap("日本", 1) == Lines{"日", "本"});
}

TEST_CASE("Padding counts columns, not bytes") {
  CHECK(pad("é", 3) == "é  ");
  CHECK(pad("é", 3, true) == "  é");
  CHECK(pad("long", 2) == "long");
}

TEST_CASE("Colours are there only where they are on") {
  CHECK(paint(Color::red, "x", true) == "\x1b[31mx\x1b[0m");
  CHECK(paint(Color::red, "x", false) == "x");
  CHECK(paint(Color::plain, "x", true) == "x");
  CHECK(use_color("always"));
  CHECK_FALSE(use_color("never"));
}

}  // namespace pk::cmd
