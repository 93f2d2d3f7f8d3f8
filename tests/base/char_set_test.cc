#include "base/char_set.h"

#include <string>

#include "support/catch.h"

using pk::CharSet;

TEST_CASE("A set has its members and no other byte") {
  constexpr CharSet marks("?&");
  constexpr CharSet with_nul(std::string_view("?\0", 2));
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    CHECK(marks.has(byte) == (byte == '?' || byte == '&'));
    CHECK(with_nul.has(byte) == (byte == '?' || byte == '\0'));
  }
}

TEST_CASE("Letters and digits come with whatever else is named") {
  constexpr CharSet token = CharSet::alphanumeric_and("-_");
  for (const char c : std::string_view("azAZ09-_")) CHECK(token.has(c));
  for (const char c : std::string_view("@[`{/: \x80\xff")) CHECK_FALSE(token.has(c));
}

TEST_CASE("What is looked for is found where it stands first, or at the size") {
  constexpr CharSet marks("?&");
  CHECK(marks.find_in("") == 0);
  CHECK(marks.find_in("abc") == 3);
  CHECK(marks.find_in("a?b&") == 1);
  CHECK(marks.find_in("a?b&", 2) == 3);
  CHECK(marks.find_in("a?", 7) == 2);
  CHECK(marks.find_other_in("?&a?") == 2);
  CHECK(marks.find_other_in("?&") == 2);
  CHECK(marks.find_other_in("?", 9) == 1);
  CHECK(marks.has_all(""));
  CHECK(marks.has_all("?&?"));
  CHECK_FALSE(marks.has_all("?a"));
}
