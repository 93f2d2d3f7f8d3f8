#include "config/text_pattern.h"

#include <string>

#include "support/catch.h"

using pk::config::TextPattern;

TEST_CASE("A pattern is found from a place on, with what stands before it") {
  const auto pattern = TextPattern::compile("\\bana\\b");
  REQUIRE(pattern);
  CHECK(pattern->find("banana ana", 0) == std::pair<std::size_t, std::size_t>{7, 10});
  CHECK_FALSE(pattern->find("banana", 3));
  CHECK_FALSE(pattern->find("", 0));
  CHECK_FALSE(pattern->find("ana", 4));
  const auto optional = TextPattern::compile("a+");
  CHECK(optional->find("bbaab", 1) == std::pair<std::size_t, std::size_t>{2, 4});
  CHECK(TextPattern::literal("a.b").find("axb a.b", 0) == std::pair<std::size_t, std::size_t>{4, 7});
}

TEST_CASE("What is no pattern says why") {
  for (const std::string& pattern :
       {std::string("("), std::string(), std::string("a*"), std::string("(?=a)"), std::string(5000, 'a')}) {
    CAPTURE(pattern.substr(0, 20));
    const auto compiled = TextPattern::compile(pattern);
    REQUIRE_FALSE(compiled);
    CHECK_FALSE(compiled.error().message.empty());
  }
}
