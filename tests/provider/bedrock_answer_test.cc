#include "provider/bedrock_answer.h"

#include "base/json.h"
#include "support/dialect.h"
#include "support/event_stream.h"

namespace pk::provider {
namespace {

MakeDecoder chat(bool strict = true) {
  return [strict] { return bedrock_decoder(test_facts("bedrock", log::Endpoint::chat_completions, strict)); };
}

std::string body(std::string_view upstream, bool strict = true) {
  const std::string out = chat(strict)()->body(upstream);
  CHECK(is_json(out));
  return out;
}

TEST_CASE("An answer has its text, and all that was read counts as prompt") {
  const std::string json = body(R"({"metrics":{"latencyMs":9},"output":{"message":{"role":"assistant",
    "content":[{"text":"Hel"},{"text":"lo"}]}},"stopReason":"end_turn","usage":{"inputTokens":5,"outputTokens":2,
    "totalTokens":117,"cacheReadInputTokens":100,"cacheWriteInputTokens":10}})");
  CHECK(
      json ==
      R"({"id":"chatcmpl-0192-ab","object":"chat.completion","created":1700000000,"model":"asked-model",)"
      R"("provider":"bedrock","choices":[{"index":0,"message":{"role":"assistant","content":"Hello","refusal":null},)"
      R"("logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":115,"completion_tokens":2,"total_tokens":117,)"
      R"("prompt_tokens_details":{"cached_tokens":100,"cache_write_tokens":10}}})");
  CHECK(read_back(json, false).usage == tokens(115, 2, 117, 100, 10));
}

TEST_CASE("Tool calls keep their id and their input's digits") {
  const std::string json = body(R"({"output":{"message":{"content":[{"toolUse":{"toolUseId":"t1","name":"f",
    "input":{"n":1.50}}},{"toolUse":{"name":"g"}}]}},"stopReason":"tool_use"})");
  CHECK(json.find(
            R"("content":null,"refusal":null,"tool_calls":[{"id":"t1","type":"function","function":)"
            R"({"name":"f","arguments":"{\"n\":1.50}"}},{"id":"call_0192ab_1","type":"function",)"
            R"("function":{"name":"g","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls")") !=
        std::string::npos);
}

TEST_CASE("Stop reasons are OpenAI's words, or Bedrock's for those who want them") {
  const std::pair<std::string_view, std::string_view> words[] = {{"end_turn", "stop"},
                                                                 {"stop_sequence", "stop"},
                                                                 {"max_tokens", "length"},
                                                                 {"tool_use", "tool_calls"},
                                                                 {"guardrail_intervened", "content_filter"},
                                                                 {"content_filtered", "content_filter"},
                                                                 {"model_context_window_exceeded", "length"},
                                                                 {"new", "stop"},
                                                                 {"", "stop"}};
  for (const auto& [word, reason] : words) {
    const std::string upstream =
        R"({"output":{"message":{"content":[]}},"stopReason":")" + std::string(word) + R"("})";
    CHECK(body(upstream).find("\"finish_reason\":\"" + std::string(reason) + "\"") != std::string::npos);
  }
  CHECK(body(R"({"output":{"message":{}},"stopReason":"end_turn"})", false)
            .find(R"("finish_reason":"end_turn")") != std::string::npos);
}

TEST_CASE("Thinking is a content block with its signature, in the loose form only") {
  constexpr std::string_view k_thinking = R"({"output":{"message":{"content":[
    {"reasoningContent":{"reasoningText":{"text":"hm","signature":"s"}}},{"text":"yes"}]}},"stopReason":"end_turn"})";
  CHECK(body(k_thinking).find("hm") == std::string::npos);
  CHECK(
      body(k_thinking, false)
          .find(
              R"("content_blocks":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"yes"}])") !=
      std::string::npos);
}

TEST_CASE("What is no answer is an error, wrong types do no harm") {
  for (const std::string_view bad : {"{}", "", "[]", R"({"message":"The model is busy"})",
                                     R"({"output":{"message":[]}})", R"({"output":7})"}) {
    const auto decoder = chat()();
    CHECK_FALSE(read_back(decoder->body(bad), false).error.empty());
    CHECK_FALSE(decoder->broken().empty());
  }
  const std::string json =
      body(R"({"output":{"message":{"content":[1,{"text":2},{"toolUse":3},{"reasoningContent":4}]}},
    "stopReason":[],"usage":{"inputTokens":"5","outputTokens":-1,"cacheReadInputTokens":9}})");
  CHECK_FALSE(read_back(json, false).usage.known());
}

// ---- streams

std::string text_stream() {
  return aws_event("messageStart", R"({"p":"abcd","role":"assistant"})") +
         aws_event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"Hel"},"p":"ab"})") +
         aws_event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"lo"}})") +
         aws_event("contentBlockStop", R"({"contentBlockIndex":0})") +
         aws_event("messageStop", R"({"stopReason":"end_turn"})") +
         aws_event(
             "metadata",
             R"({"metrics":{"latencyMs":1},"usage":{"inputTokens":5,"outputTokens":2,"totalTokens":7,"cacheReadInputTokens":3}})");
}

TEST_CASE("A stream of frames becomes chunks, with usage and the end mark") {
  const Streamed all = streamed_at_every_cut(chat(), text_stream());
  const std::string head =
      R"({"id":"chatcmpl-0192-ab","object":"chat.completion.chunk","created":1700000000,"model":"asked-model","provider":"bedrock","choices":[)";
  CHECK(
      events_of(all.out) ==
      head + R"({"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})" + "\n" + head +
          R"({"index":0,"delta":{"content":"Hel"},"finish_reason":null}]})" + "\n" + head +
          R"({"index":0,"delta":{"content":"lo"},"finish_reason":null}]})" + "\n" + head +
          R"({"index":0,"delta":{},"finish_reason":"stop"}]})" + "\n" + head +
          R"(],"usage":{"prompt_tokens":8,"completion_tokens":2,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":3}}})" +
          "\n[DONE]\n");
  CHECK(read_back(all.out, true).usage == tokens(8, 2, 10, 3));
  CHECK((read_back(all.out, true).ended && all.broken.empty()));
}

TEST_CASE("Streamed tool calls are numbered apart from the blocks they stand in") {
  const Streamed all = streamed_at_every_cut(
      chat(),
      aws_event("messageStart", R"({"role":"assistant"})") +
          aws_event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"I look"}})") +
          aws_event("contentBlockStart",
                    R"({"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t1","name":"f"}}})") +
          aws_event("contentBlockDelta",
                    R"({"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"a\""}}})") +
          aws_event("contentBlockStart",
                    R"({"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"t2","name":"g"}}})") +
          aws_event("contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"toolUse":{"input":":1}"}}})") +
          aws_event("contentBlockDelta", R"({"contentBlockIndex":9,"delta":{"toolUse":{"input":"lost"}}})") +
          aws_event("messageStop", R"({"stopReason":"tool_use"})"));
  const std::string events = events_of(all.out);
  for (const std::string_view part :
       {R"("tool_calls":[{"index":0,"id":"t1","type":"function","function":{"name":"f","arguments":""}}])",
        R"("tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}])",
        R"("tool_calls":[{"index":1,"id":"t2","type":"function")",
        R"("tool_calls":[{"index":0,"function":{"arguments":":1}"}}])", R"("finish_reason":"tool_calls")"})
    CHECK(events.find(part) != std::string::npos);
  CHECK(events.find("lost") == std::string::npos);
  CHECK(events.find(R"("tool_calls":[{"index":1,"function":{"arguments":"{}"}}])") != std::string::npos);
  // No metadata came, but the message was over.
  CHECK(all.out.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("An exception in a stream is an error event, and ends it") {
  const Streamed all = streamed_at_every_cut(
      chat(), aws_event("messageStart", R"({"role":"assistant"})") +
                  aws_exception("throttlingException", R"({"message":"Too many tokens"})") +
                  aws_event("contentBlockDelta", R"({"delta":{"text":"late"}})"));
  CHECK(all.broken == "Too many tokens");
  CHECK(events_of(all.out).ends_with(
      R"({"error":{"message":"bedrock error: Too many tokens","type":"throttlingException","param":null,"code":null},"provider":"bedrock"})"
      "\n"));
  CHECK(read_back(all.out, true).error == "bedrock error: Too many tokens");
  CHECK_FALSE(read_back(all.out, true).ended);
  const Streamed error = streamed(
      chat(),
      event_message(
          {{":message-type", "error"}, {":error-code", "InternalFailure"}, {":error-message", "oops"}}, ""));
  CHECK(error.out.find(R"("message":"bedrock error: oops","type":"InternalFailure")") != std::string::npos);
  CHECK(streamed(chat(), aws_exception("modelStreamErrorException", "")).broken ==
        "modelStreamErrorException");
}

TEST_CASE("Bedrock: a stream that was cut has no end mark, and a reason") {
  const std::string stream = text_stream();
  for (std::size_t size = 0; size < stream.size(); ++size) {
    const Streamed cut = streamed(chat(), stream.substr(0, size));
    const bool stopped = cut.out.find(R"("finish_reason":"stop")") != std::string::npos;
    const bool done = cut.out.find("[DONE]") != std::string::npos;
    CHECK((!done || stopped));
    CHECK(done == cut.broken.empty());
  }
  CHECK(streamed(chat(), stream.substr(0, 100)).broken == "the stream ended before the answer did");
  CHECK(streamed(chat(), "").broken == "the stream holds no event");
}

TEST_CASE("Damaged frames and foreign bytes are told as such") {
  std::string damaged = text_stream();
  damaged[damaged.size() - 30] ^= 1;
  CHECK(streamed_at_every_cut(chat(), damaged).broken == "the checksum of a message is wrong");
  CHECK(streamed(chat(), R"({"message":"no stream"})").broken ==
        "the checksum of a message's prelude is wrong");
  CHECK(streamed(chat(), aws_event("messageStart", "[1]")).broken ==
        "an event of the stream is no JSON object");
  CHECK(streamed(chat(), aws_event("contentBlockDelta", R"({"contentBlockIndex":"x","delta":7})") +
                             aws_event("contentBlockStart", R"({"start":{"toolUse":{}}})") +
                             aws_event("somethingNew", "{}") + aws_event("messageStop", "{}"))
            .out.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("Bedrock: streamed thinking is a content block, in the loose form only") {
  const std::string stream =
      aws_event("contentBlockDelta",
                R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"hm"}}})") +
      aws_event("contentBlockDelta",
                R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"s"}}})");
  CHECK(streamed(chat(), stream).out.find("chat.completion.chunk") == std::string::npos);
  const std::string loose = streamed(chat(false), stream).out;
  CHECK(loose.find(R"("content_blocks":[{"index":0,"delta":{"thinking":"hm"}}])") != std::string::npos);
  CHECK(loose.find(R"("content_blocks":[{"index":0,"delta":{"signature":"s"}}])") != std::string::npos);
}

// ---- embeddings

TEST_CASE("Vectors of either maker are a list") {
  const auto decoder = [] { return bedrock_decoder(test_facts("bedrock", log::Endpoint::embeddings)); };
  const std::string titan = decoder()->body(R"({"embedding":[0.10,2],"inputTextTokenCount":3})");
  CHECK(titan.starts_with(
      R"({"object":"list","data":[{"object":"embedding","embedding":[0.10,2],"index":0}])"));
  CHECK(read_back(titan, false).usage == tokens(3, -1, 3));
  CHECK(decoder()->body(R"({"embeddings":[[1],[2]]})").find(R"("embedding":[2],"index":1)") !=
        std::string::npos);
  CHECK(decoder()->body(R"({"embeddings":{"float":[[1]]}})").find(R"("embedding":[1])") != std::string::npos);
  for (const std::string_view bad : {"{}", R"({"embeddings":[1]})", R"({"embedding":"x"})"})
    CHECK_FALSE(read_back(decoder()->body(bad), false).error.empty());
}

TEST_CASE("Converse: usage that nobody asked for is known, and no chunk") {
  AnswerFacts facts = test_facts("bedrock", log::Endpoint::chat_completions);
  facts.include_usage = false;
  const auto decoder = bedrock_decoder(facts);
  std::string out;
  decoder->feed(text_stream(), out);
  decoder->finish(out);
  CHECK(out.find("\"choices\":[]") == std::string::npos);
  CHECK(out.find("usage") == std::string::npos);
  CHECK(out.ends_with("data: [DONE]\n\n"));
  CHECK(decoder->usage() == tokens(8, 2, -1, 3));
}

}  // namespace
}  // namespace pk::provider
