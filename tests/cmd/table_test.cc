#include "cmd/table.h"

#include "support/catch.h"

namespace pk::cmd {

namespace {

std::string printed(Table& table, const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  for (const auto& row : rows) {
    std::vector<Cell> cells;
    for (const std::string& text : row) cells.push_back({{text, Color::plain}});
    table.row(out, cells);
  }
  table.settle(out);
  return out;
}

}  // namespace

TEST_CASE("Columns are as wide as they need, numbers stand to the right, no line ends in spaces") {
  Table table({{"Name"}, {"Count", true}, {"Note"}}, 80, false);
  CHECK(printed(table, {{"a", "1", "x"}, {"longer", "1,234", ""}}) ==
        "Name    Count  Note\n"
        "a           1  x\n"
        "longer  1,234\n");
}

TEST_CASE("What does not fit is cut with a mark, the widest column first, none below its least") {
  Table table({{"A", false, 3}, {"B", false, 5}}, 12, false);
  CHECK(printed(table, {{"abc", "a very long text"}}) ==
        "A    B\n"
        "abc  a very…\n");
  Table narrow({{"A", false, 3}, {"B", false, 5}}, 5, false);
  CHECK(printed(narrow, {{"abcdef", "abcdefgh"}}) ==
        "A    B\n"
        "ab…  abc…\n");
}

TEST_CASE("A column that can be spared goes before others are made unreadable, the one that can most first") {
  const auto at = [](std::size_t width) {
    Table table({{"A", false, 6}, {"B", false, 6, 1}, {"C", false, 6, 2}, {"D", true, 6}}, width, false);
    return printed(table, {{"abcdef", "spared last", "spared", "123456"}});
  };
  CHECK(at(30) == "A       B       C            D\nabcdef  spare…  spared  123456\n");
  CHECK(at(29) == "A       B                 D\nabcdef  spared last  123456\n");
  CHECK(at(22) == "A       B            D\nabcdef  spare…  123456\n");
  CHECK(at(21) == "A            D\nabcdef  123456\n");
}

TEST_CASE("Wide characters and colours keep columns in line") {
  Table table({{"A"}, {"B"}}, 40, true);
  std::string out;
  table.row(out, {{{"日本", Color::plain}}, {{"x", Color::red}}});
  table.row(out, {{{"e\u0301", Color::plain}}, {{"y", Color::plain}}});
  table.settle(out);
  CHECK(out == "\x1b[1mA\x1b[0m     \x1b[1mB\x1b[0m\n日本  \x1b[31mx\x1b[0m\ne\u0301     y\n");
}

TEST_CASE("A cell of several colours is cut in the right place") {
  Table table({{"S", false, 4}}, 7, true);
  std::string out;
  table.row(out, {{{"hit", Color::green}, {" · ", Color::dim}, {"fallback", Color::magenta}}});
  table.settle(out);
  CHECK(out == "\x1b[1mS\x1b[0m\n\x1b[32mhit\x1b[0m\x1b[2m · \x1b[0m\x1b[35m…\x1b[0m\n");
}

TEST_CASE("Rows past those that are held are printed as they come; no rows, no titles") {
  Table table({{"N", true}}, 80, false);
  std::string out;
  table.settle(out);
  CHECK(out.empty());
  for (std::size_t i = 0; i + 1 < Table::k_rows_held; ++i) table.row(out, {{{"1", Color::plain}}});
  CHECK(out.empty());
  table.row(out, {{{"1", Color::plain}}});
  CHECK_FALSE(out.empty());
  out.clear();
  table.row(out, {{{"2", Color::plain}}});
  CHECK(out == "2\n");
}

}  // namespace pk::cmd
