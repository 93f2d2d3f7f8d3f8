#include "prompt/template.h"

#include "support/catch.h"

using namespace pk;
using namespace pk::prompt;
using Errors = std::vector<std::string>;

namespace {

constexpr config::ConfigRules::Provider k_providers[] = {{"demo", false}, {"openai", true}};

Template good(std::string_view json) {
  ParsedTemplate parsed = parse_template(json, k_providers);
  if (parsed.problem)
    FAIL(parsed.problem->message + (parsed.problem->errors.empty() ? "" : parsed.problem->errors[0]));
  return std::move(parsed.value);
}

Errors errors(std::string_view json) {
  const ParsedTemplate parsed = parse_template(json, k_providers);
  REQUIRE(parsed.problem);
  CHECK(parsed.problem->message.starts_with("Invalid prompt template"));
  return parsed.problem->errors;
}

}  // namespace

TEST_CASE("A template is a request body, and beside it who is asked and what variables default to") {
  const Template chat = good(
      R"({"model":"gpt-4o","temperature":0.70,"messages":[{"role":"user","content":"Hi {{name}}"}],)"
      R"("provider":"openai","variables":{"name":"you"},"is_raw_template":0,"seed":12345678901234567890})");
  CHECK(chat.form == Form::chat);
  CHECK(chat.provider == "openai");
  CHECK(chat.defaults == R"({"name":"you"})");
  CHECK_FALSE(chat.raw);
  REQUIRE(chat.members.size() == 4);
  CHECK(chat.members[1] == std::pair<std::string, std::string>("temperature", "0.70"));
  CHECK(chat.members[3].second == "12345678901234567890");
  CHECK(good(R"({"prompt":"Say {{x}}"})").form == Form::completion);
  CHECK(good(R"({"prompt":["a","b"]})").form == Form::completion);
  CHECK(good(R"({"prompt":"a","virtual_key":"main"})").virtual_key == "main");
  CHECK(good(R"({"prompt":"a","virtualKey":"main"})").virtual_key == "main");
  CHECK(good(R"({"prompt":"a","config":"pc-x"})").config == "pc-x");
  CHECK(good(R"({"prompt":"a","provider":"@main"})").provider == "@main");
  CHECK(good(R"({"messages":"[{{m}}]","is_raw_template":1})").raw);
  CHECK(good(R"({"prompt":"a","n":1,"n":2})").members[1].second == "2");
}

TEST_CASE("All that is wrong is told at once, with its path") {
  CHECK(
      errors(
          R"({"messages":[{"content":"{{x"}, 5],"provider":"nowhere","model":4,"variables":[],"is_raw_template":2})") ==
      Errors{"path: is_raw_template, message: Expected 0 or 1", "path: messages,0,role, message: Required",
             "path: messages,1, message: Expected object, received number",
             "path: provider, message: There is no provider 'nowhere'",
             "path: model, message: Expected string, received number",
             "path: variables, message: Expected object, received array",
             "path: messages,0,content, message: a tag is not closed (at byte 0)"});
  CHECK(errors("{}") == Errors{"path: messages, message: Required; or prompt, for a completion"});
  CHECK(errors(R"({"messages":[],"prompt":"a"})").size() == 1);
  CHECK(errors(R"({"messages":[]})") ==
        Errors{"path: messages, message: Array must contain at least 1 element(s)"});
  CHECK(errors(R"({"prompt":5})") == Errors{"path: prompt, message: Expected string, received number"});
  CHECK(errors(R"({"messages":[{"role":"user"}],"is_raw_template":1})") ==
        Errors{"path: messages, message: Expected string, received array"});
  CHECK(errors(R"({"prompt":"a","config":"{}"})") ==
        Errors{"path: config, message: Must be the id of a saved config, pc-…"});
  CHECK(errors(R"({"prompt":"a","provider":"openai","virtual_key":"b"})").size() == 1);
  CHECK(errors(R"({"prompt":"a","tools":[{"function":{"description":"{{#x}}"}}]})") ==
        Errors{"path: tools,0,function,description, message: section 'x' is not closed (at byte 0)"});
}

TEST_CASE("What is no JSON object, too long or too deep is no template") {
  for (const char* text : {"", "{", "[]", "5", "{\"prompt\":\"a\"} x", "{\"prompt\":\"\xff\"}"})
    CHECK(errors(text).empty());
  CHECK(errors(R"({"prompt":")" + std::string(1'000'000, 'a') + "\"}").empty());
  CHECK(parse_template(std::string(1'000'000, ' ')).problem->message ==
        "Invalid prompt template. It is longer than 256 kB");
  CHECK(errors(R"({"prompt":"a","x":)" + std::string(64, '[') + std::string(64, ']') + "}").empty());
}
