#include "cache/restream.h"

#include "base/sse.h"
#include "cache/canonical.h"
#include "cache/fixture.h"

namespace pk::cache::test {
namespace {

using log::Endpoint;

std::vector<std::string> data_of(std::string_view events) {
  std::vector<std::string> data;
  SseSplitter splitter;
  splitter.feed(events, [&](const SseEvent& event) { data.emplace_back(event.data); });
  return data;
}

std::string canonical(std::string_view json) {
  INFO(json);
  JsonReader reader(json);
  std::string out;
  REQUIRE(append_canonical(out, reader, reader.next()));
  REQUIRE(reader.next() == JsonToken::end);
  return out;
}

// A whole answer, streamed and put together again, says the same.
void check_there_and_back(Endpoint endpoint, std::string_view body) {
  INFO(body);
  const std::string events = must(stream_of(endpoint, body, true));
  const std::string whole = must(whole_of(endpoint, events));
  INFO(whole);
  CHECK(canonical(whole) == canonical(body));
}

const std::string k_chat =
    R"({"id":"c1","object":"chat.completion","created":1,"model":"m","system_fingerprint":"fp",)"
    R"("choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})";

}  // namespace

TEST_CASE("A chat completion becomes a role, its text, a reason, and the usage only if it was asked for") {
  const std::string head =
      R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","system_fingerprint":"fp",)";
  const std::vector<std::string> data = data_of(must(stream_of(Endpoint::chat_completions, k_chat, false)));
  REQUIRE(data.size() == 4);
  CHECK(data[0] ==
        head + R"("choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})");
  CHECK(data[1] == head + R"("choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":null}]})");
  CHECK(data[2] == head + R"("choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})");
  CHECK(data[3] == "[DONE]");
  const std::vector<std::string> with = data_of(must(stream_of(Endpoint::chat_completions, k_chat, true)));
  REQUIRE(with.size() == 5);
  CHECK(with[3] ==
        head + R"("choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})");
}

TEST_CASE("Long texts come in pieces that cut no character") {
  std::string text;
  for (int i = 0; i < 900; ++i) text += "é";
  const std::string body = R"({"choices":[{"index":0,"message":{"role":"assistant","content":")" + text +
                           R"("},"finish_reason":"stop"}]})";
  CHECK(data_of(must(stream_of(Endpoint::chat_completions, body, false))).size() == 1 + 4 + 1 + 1);
  check_there_and_back(Endpoint::chat_completions, body);
}

TEST_CASE("What a chat completion says survives being streamed") {
  check_there_and_back(Endpoint::chat_completions, k_chat);
  check_there_and_back(
      Endpoint::chat_completions,
      R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[)"
      R"({"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1.50}"}},)"
      R"({"id":"b","type":"function","function":{"name":"g","arguments":""}}]},"finish_reason":"tool_calls"},)"
      R"({"index":1,"message":{"role":"assistant","content":"","refusal":"no"},"finish_reason":"stop"}]})");
  check_there_and_back(
      Endpoint::chat_completions,
      R"({"choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"hm","content":"a \"b\" é"},)"
      R"("logprobs":{"content":[{"token":"a","logprob":-0.10}]},"finish_reason":"length",)"
      R"("content_filter_results":{"hate":{"filtered":false}}}],"usage":{"prompt_tokens":12345678901234567890}})");
}

TEST_CASE("A text completion becomes chunks with text") {
  const std::string body =
      R"({"id":"x","object":"text_completion","choices":[{"text":"one","index":0,"finish_reason":"stop"},)"
      R"({"text":"two","index":1,"finish_reason":"length"}],"usage":{"total_tokens":2}})";
  CHECK(data_of(must(stream_of(Endpoint::completions, body, false))).size() == 5);
  const std::string whole =
      must(whole_of(Endpoint::completions, must(stream_of(Endpoint::completions, body, true))));
  CHECK(whole.find(R"("text":"two")") != std::string::npos);
  CHECK(whole.find(R"("finish_reason":"length")") != std::string::npos);
}

TEST_CASE("A message becomes Anthropic's events") {
  const std::string body =
      R"({"id":"m1","type":"message","role":"assistant","model":"c","content":[)"
      R"({"type":"thinking","thinking":"hm","signature":"s1"},)"
      R"({"type":"text","text":"Hi","citations":[{"type":"char_location","cited_text":"q"}]},)"
      R"({"type":"redacted_thinking","data":"zz"},)"
      R"({"type":"tool_use","id":"t","name":"f","input":{"x":[1,2.50]}},)"
      R"({"type":"tool_use","id":"u","name":"g","input":{}}],)"
      R"("stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":7}})";
  const std::string events = must(stream_of(Endpoint::messages, body, false));
  CHECK(events.starts_with("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{"));
  CHECK(events.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
  check_there_and_back(Endpoint::messages, body);
}

TEST_CASE("What has no stream, and a stream that says nothing, are refused") {
  for (const std::string body :
       {"", "[]", "{}", "{\"choices\":1}", "{\"choices\":[1]}", "{\"content\":\"a\"}"})
    for (const Endpoint endpoint : {Endpoint::chat_completions, Endpoint::completions, Endpoint::messages})
      CHECK_FALSE(stream_of(endpoint, body, true));
  CHECK_FALSE(stream_of(Endpoint::embeddings, k_chat, true));
  CHECK_FALSE(stream_of(Endpoint::responses, k_chat, true));
  CHECK_FALSE(whole_of(Endpoint::chat_completions, "data: [DONE]\n\n"));
  CHECK_FALSE(whole_of(Endpoint::other, must(stream_of(Endpoint::chat_completions, k_chat, true))));
}

TEST_CASE("The whole of a response's stream is what its last event says") {
  CHECK(must(whole_of(Endpoint::responses,
                      "event: response.completed\ndata: "
                      "{\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"output\":[]}}\n\n")) ==
        R"({"id":"r","output":[]})");
}

}  // namespace pk::cache::test
