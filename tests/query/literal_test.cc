#include "query/literal.h"

#include "base/rng.h"
#include "base/text.h"
#include "support/catch.h"

using pk::query::any_string;
using pk::query::Literal;

TEST_CASE("A literal is found wherever it stands, in any case of letters") {
  for (const std::string text :
       {"a", "K", "ab", "Needle", "two words", "[1+1]", "caf\xc3\xa9", "0123456789abcdefghij"})
    for (std::size_t before = 0; before < 40; ++before) {
      const std::string bytes = std::string(before, '.') + text + std::string(40 - before, '.');
      CAPTURE(bytes);
      CHECK(Literal(text).is_in(bytes));
      CHECK(Literal(pk::ascii_lower(text)).is_in(bytes));
      CHECK(Literal(text).is_in(bytes.substr(0, before + text.size())));
      CHECK_FALSE(Literal(text).is_in(bytes.substr(0, before + text.size() - 1)));
    }
  CHECK(Literal("").is_in(""));
  CHECK_FALSE(Literal("x").is_in(""));
  CHECK_FALSE(
      Literal("[").is_in(std::string(50, '{')));  // they differ in the bit that makes the case of letters
  CHECK_FALSE(Literal("z").is_in(std::string(50, ':')));
}

TEST_CASE("It finds what a plain search finds, in random bytes") {
  pk::Rng rng(7);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes, text;
    for (std::uint64_t n = rng.next() % 80; n > 0; --n) bytes += "aAbB[{"[rng.next() % 6];
    for (std::uint64_t n = 1 + rng.next() % 5; n > 0; --n) text += "aAbB[{"[rng.next() % 6];
    CAPTURE(bytes, text);
    CHECK(Literal(text).is_in(bytes) == (pk::ifind(bytes, text) != std::string_view::npos));
  }
}

TEST_CASE("It is found with escapes undone, where it has what they stand for") {
  CHECK(Literal("say \"hi\"").is_in_escaped(R"({"a":"Say \"Hi\" to"})"));
  CHECK(Literal("one\ntwo").is_in_escaped(R"(,{"a":"one\ntwo"})"));
  CHECK(Literal("abc").is_in_escaped(R"("a\u0062c")"));
  CHECK(Literal("a/b").is_in_escaped(R"("a\/b")"));
  CHECK_FALSE(Literal("abc").is_in_escaped(R"("a\nbc")"));
  CHECK_FALSE(Literal("a\nb").is_in_escaped(R"("a\\nb")"));
  CHECK_FALSE(Literal("abc").is_in_escaped("no escapes"));
  CHECK(Literal("a\nb").is_in_escaped("no JSON \"a\\nb\" at all"));
}

TEST_CASE("Strings of JSON are given with their quotes, also where the rest is none") {
  std::vector<std::string> got;
  CHECK_FALSE(any_string("{\"a\":\"b\\\"c\", x, \"f\"", [&](std::string_view token, std::size_t) {
    got.emplace_back(token);
    return false;
  }));
  CHECK(got == std::vector<std::string>{"\"a\"", "\"b\\\"c\"", "\"f\""});
}
