#include "share/conversation.h"

#include "support/catch.h"

namespace pk::share {
namespace {

using Kind = Part::Kind;

std::vector<Turn> asked(const std::string& body) {
  return request_turns(log::Content{{}, body});
}
std::vector<Turn> answered(const std::string& body) {
  return response_turns(log::Content{{}, body});
}
Part words(const std::string& text) {
  return {Kind::text, text, {}};
}

}  // namespace

TEST_CASE("A chat's turns have their roles, texts, calls and media") {
  CHECK(asked(R"({"messages":[{"role":"system","content":"Be brief"},
      {"role":"user","content":[{"type":"text","text":"What is it?"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAABBBB"}},
        {"type":"input_audio","input_audio":{"format":"wav"}},{"type":"odd"}]},
      {"role":"assistant","content":null,"tool_calls":[{"function":{"name":"look","arguments":"{\"x\":1}"}}]},
      {"role":"tool","content":"{\"y\":2}"},{"role":"tool","content":"plain"}]})") ==
        std::vector<Turn>{{"system", {words("Be brief")}},
                          {"user",
                           {words("What is it?"),
                            {Kind::media, "Image", "image/png, 6 B"},
                            {Kind::media, "Audio", "wav"},
                            {Kind::json, {}, R"({"type":"odd"})"}}},
                          {"assistant", {{Kind::call, "look", R"({"x":1})"}}},
                          {"tool", {{Kind::result, {}, R"({"y":2})"}}},
                          {"tool", {{Kind::result, {}, "\"plain\""}}}});
  CHECK(
      answered(
          R"({"choices":[{"message":{"role":"assistant","reasoning_content":"hm","content":"Yes","refusal":"no"}},
      {"text":"two"}]})") ==
      std::vector<Turn>{{"assistant", {{Kind::reasoning, "hm", {}}, words("Yes"), words("no")}},
                        {"assistant", {words("two")}}});
}

TEST_CASE("Messages, responses, completions and embeddings too") {
  CHECK(
      asked(
          R"({"system":"S","messages":[{"role":"user","content":[{"type":"tool_result","content":[1]}]}]})") ==
      std::vector<Turn>{{"system", {words("S")}}, {"user", {{Kind::result, {}, "[1]"}}}});
  CHECK(answered(R"({"type":"message","role":"assistant","content":[{"type":"thinking","thinking":"t"},
      {"type":"tool_use","name":"n","input":{"a":1}}]})") ==
        std::vector<Turn>{{"assistant", {{Kind::reasoning, "t", {}}, {Kind::call, "n", R"({"a":1})"}}}});
  CHECK(asked(R"({"instructions":"I","input":[{"type":"function_call","name":"f","arguments":"{}"},
      {"type":"function_call_output","output":"o"},{"role":"user","content":"u"}]})") ==
        std::vector<Turn>{{"system", {words("I")}},
                          {"assistant", {{Kind::call, "f", "{}"}}},
                          {"tool", {{Kind::result, {}, "\"o\""}}},
                          {"user", {words("u")}}});
  CHECK(answered(R"({"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"r"}]},
      {"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]})") ==
        std::vector<Turn>{{"assistant", {{Kind::reasoning, "r", {}}}}, {"assistant", {words("a")}}});
  CHECK(asked(R"({"prompt":["a","b"]})") == std::vector<Turn>{{"prompt", {words("a"), words("b")}}});
  CHECK(asked(R"({"input":"word"})") == std::vector<Turn>{{"input", {words("word")}}});
  CHECK(answered(R"({"object":"list","data":[{"embedding":[1,2,3]},{}]})") ==
        std::vector<Turn>{{"answer", {{Kind::media, "Vectors", "2 embeddings of 3 numbers"}}}});
}

TEST_CASE("An error is a turn, a stream is joined, and what says nothing gives nothing") {
  CHECK(answered(R"({"error":{"message":"no"}})") == std::vector<Turn>{{"error", {words("no")}}});
  CHECK(answered(R"({"error":"gone"})") == std::vector<Turn>{{"error", {words("gone")}}});
  CHECK(answered(R"({"x":1})") == std::vector<Turn>{{"answer", {{Kind::json, {}, R"({"x":1})"}}}});
  const std::string chunk =
      "data: "
      "{\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
      "\"content\":\"hi\"}}]}\n\n";
  const auto turns = response_turns(log::Content{{{"content-type", "text/event-stream"}}, chunk});
  CHECK(turns == std::vector<Turn>{{"assistant", {words("hi")}}});
  for (const char* body : {"", "text", "[1]", "{", "12", "{\"a\":", "null"}) {
    CHECK(asked(body).empty());
    CHECK(answered(body).empty());
  }
}

TEST_CASE("Members of wrong kinds are shown or passed over, whatever they are") {
  for (const char* value : {"null", "1", "\"s\"", "[]", "{}", "[[]]", "[null]", "[{\"type\":1}]", "true"}) {
    const std::string v = value;
    for (const std::string& body :
         {"{\"messages\":" + v + "}",
          "{\"messages\":[{\"role\":" + v + ",\"content\":" + v + ",\"tool_calls\":" + v + "}]}",
          "{\"input\":" + v + "}", "{\"choices\":" + v + "}", "{\"choices\":[{\"message\":" + v + "}]}",
          "{\"output\":" + v + ",\"error\":" + v + "}", "{\"object\":\"list\",\"data\":" + v + "}"}) {
      CHECK_NOTHROW(asked(body));
      CHECK_NOTHROW(answered(body));
    }
  }
}

}  // namespace pk::share
