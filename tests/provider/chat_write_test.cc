#include "provider/chat_write.h"

#include "support/dialect.h"

namespace pk::provider {
namespace {

AnswerFacts facts(bool strict = true) {
  return test_facts("acme", log::Endpoint::chat_completions, strict);
}

ChatToolCall call(std::string arguments) {
  return {"c1", "f", std::move(arguments), "sig"};
}

TEST_CASE("A whole answer has OpenAI's form, with the provider's name") {
  ChatResult answer;
  answer.choices.emplace_back().content = "hi\n";
  answer.usage = tokens(7, 3, -1, 2, 1, 1);
  CHECK(
      chat_completion(facts(), answer) ==
      R"({"id":"chatcmpl-0192-ab","object":"chat.completion","created":1700000000,"model":"asked-model",)"
      R"("provider":"acme","choices":[{"index":0,"message":{"role":"assistant","content":"hi\n","refusal":null},)"
      R"("logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":3,)"
      R"("total_tokens":10,"prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":1},)"
      R"("completion_tokens_details":{"reasoning_tokens":1}}})");
  CHECK(read_back(chat_completion(facts(), answer), false).usage == tokens(7, 3, 10, 2, 1, 1));
}

TEST_CASE("The provider's id and model win; unknown usage is left out") {
  ChatResult answer{"r1", "m-001", {}, {}};
  answer.choices.emplace_back();
  const std::string json = chat_completion(facts(), answer);
  CHECK(json.starts_with(R"({"id":"r1","object":"chat.completion","created":1700000000,"model":"m-001")"));
  CHECK(json.find("usage") == std::string::npos);
}

TEST_CASE("Content is null beside tool calls; members beyond OpenAI's are for those who want them") {
  ChatResult answer;
  ChatChoice& choice = answer.choices.emplace_back();
  choice.tool_calls.push_back(call("{}"));
  choice.content_blocks = "[1]";
  CHECK(
      chat_completion(facts(), answer)
          .find(
              R"("content":null,"refusal":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]})") !=
      std::string::npos);
  const std::string loose = chat_completion(facts(false), answer);
  CHECK(loose.find(R"("extra_content":{"google":{"thought_signature":"sig"}}}],"content_blocks":[1]})") !=
        std::string::npos);
}

TEST_CASE("The first chunk of a choice says the role, the last one why it ended") {
  ChatChunks chunks(facts());
  std::string out;
  chunks.text(0, "a", out);
  chunks.text(0, "", out);
  chunks.text(0, "b", out);
  chunks.finish(0, "stop", out);
  chunks.end(tokens(1, 2, -1), out);
  const std::string head =
      R"({"id":"chatcmpl-0192-ab","object":"chat.completion.chunk","created":1700000000,"model":"asked-model","provider":"acme","choices":[)";
  CHECK(events_of(out) ==
        head + R"({"index":0,"delta":{"role":"assistant","content":"a"},"finish_reason":null}]})" + "\n" +
            head + R"({"index":0,"delta":{"content":"b"},"finish_reason":null}]})" + "\n" + head +
            R"({"index":0,"delta":{},"finish_reason":"stop"}]})" + "\n" + head +
            R"(],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})" + "\n[DONE]\n");
  CHECK(read_back(out, true).usage == tokens(1, 2, 3));
  CHECK(read_back(out, true).ended);
}

TEST_CASE("A choice that ends without a word still says its role") {
  ChatChunks chunks(facts());
  std::string out;
  chunks.finish(2, "content_filter", out);
  CHECK(out.find(R"("index":2,"delta":{"role":"assistant","content":""})") != std::string::npos);
  chunks.finish(k_choices_max + 5, "stop", out);
  CHECK(out.find(R"("index":127)") != std::string::npos);
}

TEST_CASE("Tool calls stream their arguments by index") {
  ChatChunks chunks(facts());
  std::string out;
  chunks.open(0, out);
  chunks.open(0, out);
  chunks.tool_call(0, 1, call(""), out);
  chunks.tool_arguments(0, 1, "{\"a\"", out);
  chunks.tool_arguments(0, 1, "", out);
  const std::string events = events_of(out);
  CHECK(std::count(events.begin(), events.end(), '\n') == 3);
  CHECK(
      events.find(
          R"("delta":{"tool_calls":[{"index":1,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]})") !=
      std::string::npos);
  CHECK(events.find(R"("delta":{"tool_calls":[{"index":1,"function":{"arguments":"{\"a\""}}]})") !=
        std::string::npos);
}

TEST_CASE("A call without arguments gets an empty object when its choice ends, once") {
  ChatChunks chunks(facts());
  std::string out;
  chunks.tool_call(0, 0, call(""), out);
  chunks.tool_call(1, 0, call(""), out);
  chunks.tool_call(0, 1, call(""), out);
  chunks.tool_arguments(0, 1, "{\"a\":1}", out);
  out.clear();
  chunks.finish(0, "tool_calls", out);
  const std::string events = events_of(out);
  CHECK(std::count(events.begin(), events.end(), '\n') == 2);
  CHECK(events.find(R"("delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]})") !=
        std::string::npos);
}

TEST_CASE("Usage is written only where it is wanted and known") {
  AnswerFacts no_usage = facts();
  no_usage.include_usage = false;
  std::string out;
  ChatChunks(no_usage).end(tokens(1, 1, 2), out);
  ChatChunks(facts()).end({}, out);
  CHECK(out == "data: [DONE]\n\ndata: [DONE]\n\n");
}

TEST_CASE("Content blocks are for those who do not want OpenAI's form alone") {
  std::string out;
  ChatChunks(facts()).content_blocks(0, "[]", out);
  CHECK(out.empty());
  ChatChunks(facts(false)).content_blocks(0, "[]", out);
  CHECK(out.find(R"("delta":{"role":"assistant","content_blocks":[]})") != std::string::npos);
}

TEST_CASE("A later name of the answer is taken up") {
  ChatChunks chunks(facts());
  std::string out;
  chunks.name("r9", "");
  chunks.text(0, "a", out);
  CHECK(out.starts_with(
      R"(data: {"id":"r9","object":"chat.completion.chunk","created":1700000000,"model":"asked-model")"));
}

TEST_CASE("A dialect may say more in each choice, and its usage beside the reason") {
  ChatChunks chunks(facts(), R"("logprobs":null,)");
  std::string out;
  chunks.content(0, R"("a\u00e9")", "", out);
  chunks.finish(0, "length", out, R"({"total_tokens":3})");
  CHECK(out.find(
            R"("delta":{"role":"assistant","content":"a\u00e9"},"logprobs":null,"finish_reason":null}]})") !=
        std::string::npos);
  CHECK(out.ends_with(
      "\"delta\":{},\"logprobs\":null,\"finish_reason\":\"length\"}],\"usage\":{\"total_tokens\":3}}\n\n"));
  ChatResult answer;
  answer.choices.emplace_back().refusal = "";
  answer.usage_json = R"({"total_tokens":3})";
  const std::string json = chat_completion(facts(), answer);
  CHECK(json.find(R"("message":{"role":"assistant","content":""},"logprobs":null)") != std::string::npos);
  CHECK(json.ends_with(R"(],"usage":{"total_tokens":3}})"));
}

TEST_CASE("Text and blocks stand in one chunk") {
  std::string out;
  ChatChunks(facts(false)).content(0, R"("a")", "[1]", out);
  CHECK(out.find(R"("delta":{"role":"assistant","content":"a","content_blocks":[1]})") != std::string::npos);
  out.clear();
  ChatChunks(facts()).content(0, "", "[1]", out);
  CHECK(out.empty());
}

TEST_CASE("Calls of a whole answer without arguments have an empty object") {
  JsonOut out;
  append_tool_calls(out.begin_object(), {call("")}, true);
  append_tool_calls(out, {}, true);
  CHECK(out.end_object().take() ==
        R"({"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]})");
}

TEST_CASE("Ids of tool calls are the same for the same record") {
  CHECK(tool_call_id("0192-ab-7", 3) == "call_0192ab7_3");
  CHECK(tool_call_id("0192-ab-7", 3) == tool_call_id("0192-ab-7", 3));
  CHECK(chat_id("x") == "chatcmpl-x");
}

}  // namespace
}  // namespace pk::provider
