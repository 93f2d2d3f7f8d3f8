#include "prompt/render.h"

#include "base/json.h"
#include "support/catch.h"

using namespace pk;
using namespace pk::prompt;

namespace {

const FindPartial k_no_partials = [](std::string_view reference) -> Result<Partial> {
  if (reference == "sign") return Partial{"sign@1", "-- {{me}}"};
  return Error{Errc::not_found, "there is no partial '" + std::string(reference) + "'"};
};

Rendered called(std::string_view json, std::string_view body, Caller caller = Caller::route) {
  const ParsedTemplate parsed = parse_template(json);
  REQUIRE_FALSE(parsed.problem);
  const ReadCall read = read_call(body, parsed.value, caller);
  if (read.problem) return {"", read.problem};
  return render(parsed.value, read.call, k_no_partials);
}

std::string body_of(std::string_view json, std::string_view body, Caller caller = Caller::route) {
  const Rendered rendered = called(json, body, caller);
  if (rendered.problem) FAIL(rendered.problem->message);
  CHECK(is_json(rendered.body));
  return rendered.body;
}

}  // namespace

TEST_CASE("Texts are rendered, everything else stays byte for byte") {
  CHECK(
      body_of(
          R"({"model":"gpt-{{size}}", "t": 0.70, "seed":12345678901234567890, "messages":[ {"role":"user", "content":"Hi \u007b{name}} \u00e9"} ],"stop":["{{name}}:", "x"]})",
          R"({"variables":{"size":"4o","name":"Ann"}})") ==
      R"({"model":"gpt-4o","t":0.70,"seed":12345678901234567890,"messages":[ {"role":"user", "content":"Hi Ann é"} ],"stop":["Ann:", "x"]})");
}

TEST_CASE("No value can leave its text") {
  const std::string body = body_of(R"({"messages":[{"role":"user","content":"{{v}}"}]})",
                                   R"({"variables":{"v":"\"}],\"model\":\"evil\",\"x\":[\"\n\u0000\\"}})");
  CHECK(body == R"({"messages":[{"role":"user","content":"\"}],\"model\":\"evil\",\"x\":[\"\n\u0000\\"}]})");
}

TEST_CASE("Variables have defaults") {
  const std::string text = R"({"prompt":"{{a}} {{b.c}}","variables":{"a":"one","b":{"c":"two"}}})";
  CHECK(body_of(text, "{}") == R"({"prompt":"one two"})");
  CHECK(body_of(text, R"({"variables":{"b":{"c":3}}})") == R"({"prompt":"one 3"})");
  CHECK(body_of(text, R"({"variables":null})") == R"({"prompt":"one two"})");
}

TEST_CASE("A parameter at the root takes the place of the template's, or is added") {
  CHECK(body_of(R"({"model":"m","prompt":"a","temperature":0.5})",
                R"({"variables":{},"temperature":0.90,"stream":true,"n":1,"n":2})") ==
        R"({"model":"m","prompt":"a","temperature":0.90,"stream":true,"n":2})");
  CHECK(body_of(R"({"prompt":"a"})", R"({"prompt_id":"pp-x","promptID":"pp-x","n":1})") ==
        R"({"prompt":"a","n":1})");
  // A text that is replaced needs no variables.
  CHECK(body_of(R"({"prompt":"a","user":"{{who}}"})", R"({"user":"me {{who}}"})") ==
        R"({"prompt":"a","user":"me {{who}}"})");
}

TEST_CASE("A call to the prompt's route brings no messages; a target's request has them for others") {
  const std::string text = R"({"model":"m","messages":[{"role":"user","content":"{{x}}"}]})";
  const std::string body =
      R"({"model":"other","messages":[{"role":"user","content":"mine"}],"variables":{"x":"y"},"stream":true})";
  const Rendered refused = called(text, body);
  REQUIRE(refused.problem);
  CHECK(refused.problem->errors[0].starts_with("path: messages, message: "));
  CHECK(body_of(text, body, Caller::target) ==
        R"({"model":"m","messages":[{"role":"user","content":"y"}],"stream":true})");
  CHECK(body_of(R"({"messages":[{"role":"user","content":"{{x}}"}]})", body, Caller::target) ==
        R"({"messages":[{"role":"user","content":"y"}],"model":"other","stream":true})");
}

TEST_CASE("All missing variables are named at once") {
  const Rendered one =
      called(R"({"model":"{{m}}","prompt":"{{a}} {{b}} {{c}}"})", R"({"variables":{"b":""}})");
  REQUIRE(one.problem);
  CHECK(one.problem->message == "the prompt needs variables that the request does not have: m, a, c");
  CHECK(one.problem->errors == std::vector<std::string>{"path: variables,m, message: Required",
                                                        "path: variables,a, message: Required",
                                                        "path: variables,c, message: Required"});
  CHECK(one.body.empty());
}

TEST_CASE("Variables of the wrong kind are refused with their path") {
  for (const char* body : {R"({"variables":"{}"})", R"({"variables":[1]})", R"({"variables":5})"}) {
    const Rendered one = called(R"({"prompt":"a"})", body);
    REQUIRE(one.problem);
    CHECK(one.problem->errors == std::vector<std::string>{"path: variables, message: Expected object"});
  }
  const Rendered deep = called(R"({"prompt":"a"})",
                               R"({"variables":{"a":)" + std::string(40, '[') + std::string(40, ']') + "}}");
  REQUIRE(deep.problem);
  CHECK(deep.problem->message.find("nested") != std::string::npos);
}

TEST_CASE("A raw template is rendered first and is JSON then") {
  const std::string raw =
      R"({"model":"m","is_raw_template":1,"messages":"[{{#turns}}{\"role\":\"{{role}}\",\"content\":{{text}}},{{/turns}}{\"role\":\"user\",\"content\":\"{{q}}\"}]"})";
  CHECK(body_of(raw, R"({"variables":{"turns":[{"role":"user","text":"\"a\""}],"q":"b"}})") ==
        R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]})");
  const Rendered broken = called(raw, R"({"variables":{"q":"a \" b"}})");
  REQUIRE(broken.problem);
  CHECK(broken.problem->message ==
        "the prompt cannot be rendered: what the raw template renders to is no JSON array");
  CHECK(called(R"({"is_raw_template":1,"messages":"{\"a\":1}"})", "{}").problem);
  CHECK(body_of(R"({"is_raw_template":true,"prompt":"{{p}}"})", R"({"variables":{"p":["a","b"]}})") ==
        R"({"prompt":["a","b"]})");
}

TEST_CASE("Partials are looked for, and what is wrong with them is told") {
  CHECK(body_of(R"({"prompt":"Hi {{>sign}}"})", R"({"variables":{"me":"pk"}})") ==
        R"({"prompt":"Hi -- pk"})");
  const Rendered none = called(R"({"prompt":"{{>nowhere}}"})", "{}");
  REQUIRE(none.problem);
  CHECK(none.problem->errors ==
        std::vector<std::string>{"path: prompt, message: there is no partial 'nowhere'"});
  CHECK(check_partials(parse_template(R"({"prompt":"{{>sign}}"})").value, k_no_partials));
  CHECK_FALSE(
      check_partials(parse_template(R"({"x":[{"y":"{{>nowhere}}"}],"prompt":"a"})").value, k_no_partials));
}
