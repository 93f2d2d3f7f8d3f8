#include "cmd/progress.h"

#include "cmd/terminal.h"
#include "support/catch.h"

using pk::cmd::display_width;
using pk::cmd::progress_line;

TEST_CASE("A line of progress has a bar where the end is known, and fits the terminal") {
  CHECK(progress_line("logs exported", 0, 10, {}, 80) ==
        "[--------------------]   0 %  0 of 10 logs exported");
  CHECK(progress_line("logs exported", 520'000, 1'000'000, "812 MB", 80) ==
        "[##########----------]  52 %  520,000 of 1,000,000 logs exported, 812 MB");
  CHECK(progress_line("logs exported", 12, 10, {}, 80) ==
        "[####################] 100 %  12 of 10 logs exported");
  CHECK(progress_line("logs exported", 1234, 0, "3 MB", 80) == "1,234 logs exported, 3 MB");
  CHECK(display_width(progress_line("logs exported", 520'000, 1'000'000, "812 MB", 40)) == 40);
}
