#include "cmd/cells.h"

#include "support/catch.h"

namespace pk::cmd {

TEST_CASE("A TSV cell has no tabs and no line ends of its own") {
  CHECK(tsv_cell("a\tb\nc\rd") == "a\\tb\\nc\\rd");
  CHECK(tsv_cell("plain, \"text\"") == "plain, \"text\"");
  CHECK(tsv_cell("").empty());
}

TEST_CASE("A CSV cell is quoted where it has to be, its quotes doubled") {
  CHECK(csv_cell("plain text") == "plain text");
  CHECK(csv_cell("a,b") == "\"a,b\"");
  CHECK(csv_cell("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(csv_cell("two\nlines") == "\"two\nlines\"");
  CHECK(csv_cell("").empty());
}

}  // namespace pk::cmd
