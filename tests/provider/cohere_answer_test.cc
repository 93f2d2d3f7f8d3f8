#include "provider/cohere_answer.h"

#include "base/json.h"
#include "support/dialect.h"

namespace pk::provider {
namespace {

MakeDecoder chat(bool strict = true) {
  return [strict] { return cohere_decoder(test_facts("cohere", log::Endpoint::chat_completions, strict)); };
}

std::string body(std::string_view upstream, bool strict = true) {
  const std::string out = chat(strict)()->body(upstream);
  CHECK(is_json(out));
  return out;
}

TEST_CASE("An answer has its text and its tokens") {
  const std::string json = body(R"({"id":"c-1","finish_reason":"COMPLETE","message":{"role":"assistant",
    "content":[{"type":"text","text":"Hi"},{"type":"text","text":"!"}]},
    "usage":{"billed_units":{"input_tokens":5,"output_tokens":2},"tokens":{"input_tokens":71,"output_tokens":4},"cached_tokens":64}})");
  CHECK(
      json ==
      R"({"id":"c-1","object":"chat.completion","created":1700000000,"model":"asked-model","provider":"cohere",)"
      R"("choices":[{"index":0,"message":{"role":"assistant","content":"Hi!","refusal":null},"logprobs":null,)"
      R"("finish_reason":"stop"}],"usage":{"prompt_tokens":71,"completion_tokens":4,"total_tokens":75,)"
      R"("prompt_tokens_details":{"cached_tokens":64}}})");
  CHECK(read_back(json, false).usage == tokens(71, 4, 75, 64));
}

TEST_CASE("Where no tokens are told the billed ones count") {
  CHECK(read_back(body(R"({"message":{},"usage":{"billed_units":{"input_tokens":5.0,"output_tokens":2}}})"),
                  false)
            .usage == tokens(5, 2, 7));
  CHECK_FALSE(read_back(body(R"({"message":{}})"), false).usage.known());
}

TEST_CASE("A tool plan is the text beside the calls") {
  const std::string json = body(R"({"id":"c-1","finish_reason":"TOOL_CALL","message":{"role":"assistant",
    "tool_plan":"I look","tool_calls":[{"id":"f_1","type":"function","function":{"name":"f","arguments":"{\"n\":1.50}"}}]}})");
  CHECK(json.find(
            R"("content":"I look","refusal":null,"tool_calls":[{"id":"f_1","type":"function","function":)"
            R"({"name":"f","arguments":"{\"n\":1.50}"}}]},"logprobs":null,"finish_reason":"tool_calls")") !=
        std::string::npos);
}

TEST_CASE("Finish reasons are OpenAI's words, or Cohere's for those who want them") {
  const std::pair<std::string_view, std::string_view> words[] = {
      {"COMPLETE", "stop"},  {"STOP_SEQUENCE", "stop"},         {"MAX_TOKENS", "length"},
      {"TIMEOUT", "length"}, {"ERROR_TOXIC", "content_filter"}, {"", "stop"}};
  for (const auto& [word, reason] : words) {
    const std::string upstream = R"({"message":{},"finish_reason":")" + std::string(word) + R"("})";
    CHECK(body(upstream).find("\"finish_reason\":\"" + std::string(reason) + "\"") != std::string::npos);
  }
  CHECK(body(R"({"message":{},"finish_reason":"COMPLETE"})", false).find(R"("finish_reason":"COMPLETE")") !=
        std::string::npos);
}

TEST_CASE("Thinking is a content block, in the loose form only") {
  constexpr std::string_view k_thinking =
      R"({"message":{"content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"yes"}]},"finish_reason":"COMPLETE"})";
  CHECK(body(k_thinking).find("hm") == std::string::npos);
  CHECK(body(k_thinking, false)
            .find(R"("content_blocks":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"yes"}])") !=
        std::string::npos);
}

TEST_CASE("Cohere: what is no answer is an error") {
  for (const std::string_view bad :
       {"{}", "7", "", R"({"message":"invalid api token"})", R"({"message":{},"finish_reason":"ERROR"})",
        R"({"message":[],"id":1})"}) {
    const auto decoder = chat()();
    CHECK_FALSE(read_back(decoder->body(bad), false).error.empty());
    CHECK_FALSE(decoder->broken().empty());
  }
  CHECK(body(R"({"message":"invalid api token"})").find("cohere error: invalid api token") !=
        std::string::npos);
}

TEST_CASE("Cohere: wrong types in an answer do no harm") {
  const std::string json =
      body(R"({"id":7,"message":{"content":{"text":"x"},"tool_plan":[],"tool_calls":[1,{}]},
    "finish_reason":{},"usage":{"tokens":[],"billed_units":{"input_tokens":"5"}}})");
  CHECK(json.find(R"("id":"call_0192ab_1")") != std::string::npos);
}

// ---- streams

std::string event(std::string_view type, std::string_view rest) {
  return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" +
         std::string(rest) + "}\n\n";
}

std::string text_stream() {
  return event(
             "message-start",
             R"(,"id":"c-1","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}})") +
         event("content-start", R"(,"index":0,"delta":{"message":{"content":{"type":"text","text":""}}})") +
         event("content-delta", R"(,"index":0,"delta":{"message":{"content":{"text":"Hel"}}})") +
         event("content-delta", R"(,"index":0,"delta":{"message":{"content":{"text":"lo"}}})") +
         event(
             "citation-start",
             R"(,"index":0,"delta":{"message":{"citations":{"start":0,"end":1,"text":"H","sources":[]}}})") +
         event("content-end", R"(,"index":0)") +
         event(
             "message-end",
             R"(,"delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":3,"output_tokens":2},"tokens":{"input_tokens":70,"output_tokens":4}}})");
}

TEST_CASE("A stream becomes chunks, with usage and the end mark") {
  const Streamed all = streamed_at_every_cut(chat(), text_stream());
  const std::string head =
      R"({"id":"c-1","object":"chat.completion.chunk","created":1700000000,"model":"asked-model","provider":"cohere","choices":[)";
  CHECK(events_of(all.out) ==
        head + R"({"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})" + "\n" +
            head + R"({"index":0,"delta":{"content":"Hel"},"finish_reason":null}]})" + "\n" + head +
            R"({"index":0,"delta":{"content":"lo"},"finish_reason":null}]})" + "\n" + head +
            R"({"index":0,"delta":{},"finish_reason":"stop"}]})" + "\n" + head +
            R"(],"usage":{"prompt_tokens":70,"completion_tokens":4,"total_tokens":74}})" + "\n[DONE]\n");
  CHECK(read_back(all.out, true).usage == tokens(70, 4, 74));
  CHECK(read_back(all.out, true).ended);
}

TEST_CASE("Streamed tool calls have their plan and their arguments piece by piece") {
  const Streamed all = streamed_at_every_cut(
      chat(),
      event("message-start", R"(,"id":"c-1")") +
          event("tool-plan-delta", R"(,"delta":{"message":{"tool_plan":"I look"}})") +
          event(
              "tool-call-start",
              R"(,"index":0,"delta":{"message":{"tool_calls":{"id":"f_1","type":"function","function":{"name":"f","arguments":""}}}})") +
          event("tool-call-delta",
                R"(,"index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"n\""}}}})") +
          event("tool-call-delta",
                R"(,"index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":":1}"}}}})") +
          event("tool-call-end", R"(,"index":0)") +
          event(
              "tool-call-start",
              R"(,"index":1,"delta":{"message":{"tool_calls":{"id":"g_1","type":"function","function":{"name":"g","arguments":"{}"}}}})") +
          event("message-end", R"(,"delta":{"finish_reason":"TOOL_CALL"})"));
  const std::string events = events_of(all.out);
  for (
      const std::string_view part :
      {R"("delta":{"content":"I look"})",
       R"("delta":{"tool_calls":[{"index":0,"id":"f_1","type":"function","function":{"name":"f","arguments":""}}]})",
       R"("delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"n\""}}]})",
       R"("delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]})",
       R"("delta":{"tool_calls":[{"index":1,"id":"g_1")", R"("finish_reason":"tool_calls")"})
    CHECK(events.find(part) != std::string::npos);
  CHECK(all.out.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("A stream that was cut has no end mark, one that failed has an error") {
  const std::string stream = text_stream();
  const Streamed cut = streamed(chat(), stream.substr(0, stream.find("event: content-end")));
  CHECK(cut.out.find("[DONE]") == std::string::npos);
  CHECK(cut.broken == "the stream ended before the answer did");
  const Streamed failed = streamed_at_every_cut(
      chat(), event("message-start", R"(,"id":"c-1")") +
                  event("message-end", R"(,"delta":{"finish_reason":"ERROR","error":"model overloaded"})"));
  CHECK(failed.broken == "model overloaded");
  CHECK(read_back(failed.out, true).error == "cohere error: model overloaded");
  CHECK_FALSE(read_back(failed.out, true).ended);
}

TEST_CASE("Garbage in a stream does no harm") {
  CHECK(
      streamed(chat(), event("content-delta", R"(,"delta":{"message":{"content":[1]}})") +
                           event("tool-call-delta", R"(,"delta":{"message":{"tool_calls":{"function":7}}})") +
                           event("message-end", R"(,"delta":7)"))
          .out.ends_with("data: [DONE]\n\n"));
  CHECK(streamed(chat(), "data: nonsense\n\n").broken == "an event of the stream is no JSON object");
  CHECK(streamed(chat(), "{\"message\":\"no\"}").broken == "the stream holds no event");
}

TEST_CASE("Cohere: streamed thinking is a content block, in the loose form only") {
  const std::string stream =
      event("content-delta", R"(,"index":0,"delta":{"message":{"content":{"thinking":"hm"}}})");
  CHECK(streamed(chat(), stream).out.find("chat.completion.chunk") == std::string::npos);
  CHECK(
      streamed(chat(false), stream).out.find(R"("content_blocks":[{"index":0,"delta":{"thinking":"hm"}}])") !=
      std::string::npos);
}

// ---- embeddings

TEST_CASE("Vectors come with the billed tokens") {
  const auto decoder = [] { return cohere_decoder(test_facts("cohere", log::Endpoint::embeddings)); };
  const std::string json = decoder()->body(
      R"({"id":"e","embeddings":{"float":[[0.10,-2],[3]]},"texts":["a","b"],"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":4}}})");
  CHECK(
      json.starts_with(R"({"object":"list","data":[{"object":"embedding","embedding":[0.10,-2],"index":0})"));
  CHECK(read_back(json, false).usage == tokens(4, -1, 4));
  for (const std::string_view bad :
       {"{}", R"({"embeddings":{"int8":[[1]]}})", R"({"embeddings":{"float":[1]}})"})
    CHECK_FALSE(read_back(decoder()->body(bad), false).error.empty());
}

TEST_CASE("Cohere: usage that nobody asked for is known, and no chunk") {
  AnswerFacts facts = test_facts("cohere", log::Endpoint::chat_completions);
  facts.include_usage = false;
  const auto decoder = cohere_decoder(facts);
  std::string out;
  decoder->feed(text_stream(), out);
  decoder->finish(out);
  CHECK(out.find("\"choices\":[]") == std::string::npos);
  CHECK(out.find("usage") == std::string::npos);
  CHECK(out.ends_with("data: [DONE]\n\n"));
  CHECK(decoder->usage() == tokens(70, 4, -1));
}

}  // namespace
}  // namespace pk::provider
