#include "base/head_text.h"

#include <limits>

#include "support/catch.h"

namespace pk {

TEST_CASE("A control character is seen at every place of a text, and no other byte is taken for one") {
  for (std::size_t size = 0; size < 40; ++size) {
    for (const unsigned char harmless : {0x20, 0x2d, 0x7f, 0x80, 0xa0, 0xff})
      REQUIRE_FALSE(has_low_control(std::string(size, static_cast<char>(harmless))));
    for (std::size_t at = 0; at < size; ++at)
      for (const char control : {'\0', '\t', '\r', '\n', '\x1f'}) {
        std::string text(size, '\xff');
        text[at] = control;
        REQUIRE(has_low_control(text));
      }
  }
}

TEST_CASE("What would end a field's line becomes a space, all else stays") {
  std::string out = "X: 1\r\n";
  append_field(out, "a\nb", std::string_view("one\r\ntwo\0three\tfour", 19));
  CHECK(out == "X: 1\r\na b: one  two three\tfour\r\n");
  append_field_value(out, "");
  append_field_value(out, "\n");
  CHECK(out == "X: 1\r\na b: one  two three\tfour\r\n ");
}

TEST_CASE("Numbers are written in full") {
  std::string out;
  append_number(out, 0);
  append_number(out, 1050);
  append_number(out, std::numeric_limits<std::uint64_t>::max());
  CHECK(out == "0105018446744073709551615");
}

}  // namespace pk
