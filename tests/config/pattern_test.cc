#include "config/pattern.h"

#include <string>

#include "support/catch.h"

namespace pk::config {
namespace {

TEST_CASE("A pattern is found anywhere unless it is anchored") {
  CHECK(pattern_found("chat", "/v1/chat/completions"));
  CHECK(pattern_found("^/v1/(chat|complet)", "/v1/chat/completions"));
  CHECK_FALSE(pattern_found("^chat", "/v1/chat/completions"));
  CHECK(pattern_found("", ""));
  CHECK(pattern_found("é+$", "caféé"));
  CHECK(pattern_found("(?i)GPT-\\d", "gpt-4o"));
}

TEST_CASE("What does not compile says why and is found nowhere") {
  for (const char* pattern : {"(", "a{2,1}", "[z-a]", "(?=x)", "\\1", "*", "(((a{1000}){1000}){1000})",
                              "((a{10}){10}){10}", "\\pL{900}"}) {
    INFO(pattern);
    const auto checked = check_pattern(pattern);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Errc::invalid);
    CHECK_FALSE(checked.error().message.empty());
    CHECK_FALSE(pattern_found(pattern, "a"));
  }
  CHECK_FALSE(check_pattern(std::string(k_pattern_bytes_max + 1, 'a')));
  CHECK_FALSE(pattern_found(std::string(k_pattern_bytes_max + 1, 'a'), std::string(1000, 'a')));
  CHECK(check_pattern(std::string(k_pattern_bytes_max, 'a')));
}

TEST_CASE("A pattern that others take ages or their stack for is answered at once") {
  const std::string text(100'000, 'a');
  CHECK_FALSE(pattern_found("(a+)+$b", text));
  CHECK(pattern_found("(.|a)*", text));
  CHECK_FALSE(pattern_found("(a|aa|aaa)*c", text));
}

TEST_CASE("Only the front of a text is looked at, whole characters of it") {
  const std::string front(k_pattern_text_bytes_max - 1, 'a');
  CHECK(pattern_found("b$", front + "b"));
  CHECK_FALSE(pattern_found("b", front + "ab"));
  CHECK(pattern_found("a$", front + "é"));
}

}  // namespace
}  // namespace pk::config
