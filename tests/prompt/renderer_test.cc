#include "prompt/renderer.h"

#include <map>

#include "support/catch.h"

using namespace pk;
using namespace pk::prompt;

namespace {

using Partials = std::map<std::string, std::string>;

FindPartial finder(const Partials& partials) {
  return [&partials](std::string_view reference) -> Result<Partial> {
    const auto found = partials.find(std::string(reference));
    if (found == partials.end())
      return Error{Errc::not_found, "there is no partial '" + std::string(reference) + "'"};
    return Partial{found->first, found->second};
  };
}

// One text with its variables and partials.
struct One {
  explicit One(std::string_view text, std::string variables = "{}", Partials given = {})
      : json(std::move(variables)),
        partials(std::move(given)),
        find(finder(partials)),
        renderer(values, find) {
    const auto added = values.add(json);
    REQUIRE(added);
    auto done = renderer.render(text);
    if (done)
      out = *std::move(done);
    else
      error = std::move(done).error();
  }

  std::string json;
  Partials partials;
  FindPartial find;
  Values values;
  Renderer renderer{values, find};
  std::string out;
  std::optional<Error> error;
};

std::string rendered(std::string_view text, std::string variables = "{}", Partials partials = {}) {
  const One one(text, std::move(variables), std::move(partials));
  if (one.error) FAIL(one.error->message);
  CHECK(one.renderer.missing().empty());
  return one.out;
}

std::string fault(std::string_view text, std::string variables = "{}", Partials partials = {}) {
  const One one(text, std::move(variables), std::move(partials));
  REQUIRE(one.error);
  return one.error->message;
}

}  // namespace

TEST_CASE("Nothing is ever escaped") {
  const std::string variables = R"({"v":"<a href=\"x\">&'</a> {{w}}"})";
  for (const char* text : {"{{v}}", "{{{v}}}", "{{& v }}"})
    CHECK(rendered(text, variables) == "<a href=\"x\">&'</a> {{w}}");
}

TEST_CASE("Sections are lists, objects and truths; inverted ones the lack of them") {
  CHECK(rendered("{{#l}}[{{.}}]{{/l}}", R"({"l":[1,"b",true,null]})") == "[1][b][true][]");
  CHECK(rendered("{{#o}}{{a}}{{b}}{{/o}}", R"({"o":{"a":"x"},"b":"y"})") == "xy");
  CHECK(rendered("{{#s}}{{s}}{{/s}}", R"({"s":"text"})") == "text");
  CHECK(rendered("{{#l}}{{#m}}{{n}}{{.}} {{/m}}{{/l}}", R"({"l":[{"n":"a","m":[1,2]},{"n":"b","m":[]}]})") ==
        "a1 a2 ");
  for (const char* none : {"{}", R"({"v":false})", R"({"v":null})", R"({"v":""})", R"({"v":[]})"})
    CHECK(rendered("{{#v}}yes{{/v}}{{^v}}no{{/v}}", none) == "no");
  for (const char* some : {R"({"v":true})", R"({"v":0})", R"({"v":"false"})", R"({"v":{}})", R"({"v":[0]})"})
    CHECK(rendered("{{#v}}yes{{/v}}{{^v}}no{{/v}}", some) == "yes");
}

TEST_CASE("A line that holds a section's tag alone leaves none") {
  CHECK(rendered("a\n{{#v}}\nb\n{{/v}}\nc\n", R"({"v":true})") == "a\nb\nc\n");
  CHECK(rendered("- {{#l}}{{.}}, {{/l}}end", R"({"l":[1,2]})") == "- 1, 2, end");
}

TEST_CASE("Partials are rendered where they stand, with what is in scope there") {
  const Partials partials = {{"pp-a", "A({{x}}{{>pp-b@5}})"}, {"pp-b@5", "B{{x}}"}};
  CHECK(rendered("{{#l}}{{>pp-a}};{{/l}}", R"({"l":[{"x":1},{"x":2}]})", partials) == "A(1B1);A(2B2);");
  CHECK(rendered("{{>>Which}}", R"({"Which":"pp-b@5","x":"!"})", partials) == "B!");
  // A partial that is not come by need not be there.
  CHECK(rendered("{{#no}}{{>nowhere}}{{/no}}ok") == "ok");
}

TEST_CASE("A plain variable that is missing is named, once; one that is not come by is not missed") {
  const One one("{{a}} {{user.name}} {{a}} {{#l}}{{b}}{{/l}}{{^l}}{{c}}{{/l}}{{#no}}{{d}}{{/no}}",
                R"({"l":[1,2]})");
  CHECK_FALSE(one.error);
  CHECK(one.out.empty());
  CHECK(one.renderer.missing() == std::vector<std::string>{"a", "user.name", "b"});
  const One which("{{>>Which}}");
  CHECK(which.renderer.missing() == std::vector<std::string>{"Which"});
}

TEST_CASE("A loop of partials is told with its way, one by a variable too") {
  CHECK(fault("{{>a}}", "{}", {{"a", "{{>b}}"}, {"b", "{{>c}}"}, {"c", "{{>b}}"}}) ==
        "partials lead in a loop: b → c → b");
  CHECK(fault("{{>a}}", R"({"v":"a"})", {{"a", "{{>>v}}"}}) == "partials lead in a loop: a → a");
}

TEST_CASE("A partial that is not there or cannot be read is told by its name") {
  CHECK(fault("{{>nowhere}}") == "there is no partial 'nowhere'");
  CHECK(fault("{{>>v}}", R"({"v":"gone"})") == "there is no partial 'gone'");
  CHECK(fault("{{>a}}", "{}", {{"a", "{{#x}}"}}) == "partial a: section 'x' is not closed (at byte 0)");
}

TEST_CASE("What would grow without end is refused before it does") {
  std::string list = "[0";
  for (int i = 1; i < 1000; ++i) list += ",0";
  const std::string variables = R"({"l":)" + list + "]}";
  std::string text = "x";
  for (int i = 0; i < 8; ++i) text = "{{#l}}" + text + "{{/l}}";  // 10^24 of them
  CHECK(fault(text, variables) == "the prompt comes to more than 16 MB");
  Partials partials;
  for (int i = 0; i < 40; ++i) {
    const std::string next = "{{>p" + std::to_string(i + 1) + "}}";
    partials["p" + std::to_string(i)] = next + next;  // 2^40
  }
  partials["p40"] = "x";
  CHECK(fault("{{>p0}}", "{}", partials) == "the prompt comes to more than 16 MB");
  Partials deep;
  for (int i = 0; i < 70; ++i) deep["p" + std::to_string(i)] = "{{>p" + std::to_string(i + 1) + "}}";
  deep["p70"] = "x";
  CHECK(fault("{{>p0}}", "{}", deep).find("more than 64 deep") != std::string::npos);
}

TEST_CASE("Partials are checked before they are kept, wherever they stand") {
  Partials partials = {{"a", "{{#no}}{{>b}}{{/no}}"}, {"b", "{{>c}}{{>c}}"}, {"c", "x"}};
  const FindPartial find = finder(partials);
  CHECK(check_partials("{{>a}}{{>b}}", "", find));
  CHECK(check_partials("{{>nowhere}}", "", find).error().code == Errc::not_found);
  partials["c"] = "{{>self}}";
  partials["self"] = "{{>a}}";
  CHECK(check_partials("{{>a}}", "self", find).error().message ==
        "partials lead in a loop: self → a → b → c → self");
  CHECK(check_partials("{{>>v}}", "self", find));  // a variable's is looked at when it is known
}
