#include "provider/messages_front.h"

#include "base/json.h"
#include "decoding.h"

namespace pk::provider {
namespace {

constexpr std::string_view k_start = R"({"model":"m","messages":[{"role":"user","content":"hi"}])";

std::string rest(const std::string& members, std::string_view slug = "groq") {
  const auto out =
      messages_to_chat(std::string(k_start) + (members.empty() ? "" : ",") + members + "}", slug);
  if (!out) return "error: " + out.error().message;
  CHECK(is_json(*out));
  REQUIRE(out->starts_with(k_start));
  return out->substr(k_start.size());
}

TEST_CASE("A message's request becomes a chat completion's") {
  CHECK(
      messages_to_chat(
          R"({"model":"gpt-4o","max_tokens":1024,"system":"Be short.","temperature":0.70,"top_k":5,"stream":true,)"
          R"("metadata":{"user_id":"u1"},"stop_sequences":["END"],"thinking":{"type":"enabled","budget_tokens":1024},)"
          R"("messages":[{"role":"user","content":[{"type":"text","text":"hi"}]},{"role":"assistant","content":"Hello"}]})",
          "openai")
          .value() ==
      R"({"model":"gpt-4o","messages":[{"role":"system","content":"Be short."},{"role":"user","content":"hi"},{"role":"assistant","content":"Hello"}],)"
      R"("max_completion_tokens":1024,"temperature":0.70,"stop":["END"],"user":"u1","stream":true,"stream_options":{"include_usage":true}})");
}

TEST_CASE("Each provider gets the name for max_tokens that it knows, and mistral no stream_options") {
  CHECK(rest(R"("max_tokens":5)") == R"(,"max_tokens":5})");
  CHECK(rest(R"("max_tokens":5)", "azure-openai") == R"(,"max_completion_tokens":5})");
  CHECK(rest(R"("stream":true)") == R"(,"stream":true,"stream_options":{"include_usage":true}})");
  CHECK(rest(R"("stream":true)", "mistral-ai") == R"(,"stream":true})");
  CHECK(rest(R"("stream":false)") == R"(,"stream":false})");
}

TEST_CASE("Tools and choices have their names in the other form") {
  CHECK(
      rest(
          R"("tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"n":{"minimum":1.0}}},"cache_control":{"type":"ephemeral"}},{"type":"custom","name":"g","input_schema":{}}])") ==
      R"(,"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"n":{"minimum":1.0}}}}},{"type":"function","function":{"name":"g","parameters":{}}}]})");
  CHECK(rest(R"("tools":[])") == "}");
  CHECK(rest(R"("tool_choice":{"type":"any"})") == R"(,"tool_choice":"required"})");
  CHECK(rest(R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true})") ==
        R"(,"tool_choice":"auto","parallel_tool_calls":false})");
  CHECK(rest(R"("tool_choice":{"type":"none"})") == R"(,"tool_choice":"none"})");
  CHECK(rest(R"("tool_choice":{"type":"tool","name":"f"})") ==
        R"(,"tool_choice":{"type":"function","function":{"name":"f"}}})");
}

TEST_CASE("A JSON schema is asked for in OpenAI's words") {
  const std::string expected =
      R"(,"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}}})";
  CHECK(rest(R"("output_format":{"type":"json_schema","schema":{"type":"object"}})") == expected);
  CHECK(rest(R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object"}}})") == expected);
  CHECK(rest(R"("output_config":{"effort":"low"})") == "}");
  constexpr std::string_view k_closed =
      R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false})";
  CHECK(rest(R"("output_format":{"type":"json_schema","schema":)" + std::string(k_closed) + "}") ==
        R"(,"response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":)" +
            std::string(k_closed) + "}}}");
}

TEST_CASE("No stop sequences are no stop") {
  CHECK(rest(R"("stop_sequences":[])") == "}");
  CHECK(rest(R"("stop_sequences":["a"])") == R"(,"stop":["a"]})");
}

TEST_CASE("What cannot be said is refused with its place") {
  CHECK(rest(R"("tools":[{"type":"web_search_20250305","name":"web_search"}])") ==
        "error: tools[0]: a tool of type 'web_search_20250305' is Anthropic's own and has no form in a chat "
        "completion");
  CHECK(rest(R"("mcp_servers":[{"url":"u"}])") == "error: `mcp_servers` has no form in a chat completion");
  CHECK(rest(R"("tool_choice":{"type":"x"})").starts_with("error: tool_choice"));
  CHECK(messages_to_chat(R"({"messages":[{"role":"user","content":"a"},{"role":"x"}]})", "groq")
            .error()
            .message == "messages[1]: the role 'x' is none of user and assistant");
  for (const std::string_view bad : {"{}", R"({"messages":7})", R"({"messages":[7]})"})
    CHECK_FALSE(messages_to_chat(bad, "groq"));
}

TEST_CASE("Its decoder turns completions into messages") {
  const auto decoder = messages_decoder(answer_facts("groq"));
  CHECK(decoder->body(R"({"choices":[{"message":{"content":"x"},"finish_reason":"length"}]})")
            .find(R"("stop_reason":"max_tokens")") != std::string::npos);
}

}  // namespace
}  // namespace pk::provider
