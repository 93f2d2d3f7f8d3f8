#include "provider/anthropic_answer.h"

#include "base/json.h"
#include "decoding.h"
#include "provider/anthropic_stream.h"

namespace pk::provider {
namespace {

constexpr std::string_view k_text_message =
    R"({"id":"msg_01","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929",)"
    R"("content":[{"type":"text","text":"Hel\u006co"},{"type":"text","text":" there\n"}],"stop_reason":"end_turn",)"
    R"("stop_sequence":null,"usage":{"input_tokens":12,"output_tokens":7}})";

constexpr std::string_view k_tool_message =
    R"({"id":"msg_02","type":"message","role":"assistant","model":"claude-sonnet-4-5",)"
    R"("content":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"Let me look."},)"
    R"({"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"place":"Paris","n":1.50}}],"stop_reason":"tool_use",)"
    R"("usage":{"input_tokens":20,"cache_creation_input_tokens":100,"cache_read_input_tokens":300,"output_tokens":9}})";

struct ChatAnswer {
  std::string body;
  std::string broken;
};

ChatAnswer answer_of(std::string_view message, bool strict = true) {
  AnthropicDecoder decoder(answer_facts("anthropic", strict));
  std::string body = decoder.body(message);
  return {std::move(body), std::string(decoder.broken())};
}

std::string chat(std::string_view message, bool strict = true) {
  const ChatAnswer answer = answer_of(message, strict);
  CHECK(answer.broken.empty());
  CHECK(is_json(answer.body));
  return answer.body;
}

TEST_CASE("A message of texts is a completion of one text") {
  CHECK(
      chat(k_text_message) ==
      R"({"id":"msg_01","object":"chat.completion","created":1700000000,"model":"claude-sonnet-4-5-20250929","provider":"anthropic",)"
      R"("choices":[{"index":0,"message":{"role":"assistant","content":"Hello there\n"},"logprobs":null,"finish_reason":"stop"}],)"
      R"("usage":{"prompt_tokens":12,"completion_tokens":7,"total_tokens":19}})");
}

TEST_CASE("Tool calls carry their input as text, numbers to the digit; the prompt includes cached tokens") {
  CHECK(
      chat(k_tool_message) ==
      R"({"id":"msg_02","object":"chat.completion","created":1700000000,"model":"claude-sonnet-4-5","provider":"anthropic",)"
      R"("choices":[{"index":0,"message":{"role":"assistant","content":"Let me look.",)"
      R"("tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"get_weather","arguments":"{\"place\":\"Paris\",\"n\":1.50}"}}]},)"
      R"("logprobs":null,"finish_reason":"tool_calls"}],)"
      R"("usage":{"prompt_tokens":420,"completion_tokens":9,"total_tokens":429,"prompt_tokens_details":{"cached_tokens":300},)"
      R"("cache_read_input_tokens":300,"cache_creation_input_tokens":100}})");
}

TEST_CASE("Without strict compliance the other blocks stand beside, and the reason is Anthropic's word") {
  const std::string body = chat(k_tool_message, false);
  CHECK(
      body.find(
          R"("content_blocks":[{"type":"thinking","thinking":"hm","signature":"sig"},{"type":"text","text":"Let me look."}])") !=
      std::string::npos);
  CHECK(body.find(R"("finish_reason":"tool_use")") != std::string::npos);
}

TEST_CASE("The content is null where there are tool calls alone, and empty where there is nothing") {
  CHECK(chat(R"({"content":[{"type":"tool_use","id":"t","name":"f","input":{}}],"stop_reason":"tool_use"})")
            .find(R"("content":null)") != std::string::npos);
  CHECK(chat(R"({"content":[],"stop_reason":"end_turn"})").find(R"("content":"")") != std::string::npos);
}

TEST_CASE("A message without id and model has those that are known, and no usage is made up") {
  const std::string body = chat(R"({"content":[],"stop_reason":"end_turn"})");
  CHECK(body.starts_with(R"({"id":"0190",)"));
  CHECK(body.find(R"("model":"asked-model")") != std::string::npos);
  CHECK(body.find("usage") == std::string::npos);
}

TEST_CASE("Each stop_reason has its finish_reason") {
  const std::pair<std::string, std::string> strict[] = {{"end_turn", "stop"},
                                                        {"stop_sequence", "stop"},
                                                        {"pause_turn", "stop"},
                                                        {"tool_use", "tool_calls"},
                                                        {"max_tokens", "length"},
                                                        {"refusal", "content_filter"},
                                                        {"new_word", "stop"},
                                                        {"", "stop"},
                                                        {"model_context_window_exceeded", "length"}};
  for (const auto& [stop_reason, finish_reason] : strict)
    CHECK(finish_reason_of(stop_reason, true) == finish_reason);
  CHECK(finish_reason_of("end_turn", false) == "end_turn");
  CHECK(finish_reason_of("new_word", false) == "new_word");
  CHECK(finish_reason_of("", false) == "stop");
}

TEST_CASE("The translated usage reads as the native one") {
  const std::string_view usages[] = {
      R"({"input_tokens":12,"output_tokens":7})",
      R"({"input_tokens":12,"cache_read_input_tokens":300,"output_tokens":7})",
      R"({"input_tokens":12,"cache_creation_input_tokens":100,"output_tokens":7})",
      R"({"input_tokens":12,"cache_creation_input_tokens":100,"cache_read_input_tokens":300,"output_tokens":7})",
      R"({"input_tokens":12,"cache_read_input_tokens":0,"output_tokens":7})",
      R"({"output_tokens":7})",
      R"({"input_tokens":3})",
      "{}",
      "null",
      R"({"input_tokens":"7","output_tokens":-1})"};
  for (const std::string_view usage : usages) {
    INFO(usage);
    const std::string native = "{\"content\":[],\"usage\":" + std::string(usage) + "}";
    CHECK(usage_of_body(chat(native)) == usage_of_body(native));
  }
  // A count of zero cache writes is not told: to OpenAI's clients it says nothing.
  const std::string zeros =
      R"({"content":[],"usage":{"input_tokens":1,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":2}})";
  Usage native = usage_of_body(zeros);
  CHECK(native.cache_write_tokens == 0);
  native.cache_write_tokens.reset();
  CHECK(usage_of_body(chat(zeros)) == native);
}

TEST_CASE("An error with status 200 stays an error, in the shape of all errors") {
  const ChatAnswer answer =
      answer_of(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
  CHECK(
      answer.body ==
      R"({"type":"error","error":{"message":"anthropic error: Overloaded","type":"overloaded_error","param":null,"code":null},"provider":"anthropic"})");
  CHECK(answer.broken == "Overloaded");
}

TEST_CASE("What is no message gives an error that says so, wherever the body was cut") {
  for (const std::string_view bad :
       {"", "null", "[]", "<html>", "{}", R"({"content":"text"})", R"({"content":{}})"}) {
    INFO(bad);
    const ChatAnswer answer = answer_of(bad);
    CHECK(answer.broken == "the answer is no message");
    CHECK(is_json(answer.body));
    CHECK(answer.body.find("anthropic error: the answer is no message") != std::string::npos);
  }
  for (std::size_t size = 0; size < k_tool_message.size(); ++size) {
    const ChatAnswer answer = answer_of(k_tool_message.substr(0, size));
    REQUIRE_FALSE(answer.broken.empty());
    REQUIRE(is_json(answer.body));
  }
}

TEST_CASE("Wrong types and bytes that are no UTF-8 do no harm") {
  const std::string body = chat(
      "{\"id\":7,\"model\":[],\"content\":[7,null,{\"type\":\"text\",\"text\":7},{\"type\":\"text\",\"text\":"
      "\"\xff\"},"
      "{\"type\":\"tool_use\",\"id\":1,\"name\":null,\"input\":\"x\"}],\"stop_reason\":{},\"usage\":[1]}",
      false);
  CHECK(body.find("\"arguments\":\"{}\"") != std::string::npos);
  CHECK(body.find("\"content\":\"\uFFFD\"") != std::string::npos);
}

}  // namespace
}  // namespace pk::provider
