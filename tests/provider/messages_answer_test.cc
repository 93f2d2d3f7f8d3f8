#include "provider/messages_answer.h"

#include "base/json.h"
#include "decoding.h"
#include "provider/messages_stream.h"

namespace pk::provider {
namespace {

constexpr std::string_view k_completion =
    R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o-2024-08-06",)"
    R"("choices":[{"index":0,"message":{"role":"assistant","content":"Hi \"you\"","refusal":null},"logprobs":null,"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":5},)"
    R"("completion_tokens_details":{"reasoning_tokens":3}}})";

struct MessagesAnswer {
  std::string body;
  std::string broken;
};

MessagesAnswer answer_of(std::string_view chat) {
  MessagesDecoder decoder(answer_facts("openai"));
  std::string body = decoder.body(chat);
  return {std::move(body), std::string(decoder.broken())};
}

std::string message(std::string_view chat) {
  const MessagesAnswer answer = answer_of(chat);
  CHECK(answer.broken.empty());
  CHECK(is_json(answer.body));
  return answer.body;
}

std::string of_choice(const std::string& choice) {
  return message("{\"id\":\"c\",\"model\":\"m\",\"choices\":[" + choice + "]}");
}

TEST_CASE("A completion is a message; its input leaves out what was cached") {
  CHECK(message(k_completion) ==
        R"({"id":"chatcmpl-1","type":"message","role":"assistant","model":"gpt-4o-2024-08-06",)"
        R"("content":[{"type":"text","text":"Hi \"you\""}],"stop_reason":"end_turn","stop_sequence":null,)"
        R"("usage":{"input_tokens":14,"cache_read_input_tokens":5,"output_tokens":10}})");
}

TEST_CASE("Tool calls are tool_use blocks with their input as an object") {
  const std::string body = of_choice(
      R"({"message":{"content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"n\":1.50}"}},)"
      R"({"type":"function","function":{"name":"g","arguments":""}},{"id":"call_3","function":{"name":"h","arguments":"oops"}}]},"finish_reason":"tool_calls"})");
  CHECK(
      body.find(
          R"("content":[{"type":"tool_use","id":"call_1","name":"f","input":{"n":1.50}},{"type":"tool_use","id":"toolu_0190_1","name":"g","input":{}},)"
          R"({"type":"tool_use","id":"call_3","name":"h","input":{"arguments":"oops"}}],"stop_reason":"tool_use")") !=
      std::string::npos);
}

TEST_CASE("Content in parts and refusals are text") {
  CHECK(of_choice(R"({"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}})")
            .find(R"("content":[{"type":"text","text":"ab"}])") != std::string::npos);
  CHECK(of_choice(R"({"message":{"content":null,"refusal":"no"},"finish_reason":"stop"})")
            .find(R"("content":[{"type":"text","text":"no"}])") != std::string::npos);
  CHECK(of_choice(R"({"message":{"content":""}})").find(R"("content":[])") != std::string::npos);
}

TEST_CASE("Each finish_reason has its stop_reason") {
  const std::pair<std::string, std::string> words[] = {
      {"stop", "end_turn"},          {"length", "max_tokens"},      {"tool_calls", "tool_use"},
      {"function_call", "tool_use"}, {"content_filter", "refusal"}, {"", "end_turn"},
      {"new", "end_turn"},           {"max_tokens", "max_tokens"},  {"stop_sequence", "stop_sequence"}};
  for (const auto& [finish, stop] : words) CHECK(stop_reason_of(finish, false) == stop);
  CHECK(stop_reason_of("stop", true) == "tool_use");
  CHECK(stop_reason_of("end_turn", true) == "tool_use");
  CHECK(stop_reason_of("length", true) == "max_tokens");
}

TEST_CASE("A message's usage reads as that of the completion it came from") {
  for (
      const std::string_view usage :
      {R"({"prompt_tokens":19,"completion_tokens":10,"total_tokens":29})",
       R"({"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":5}})",
       R"({"prompt_tokens":19,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":0}})",
       R"({"prompt_tokens":19,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":5,"cache_write_tokens":4}})",
       R"({"prompt_tokens":19,"completion_tokens":1,"prompt_cache_hit_tokens":8})"}) {
    INFO(usage);
    const std::string native =
        R"({"choices":[{"message":{"content":"x"}}],"usage":)" + std::string(usage) + "}";
    CHECK(usage_of_body(message(native)) == usage_of_body(native));
  }
}

TEST_CASE("Unknown counts are zero, and contradicting ones never negative") {
  CHECK(messages_usage({}) == R"({"input_tokens":0,"output_tokens":0})");
  Usage usage;
  usage.prompt_tokens = 3;
  usage.cached_tokens = 5;
  CHECK(messages_usage(usage) == R"({"input_tokens":0,"cache_read_input_tokens":5,"output_tokens":0})");
}

TEST_CASE("An error with status 200 becomes Anthropic's error") {
  const MessagesAnswer answer =
      answer_of(R"({"error":{"message":"no such model","type":"invalid_request_error"}})");
  CHECK(
      answer.body ==
      R"({"type":"error","error":{"type":"invalid_request_error","message":"openai error: no such model"},"provider":"openai"})");
  CHECK(answer.broken == "no such model");
}

TEST_CASE("What is no completion gives an error that says so, wherever the body was cut") {
  for (const std::string_view bad :
       {"", "null", "[]", "<html>", "{}", R"({"choices":[]})", R"({"choices":7})"}) {
    INFO(bad);
    const MessagesAnswer answer = answer_of(bad);
    CHECK(answer.broken == "the answer is no chat completion");
    CHECK(
        answer.body ==
        R"({"type":"error","error":{"type":"api_error","message":"openai error: the answer is no chat completion"},"provider":"openai"})");
  }
  for (std::size_t size = 0; size < k_completion.size(); ++size) {
    const MessagesAnswer answer = answer_of(k_completion.substr(0, size));
    REQUIRE_FALSE(answer.broken.empty());
    REQUIRE(is_json(answer.body));
  }
}

TEST_CASE("Wrong types in a completion do no harm") {
  for (const std::string_view choice :
       {"7", "null", R"({"message":7})", R"({"message":{"content":7,"tool_calls":7},"finish_reason":7})",
        R"({"message":{"tool_calls":[7,{"id":7,"function":"x"},{"function":{"name":7,"arguments":7}}]}})"}) {
    INFO(choice);
    CHECK(is_json(of_choice(std::string(choice))));
  }
}

}  // namespace
}  // namespace pk::provider
