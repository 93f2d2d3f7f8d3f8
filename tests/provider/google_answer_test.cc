#include "provider/google_answer.h"

#include "base/json.h"
#include "support/dialect.h"

namespace pk::provider {
namespace {

MakeDecoder chat(bool strict = true) {
  return [strict] { return google_decoder(test_facts("google", log::Endpoint::chat_completions, strict)); };
}

std::string body(std::string_view upstream, bool strict = true) {
  const std::string out = chat(strict)()->body(upstream);
  CHECK(is_json(out));
  return out;
}

// What stands in the one choice.
std::string choice_of(const std::string& json) {
  const auto from = json.find("\"choices\":[") + 11;
  return json.substr(from, json.rfind("],\"usage\"") - from);
}

constexpr std::string_view k_answer =
    R"({"candidates":[{"content":{"parts":[{"text":"Hello"},{"text":" there"}],
  "role":"model"},"finishReason":"STOP","index":0,"avgLogprobs":-0.1}],"usageMetadata":{"promptTokenCount":8,
  "candidatesTokenCount":12,"totalTokenCount":50,"cachedContentTokenCount":3,"thoughtsTokenCount":30},
  "modelVersion":"gemini-2.5-flash-001","responseId":"r-1"})";

TEST_CASE("An answer has its text, its own name and all its tokens") {
  CHECK(body(k_answer) ==
        R"({"id":"r-1","object":"chat.completion","created":1700000000,"model":"gemini-2.5-flash-001",)"
        R"("provider":"google","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there",)"
        R"("refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":8,)"
        R"("completion_tokens":42,"total_tokens":50,"prompt_tokens_details":{"cached_tokens":3},)"
        R"("completion_tokens_details":{"reasoning_tokens":30}}})");
  const Read back = read_back(body(k_answer), false);
  CHECK(back.usage == tokens(8, 42, 50, 3, -1, 30));
  CHECK(back.model == "gemini-2.5-flash-001");
  CHECK(back.error.empty());
}

TEST_CASE("Function calls get ids from the record, or keep Gemini's") {
  const std::string json = body(R"({"candidates":[{"content":{"parts":[
    {"functionCall":{"name":"f","args":{"n":1.50}},"thoughtSignature":"s"},
    {"functionCall":{"name":"g","id":"own"}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}})");
  CHECK(choice_of(json) ==
        R"({"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[)"
        R"({"id":"call_0192ab_0","type":"function","function":{"name":"f","arguments":"{\"n\":1.50}"}},)"
        R"({"id":"own","type":"function","function":{"name":"g","arguments":"{}"}}]},)"
        R"("logprobs":null,"finish_reason":"tool_calls"})");
}

TEST_CASE("Finish reasons are OpenAI's words, or Gemini's for those who want them") {
  const std::pair<std::string_view, std::string_view> words[] = {{"STOP", "stop"},
                                                                 {"MAX_TOKENS", "length"},
                                                                 {"SAFETY", "content_filter"},
                                                                 {"RECITATION", "content_filter"},
                                                                 {"SPII", "content_filter"},
                                                                 {"OTHER", "stop"},
                                                                 {"MALFORMED_FUNCTION_CALL", "stop"},
                                                                 {"", "stop"}};
  for (const auto& [word, reason] : words) {
    const std::string upstream = R"({"candidates":[{"finishReason":")" + std::string(word) + R"("}]})";
    CHECK(body(upstream).find("\"finish_reason\":\"" + std::string(reason) + "\"") != std::string::npos);
  }
  CHECK(body(k_answer, false).find(R"("finish_reason":"STOP")") != std::string::npos);
}

TEST_CASE("A blocked prompt is an answer that was filtered") {
  const std::string json = body(
      R"({"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}})");
  CHECK(
      choice_of(json) ==
      R"({"index":0,"message":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":"content_filter"})");
  CHECK(read_back(json, false).usage == tokens(4, 0, 4));
}

TEST_CASE("Thoughts and pictures are for those who want more than OpenAI's form") {
  constexpr std::string_view k_thinking = R"({"candidates":[{"content":{"parts":[{"text":"hm","thought":true},
    {"text":"yes"},{"inlineData":{"mimeType":"image/png","data":"AA=="}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}})";
  CHECK(choice_of(body(k_thinking)).find("hm") == std::string::npos);
  CHECK(
      choice_of(body(k_thinking, false))
          .find(
              R"("content":"yes","refusal":null,"content_blocks":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"yes"},)"
              R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}])") !=
      std::string::npos);
}

TEST_CASE("Several candidates are several choices") {
  const std::string json = body(
      R"({"candidates":[{"content":{"parts":[{"text":"a"}]}},{"content":{"parts":[{"text":"b"}]},"index":1}]})");
  CHECK(json.find(R"("index":1,"message":{"role":"assistant","content":"b")") != std::string::npos);
}

TEST_CASE("Gemini: what is no answer is an error") {
  for (const std::string_view bad :
       {"{}", R"({"candidates":[]})", R"({"candidates":{}})", R"({"usageMetadata":{"promptTokenCount":1}})",
        "[]", "nonsense", R"({"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}})"}) {
    const auto decoder = chat()();
    CHECK_FALSE(read_back(decoder->body(bad), false).error.empty());
    CHECK_FALSE(decoder->broken().empty());
  }
}

TEST_CASE("Gemini: wrong types in an answer do no harm") {
  const std::string json = body(
      R"({"candidates":[{"content":{"parts":[{"text":1},{"functionCall":{"name":2,"args":[]}},7,{}]},"finishReason":5,"index":-1},3],
          "usageMetadata":{"promptTokenCount":"8","candidatesTokenCount":-1,"totalTokenCount":1e99},"modelVersion":{},"responseId":[]})");
  CHECK(json.find(R"("model":"asked-model")") != std::string::npos);
  CHECK_FALSE(read_back(json, false).usage.known());
}

// ---- streams

constexpr std::string_view k_stream =
    "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hel\"}],\"role\":\"model\"}}],"
    "\"usageMetadata\":{\"promptTokenCount\":8},\"modelVersion\":\"gemini-2.5-flash\",\"responseId\":\"r-1\"}"
    "\r\n\r\n"
    "data: "
    "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"lo\"}],\"role\":\"model\"},\"finishReason\":"
    "\"STOP\"}],"
    "\"usageMetadata\":{\"promptTokenCount\":8,\"candidatesTokenCount\":2,\"totalTokenCount\":14,"
    "\"thoughtsTokenCount\":4,"
    "\"cachedContentTokenCount\":5},\"modelVersion\":\"gemini-2.5-flash\",\"responseId\":\"r-1\"}\r\n\r\n";

TEST_CASE("A stream becomes chunks, with usage and the end mark after its last event") {
  const Streamed all = streamed_at_every_cut(chat(), k_stream);
  const std::string head =
      R"({"id":"r-1","object":"chat.completion.chunk","created":1700000000,"model":"gemini-2.5-flash","provider":"google","choices":[)";
  CHECK(
      events_of(all.out) ==
      head + R"({"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]})" + "\n" +
          head + R"({"index":0,"delta":{"content":"lo"},"finish_reason":null}]})" + "\n" + head +
          R"({"index":0,"delta":{},"finish_reason":"stop"}]})" + "\n" + head +
          R"(],"usage":{"prompt_tokens":8,"completion_tokens":6,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":5},"completion_tokens_details":{"reasoning_tokens":4}}})" +
          "\n[DONE]\n");
  const Read back = read_back(all.out, true);
  CHECK(back.usage == tokens(8, 6, 14, 5, -1, 4));
  CHECK((back.ended && back.error.empty() && all.broken.empty()));
}

TEST_CASE("A stream that was cut has no end mark") {
  const std::string_view first = k_stream.substr(0, k_stream.find("\r\n\r\n") + 4);
  const Streamed all = streamed_at_every_cut(chat(), first);
  CHECK(all.out.find("[DONE]") == std::string::npos);
  CHECK(all.broken == "the stream ended before the answer did");
  for (std::size_t size = 0; size < k_stream.size(); ++size) {
    const Streamed cut = streamed(chat(), k_stream.substr(0, size));
    const bool done = cut.out.find("[DONE]") != std::string::npos;
    // The last event is whole without the blank line after it.
    CHECK(done == (size + 4 >= k_stream.size()));
    CHECK(done == cut.broken.empty());
  }
}

TEST_CASE("Streamed function calls are numbered, and end the choice as such") {
  const Streamed all = streamed_at_every_cut(
      chat(),
      "data: "
      "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{\"a\":1}}},"
      "{\"functionCall\":{\"name\":\"g\",\"args\":{}}}]}}]}\n\n"
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"\"}]},\"finishReason\":\"STOP\"}]}\n\n");
  CHECK(
      all.out.find(
          R"("delta":{"role":"assistant","tool_calls":[{"index":0,"id":"call_0192ab_0","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]})") !=
      std::string::npos);
  CHECK(all.out.find(R"({"index":1,"id":"call_0192ab_1")") != std::string::npos);
  CHECK(all.out.find(R"("finish_reason":"tool_calls")") != std::string::npos);
  CHECK(all.out.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("A stream ends when each of its choices has") {
  const std::string one =
      "data: "
      "{\"candidates\":[{\"index\":0,\"content\":{\"parts\":[{\"text\":\"a\"}]},\"finishReason\":\"STOP\"},"
      "{\"index\":1,\"content\":{\"parts\":[{\"text\":\"b\"}]}}]}\n\n";
  CHECK(streamed(chat(), one).out.find("[DONE]") == std::string::npos);
  CHECK(streamed(chat(), one + "data: {\"candidates\":[{\"index\":1,\"finishReason\":\"MAX_TOKENS\"}]}\n\n")
            .out.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("A prompt that was blocked ends its stream as filtered") {
  const Streamed all = streamed_at_every_cut(chat(),
                                             "data: "
                                             "{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"},"
                                             "\"usageMetadata\":{\"promptTokenCount\":9}}\n\n");
  CHECK(all.out.find(R"("finish_reason":"content_filter")") != std::string::npos);
  CHECK(all.out.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("Streamed thoughts and pictures are content blocks, in the loose form only") {
  constexpr std::string_view k_thoughts =
      "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\",\"thought\":true},"
      "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AA==\"}}]}}]}\n\n";
  CHECK(streamed(chat(), k_thoughts).out.find("chat.completion.chunk") == std::string::npos);
  const std::string loose = streamed(chat(false), k_thoughts).out;
  CHECK(loose.find(R"("content_blocks":[{"index":0,"delta":{"thinking":"hm"}}])") != std::string::npos);
  CHECK(loose.find(R"("url":"data:image/png;base64,AA==")") != std::string::npos);
}

TEST_CASE("An error in a stream ends it") {
  const Streamed all = streamed_at_every_cut(
      chat(),
      std::string(k_stream.substr(0, k_stream.find("\r\n\r\n") + 4)) +
          "data: {\"error\":{\"code\":503,\"message\":\"overloaded\",\"status\":\"UNAVAILABLE\"}}\n\n");
  CHECK(all.broken == "overloaded");
  CHECK(read_back(all.out, true).error == "google error: overloaded");
  CHECK_FALSE(read_back(all.out, true).ended);
}

// ---- embeddings

TEST_CASE("Vectors come in the order of their inputs") {
  const auto decoder = [] { return google_decoder(test_facts("google", log::Endpoint::embeddings)); };
  CHECK(
      decoder()->body(
          R"({"embeddings":[{"values":[0.10,2]},{"values":[3]}],"usageMetadata":{"promptTokenCount":6}})") ==
      R"({"object":"list","data":[{"object":"embedding","embedding":[0.10,2],"index":0},{"object":"embedding",)"
      R"("embedding":[3],"index":1}],"model":"asked-model","provider":"google","usage":{"prompt_tokens":6,"total_tokens":6}})");
  CHECK(decoder()->body(R"({"embedding":{"values":[1]}})").find(R"("usage":null)") != std::string::npos);
  for (const std::string_view bad : {"{}", R"({"embeddings":[]})", R"({"embeddings":[{"values":1}]})"})
    CHECK_FALSE(read_back(decoder()->body(bad), false).error.empty());
}

TEST_CASE("Gemini: usage that nobody asked for is known, and no chunk") {
  AnswerFacts facts = test_facts("google", log::Endpoint::chat_completions);
  facts.include_usage = false;
  const auto decoder = google_decoder(facts);
  std::string out;
  decoder->feed(k_stream, out);
  decoder->finish(out);
  CHECK(out.find("\"choices\":[]") == std::string::npos);
  CHECK(out.find("usage") == std::string::npos);
  CHECK(out.ends_with("data: [DONE]\n\n"));
  CHECK(decoder->usage() == tokens(8, 6, 14, 5, -1, 4));
}

}  // namespace
}  // namespace pk::provider
