#include "base/simdjson_library.h"

#include <string>
#include <vector>

#include "base/text.h"
#include "support/catch.h"

// Short texts are walked by characters, long ones are simdjson's: both have to say the same.
TEST_CASE("simdjson and the walk by characters agree on every edge of UTF-8") {
  const pk::Utf8Check check = pk::simdjson_utf8_check();
  REQUIRE(check != nullptr);
  const std::string edges =
      "a\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc1\xc2\xdf\xe0\xe1\xec\xed\xee\xef\xf0\xf1\xf3\xf4\xf5\xff";
  std::vector<std::string> differing;
  for (const char a : edges)
    for (const char b : edges)
      for (const char c : edges)
        for (const char d : edges) {
          const std::string text{a, b, c, d};
          if (pk::is_utf8(text) != check(text.data(), text.size())) differing.push_back(text);
        }
  CHECK(differing == std::vector<std::string>{});
}

TEST_CASE("A long text is checked to its end") {
  for (const std::size_t size : {31, 32, 33, 1023, 1024, 5000, 100'000}) {
    std::string text;
    while (text.size() < size) text += "\u20ac";
    CHECK(pk::is_utf8(text));
    CHECK(pk::is_utf8(std::string(size, 'a') + text + std::string(size, 'b')));
    CHECK_FALSE(pk::is_utf8(text + "\xe2\x82"));
    CHECK_FALSE(pk::is_utf8(std::string(size, 'a') + "\xff"));
    text[size / 2] = 'x';
    CHECK_FALSE(pk::is_utf8(text));
  }
}
