#include "cache/guard_text.h"

#include "cache/guard_numbers.h"
#include "support/catch.h"

using namespace pk::cache;
using Texts = std::vector<std::string>;

TEST_CASE("Quotes, code, addresses and paths are cut out to the byte") {
  const auto cut = [](std::string_view text) {
    Texts literals;
    cut_literals(text, literals);
    return literals;
  };
  CHECK(cut("say \"a  b\" and `c`") == Texts{"a b", "c"});
  CHECK(cut("„a“, «b» ‘c’ 「d」 'e f'") == Texts{"a", "b", "c", "d", "e f"});
  CHECK(cut("don't, the users' names, it's").empty());
  CHECK(cut("```\nx = 1\n```") == Texts{"x = 1"});
  CHECK(cut("see https://a.b/c, mail a@b.c.") == Texts{"https://a.b/c", "a@b.c"});
  CHECK(cut("what is os.path or a_b or f() or /etc/passwd?") == Texts{"os.path", "a_b", "f", "/etc/passwd"});
  CHECK(cut("an \"open quote").empty());
  CHECK(cut("either/or, e.g. this. And that").empty());
}

TEST_CASE("Numbers are written in one way") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"007", "7"},     {"1,000", "1000"},  {"1,000.50", "1000.5"}, {"1.000,50", "1000.5"}, {"1,5", "1.5"},
      {"0,500", "0.5"}, {"1.2.3", "1.2.3"}, {"10:30", "10:30"},     {"2.0", "2"},           {"0", "0"}};
  for (const auto& [text, plain] : cases) CHECK(plain_number(text) == plain);
}

TEST_CASE("Amounts have their units, dates are no amounts") {
  const auto amounts = [](std::string_view text) { return amounts_of(guard_text(text)); };
  const auto dates = [](std::string_view text) { return dates_of(guard_text(text)); };
  CHECK(amounts("5km, 6 kilometers, $7, 8 %") == Texts{"5 km", "6 km", "7 $", "8 %"});
  CHECK(amounts("two hundred and fifty thousand and three") == Texts{"250003 "});
  CHECK(amounts("twenty-five, nineteen, a dozen") == Texts{"25 ", "19 ", "12 "});
  CHECK(amounts("the first, the 2nd, the third, one of them") == Texts{"1 th", "2 th", "3 th"});
  CHECK(amounts("1.5 million") == Texts{"1500000 "});
  CHECK(amounts("3-2 and either/or") == Texts{"3 ", "-", "2 "});
  CHECK(amounts("٣ and ３ and x²") == Texts{"3 ", "3 ", "2 "});
  CHECK(dates("on 2024-05-01, in May, on march 3, we may march") == Texts{"2024-05-01", "may", "mar"});
  CHECK(dates("Lundi, tomorrow") == Texts{"mon", "tomorrow"});
}
