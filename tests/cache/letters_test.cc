#include "cache/letters.h"

#include "support/catch.h"

using namespace pk::cache;

TEST_CASE("Capital letters of several scripts have small ones") {
  struct Case {
    std::uint32_t capital, small;
  };
  for (const auto& [capital, small] :
       {Case{'A', 'a'}, Case{0xc4, 0xe4}, Case{0x100, 0x101}, Case{0x139, 0x13a}, Case{0x178, 0xff},
        Case{0x17d, 0x17e}, Case{0x391, 0x3b1}, Case{0x38f, 0x3ce}, Case{0x401, 0x451}, Case{0x42f, 0x44f},
        Case{0x531, 0x561}, Case{0x1e9e - 0x10, 0x1e8f}}) {
    CAPTURE(capital);
    CHECK(lower_of(capital) == small);
    CHECK(lower_of(small) == small);
    CHECK(is_upper(capital));
  }
  for (const std::uint32_t c : {0xd7u, 0xf7u, 0xdfu, 0x4e2du, 0x627u, std::uint32_t{'1'}})
    CHECK_FALSE(is_upper(c));
}

TEST_CASE("Letters have their scripts, digits their values") {
  CHECK(script_of('a') == Script::latin);
  CHECK(script_of(0x3b1) == Script::greek);
  CHECK(script_of(0x434) == Script::cyrillic);
  CHECK(script_of(0x5d0) == Script::hebrew);
  CHECK(script_of(0x627) == Script::arabic);
  CHECK(script_of(0x915) == Script::indic);
  CHECK(script_of(0xe01) == Script::thai);
  CHECK(script_of(0x3042) == Script::kana);
  CHECK(script_of(0x4e2d) == Script::han);
  CHECK(script_of(0xac00) == Script::hangul);
  CHECK(digit_of('7') == 7);
  CHECK(digit_of(0x667) == 7);
  CHECK(digit_of(0xff17) == 7);
  CHECK(digit_of(0xb2) == 2);
  CHECK(digit_of('x') == -1);
  for (const std::uint32_t c : {0x20u, 0x2019u, 0x3002u, 0x1f600u, std::uint32_t{'-'}})
    CHECK_FALSE(is_letter(c));
}

TEST_CASE("Bytes that are no UTF-8 are one bad code point each") {
  for (const std::string_view text : {"\xff", "\xc3", "\xe4\xb8", "\xc0\x80", "\xf5\x80\x80\x80"}) {
    std::size_t at = 0;
    CHECK(next_code_point(text, at) == 0xfffd);
    CHECK(at == 1);
  }
  std::size_t at = 0;
  CHECK(next_code_point("\xf0\x9f\x98\x80", at) == 0x1f600);
  CHECK(at == 4);
}
