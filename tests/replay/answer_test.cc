#include "replay/answer.h"

#include "support/catch.h"

namespace pk::replay {

namespace {

Said json(std::string body) {
  return said({{{"content-type", "application/json"}}, std::move(body)});
}

}  // namespace

TEST_CASE("An answer says its text, its tool calls or its vectors, whatever else stands around them") {
  CHECK(
      json(
          R"({"id":"1","choices":[{"message":{"content":"a"}},{"message":{"content":[{"text":"b"},{"text":"c"}]}}]})")
          .text == "a\nbc");
  CHECK(json(R"({"choices":[{"text":"done"}]})").text == "done");
  const Said called = json(
      R"({"choices":[{"message":{"content":null,"tool_calls":[{"id":"x","function":{"name":"f","arguments":"{\"b\": 1,\"a\":[ 2 ]}"}}]}}]})");
  CHECK(called.text.empty());
  CHECK(called.tool_calls == std::vector<ToolCall>{{"f", R"({"a":[2],"b":1})"}});
  CHECK(json(R"({"data":[{"embedding":[0.1, 2]}]})").data == R"([{"embedding":[0.1,2]}])");
  CHECK(json(R"({"error":{"message":"no money"},"choices":[]})").text == "no money");
  CHECK(json(R"({"error":"plain"})").text == "plain");
  CHECK(json(R"({"error":{"code": 7}})").text == R"({"code":7})");
}

TEST_CASE("Choices that say nothing keep their place, and one that refuses says so beside others") {
  const auto two = [](std::string_view first, std::string_view second) {
    return json(R"({"choices":[{"message":)" + std::string(first) + R"(},{"message":)" + std::string(second) +
                "}]}");
  };
  CHECK(two(R"({"content":""})", R"({"content":"a"})") != two(R"({"content":"a"})", R"({"content":""})"));
  CHECK(two(R"({"content":""})", R"({"content":"a"})").text == "\na");
  CHECK(two(R"({"content":"a"})", R"({"content":null,"refusal":"no"})").text == "a\nno");
}

TEST_CASE("A stream says what the same answer would have said whole") {
  const Said streamed = said(
      {{{"content-type", "text/event-stream"}},
       "data: "
       "{\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"He\"}}]}\n\n"
       "data: "
       "{\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"llo\"}}]}"
       "\n\n"
       "data: [DONE]\n\n"});
  CHECK(streamed.text == "Hello");
}

TEST_CASE("What is no answer says its text") {
  CHECK(json("upstream down").text == "upstream down");
  CHECK(json("").text.empty());
  CHECK(json("[1]").text == "[1]");
  CHECK(json("{\"choices\":[{").text == "{\"choices\":[{");
}

TEST_CASE("JSON in one spelling has neither spaces nor an order of its own") {
  CHECK(one_spelling(" { \"b\" : [1, true,null], \"a\":\"\\u0041\" } ") == R"({"a":"A","b":[1,true,null]})");
  CHECK(one_spelling("no json") == "no json");
}

}  // namespace pk::replay
