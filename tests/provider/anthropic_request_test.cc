#include "provider/anthropic_request.h"

#include "base/json.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

constexpr std::string_view k_start =
    R"({"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"hi"}])";

// The rest of the message's body behind model and messages, for chat members behind them.
std::string rest(const std::string& members) {
  const auto out = chat_to_messages(std::string(k_start) + (members.empty() ? "" : ",") + members + "}");
  if (!out) return "error: " + out.error().message;
  CHECK(is_json(*out));
  REQUIRE(out->starts_with(k_start));
  return out->substr(k_start.size());
}

TEST_CASE("A chat request becomes a message's") {
  const auto out = chat_to_messages(
      R"({"model":"claude-sonnet-4-5","max_tokens":256,"temperature":0.70,"stream":true,"stop":"END","user":"u1",)"
      R"("messages":[{"role":"system","content":"Be short."},{"role":"user","content":[{"type":"text","text":"What is this?"},)"
      R"({"type":"image_url","image_url":{"url":"https://x/cat.png"}}]}]})");
  REQUIRE(out);
  CHECK(
      *out ==
      R"({"model":"claude-sonnet-4-5","max_tokens":256,"system":[{"type":"text","text":"Be short."}],)"
      R"("messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image","source":{"type":"url","url":"https://x/cat.png"}}]}],)"
      R"("temperature":0.70,"stop_sequences":["END"],"metadata":{"user_id":"u1"},"stream":true})");
}

TEST_CASE("What Anthropic does not know is dropped, and no max_tokens is made up") {
  CHECK(
      rest(
          R"("n":2,"seed":1,"logprobs":true,"response_format":{"type":"json_object"},"frequency_penalty":1,"foo":1,)"
          R"("stream_options":{"include_usage":true},"logit_bias":{},"reasoning_effort":"low","store":true)") ==
      "}");
  CHECK(rest("") == "}");
}

TEST_CASE("max_completion_tokens goes before max_tokens") {
  CHECK(chat_to_messages(R"({"messages":[],"max_tokens":1,"max_completion_tokens":2})").value() ==
        R"({"max_tokens":2,"messages":[]})");
  CHECK(chat_to_messages(R"({"messages":[],"max_tokens":1,"max_completion_tokens":null})").value() ==
        R"({"max_tokens":1,"messages":[]})");
}

TEST_CASE("The temperature is clamped, and otherwise keeps its digits") {
  CHECK(rest(R"("temperature":1.5)") == R"(,"temperature":1})");
  CHECK(rest(R"("temperature":-0.1)") == R"(,"temperature":0})");
  CHECK(rest(R"("temperature":0.70)") == R"(,"temperature":0.70})");
  CHECK(rest(R"("temperature":null)") == "}");
}

TEST_CASE("What Anthropic has of its own stays") {
  CHECK(
      rest(
          R"("top_k":5,"top_p":0.90,"thinking":{"type":"enabled","budget_tokens":2000},"stop_sequences":["a"])") ==
      R"(,"stop_sequences":["a"],"top_p":0.90,"top_k":5,"thinking":{"type":"enabled","budget_tokens":2000}})");
  CHECK(rest(R"("stop":["a","b"],"metadata":{"user_id":"m","x":"y"},"service_tier":"auto")") ==
        R"(,"stop_sequences":["a","b"],"metadata":{"user_id":"m"},"service_tier":"auto"})");
  CHECK(rest(R"("service_tier":"flex","stop":null,"metadata":{"x":"y"})") == "}");
  CHECK(rest(R"("user":"u","metadata":{"user_id":"m"})") == R"(,"metadata":{"user_id":"u"}})");
}

TEST_CASE("Functions become tools with a schema") {
  CHECK(
      rest(
          R"("tools":[{"type":"function","function":{"name":"f","description":"d","strict":true,"parameters":{"type":"object","properties":{"n":{"minimum":1.0}},"$defs":{}}}}])") ==
      R"(,"tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"n":{"minimum":1.0}},"$defs":{}}}]})");
  CHECK(rest(R"("tools":[{"type":"function","function":{"name":"f"}}])") ==
        R"(,"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}]})");
  CHECK(rest(R"("tools":[{"type":"function","function":{"name":"f","parameters":{ }}}])") ==
        R"(,"tools":[{"name":"f","input_schema":{"type":"object"}}]})");
  CHECK(
      rest(
          R"("tools":[{"type":"function","function":{"name":"f","parameters":{"properties":{}}},"cache_control":{"type":"ephemeral"}}])") ==
      R"(,"tools":[{"name":"f","input_schema":{"type":"object","properties":{}},"cache_control":{"type":"ephemeral"}}]})");
}

TEST_CASE("Anthropic's own tools stay, others without a function are refused by place and type") {
  CHECK(rest(R"("tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3}])") ==
        R"(,"tools":[{"type":"web_search_20250305","name":"web_search","max_uses":3}]})");
  CHECK(rest(R"("tools":[{"type":"custom","custom":{"name":"x"}}])") ==
        "error: tools[0]: a tool of type 'custom' cannot be sent to anthropic");
  CHECK(rest(R"("functions":[{"name":"f"}])") ==
        "error: `functions` cannot be sent to anthropic: use `tools`");
}

TEST_CASE("Each tool_choice has its word") {
  const std::pair<std::string_view, std::string_view> choices[] = {
      {R"("required")", R"({"type":"any"})"},
      {R"("auto")", R"({"type":"auto"})"},
      {R"("none")", R"({"type":"none"})"},
      {R"({"type":"function","function":{"name":"f"}})", R"({"type":"tool","name":"f"})"},
      {R"({"type":"tool","name":"f"})", R"({"type":"tool","name":"f"})"},
      {R"({"type":"any","disable_parallel_tool_use":true})",
       R"({"type":"any","disable_parallel_tool_use":true})"},
  };
  for (const auto& [given, expected] : choices)
    CHECK(rest("\"tool_choice\":" + std::string(given)) == ",\"tool_choice\":" + std::string(expected) + "}");
  CHECK(rest(R"("tool_choice":null)") == "}");
  for (const std::string_view bad :
       {"7", R"("x")", "{}", R"({"type":"allowed_tools"})", R"({"type":"function"})",
        R"({"type":"function","function":{"name":7}})"}) {
    INFO(bad);
    CHECK(rest("\"tool_choice\":" + std::string(bad)).starts_with("error: "));
  }
}

TEST_CASE("parallel_tool_calls false allows one call at a time") {
  CHECK(rest(R"("parallel_tool_calls":false,"tool_choice":"required")") ==
        R"(,"tool_choice":{"type":"any","disable_parallel_tool_use":true}})");
  CHECK(
      rest(R"("parallel_tool_calls":false,"tools":[{"name":"f","input_schema":{}}])") ==
      R"(,"tools":[{"name":"f","input_schema":{}}],"tool_choice":{"type":"auto","disable_parallel_tool_use":true}})");
  CHECK(rest(R"("parallel_tool_calls":false,"tool_choice":"none")") == R"(,"tool_choice":{"type":"none"}})");
  CHECK(rest(R"("parallel_tool_calls":false)") == "}");
  CHECK(rest(R"("parallel_tool_calls":true)") == "}");
}

TEST_CASE("Whatever a body holds, it is refused with words or becomes JSON") {
  const std::string_view bodies[] = {
      "{}", R"({"messages":7})", R"({"messages":[[]],"tools":7,"stop":{}})", R"({"messages":[],"tools":[7]})",
      R"({"messages":[],"tools":[{"function":{"parameters":7}}],"stop":7,"user":7})"};
  for (const std::string_view body : bodies) {
    INFO(body);
    const auto out = chat_to_messages(body);
    CHECK((out ? is_json(*out) : !out.error().message.empty()));
  }
}

}  // namespace
}  // namespace pk::provider
