#include "prompt/mustache.h"

#include "support/catch.h"

using namespace pk;
using namespace pk::prompt;

namespace {

Mustache read(std::string_view text) {
  auto mustache = read_mustache(text);
  if (!mustache) FAIL(mustache.error().message);
  return *std::move(mustache);
}

std::string fault(std::string_view text) {
  const auto mustache = read_mustache(text);
  REQUIRE_FALSE(mustache);
  return mustache.error().message;
}

}  // namespace

TEST_CASE("A text is read as a tree of pieces") {
  const Mustache one = read("a{{x}}{{{ y }}}{{& z}}{{#s}}b{{^t}}c{{/t}}{{/s}}{{> p@5 }}{{>> Var }}");
  REQUIRE(one.pieces.size() == 7);
  CHECK(one.pieces[0].bytes == 1);
  for (const std::size_t i : {1u, 2u, 3u}) CHECK(one.pieces[i].kind == Piece::Kind::variable);
  CHECK(one.pieces[2].name == "y");
  CHECK(one.pieces[4].kind == Piece::Kind::section);
  REQUIRE(one.pieces[4].children.size() == 2);
  CHECK(one.pieces[4].children[1].kind == Piece::Kind::inverted);
  CHECK(one.pieces[5].name == "p@5");
  CHECK(one.pieces[6].kind == Piece::Kind::named_partial);
  CHECK(one.pieces[6].name == "Var");
  CHECK(partials_named(one) == std::vector<std::string>{"p@5"});
  CHECK(one.source == "a{{&\1x}}{{&\1y}}{{&\1z}}{{#s}}b{{^t}}c{{/t}}{{/s}}{{>p@5}}{{>>Var}}");
}

TEST_CASE("A comment goes, with its line where it has one of its own") {
  CHECK(read("a{{! note }}b").source == "ab");
  CHECK(read("a\n  {{! note\n of two lines }}  \nb").source == "a\nb");
  CHECK(read("{{! note }}\r\nb").source == "b");
  CHECK(read("a\n{{! note }}").source == "a\n");
  CHECK(read("a {{! note }}\nb").source == "a \nb");
}

TEST_CASE("Brackets that are no tag stay") {
  for (const char* text : {"{\"a\": {\"b\": 1}}", "}}", "{ {x} }", "{", ""}) {
    CHECK(read(text).source == text);
    CHECK_FALSE(has_tags(text));
  }
}

TEST_CASE("What is not closed, not begun, unnamed or not offered is said with its place") {
  CHECK(fault("ab{{x") == "a tag is not closed (at byte 2)");
  CHECK(fault("{{{x}}") == "a tag is not closed (at byte 0)");
  CHECK(fault("{{#a}}{{#b}}{{/b}}") == "section 'a' is not closed (at byte 0)");
  CHECK(fault("{{/a}}") == "'a' ends a section that was not begun (at byte 0)");
  CHECK(fault("{{#a}}{{/b}}") == "'b' ends here, and 'a' is open (at byte 6)");
  CHECK(fault("{{=<% %>=}}").starts_with("other delimiters"));
  for (const char* text : {"{{}}", "{{ }}", "{{#}}{{/}}", "{{>}}", "{{>>}}", "{{&}}", "{{{}}}"})
    CHECK(fault(text).starts_with("a tag has no name"));
  CHECK(fault("{{a{{b}}").find("cannot be a name") != std::string::npos);
  CHECK(fault(std::string_view("{{a\0b}}", 7)).find("cannot be a name") != std::string::npos);
  CHECK(fault("{{\1x}}").find("cannot be a name") != std::string::npos);
  CHECK(fault("{{" + std::string(257, 'x') + "}}").find("longer than 256 bytes") != std::string::npos);
}

TEST_CASE("Sections are so deep and tags so many, and no more") {
  const auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "{{#a}}";
    for (int i = 0; i < depth; ++i) text += "{{/a}}";
    return text;
  };
  CHECK(read_mustache(nested(32)));
  CHECK(read_mustache(nested(33)).error().code == Errc::limit);
  std::string many;
  for (std::size_t i = 0; i < k_tags_max; ++i) many += "{{a}}";
  CHECK(read_mustache(many));
  CHECK(read_mustache(many + "{{a}}").error().code == Errc::limit);
}
