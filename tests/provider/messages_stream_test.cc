#include "provider/messages_stream.h"

#include "decoding.h"
#include "log/joined.h"

namespace pk::provider {
namespace {

constexpr std::string_view k_text_stream =
    R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4o","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null}

: ping

data: {"id":"chatcmpl-1","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"lo\n"},"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","model":"gpt-4o","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

data: {"id":"chatcmpl-1","model":"gpt-4o","choices":[],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":5}}}

data: [DONE]

)";

constexpr std::string_view k_text_events = R"(event: message_start
data: {"type":"message_start","message":{"id":"chatcmpl-1","type":"message","role":"assistant","model":"gpt-4o","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hel"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"lo\n"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":14,"cache_read_input_tokens":5,"output_tokens":10}}

event: message_stop
data: {"type":"message_stop"}

)";

constexpr std::string_view k_tool_stream =
    R"(data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"So"}}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]}}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"n\":"}}]}}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1.50}"}}]}}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]}}]}

data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

data: [DONE]

)";

std::unique_ptr<Decoder> decoder() {
  return std::make_unique<MessagesDecoder>(answer_facts("openai"));
}

std::string events_of(std::string_view chunks) {
  const auto one = decoder();
  std::string out = decoded(*one, chunks);
  check_events(out);
  return out;
}

std::string chunk(const std::string& delta) {
  return "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":" + delta + "}]}\n\n";
}

TEST_CASE("A stream of text gives a message's events, wherever it is cut") {
  check_every_cut(decoder, k_text_stream, k_text_events);
}

TEST_CASE("Each tool call is a block of its own, after the text") {
  const std::string out = events_of(k_tool_stream);
  check_every_cut(decoder, k_tool_stream, out);
  const auto joined = log::joined_message(out);
  REQUIRE(joined);
  CHECK(
      *joined ==
      R"({"id":"c","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"So"},)"
      R"({"type":"tool_use","id":"call_1","name":"f","input":{"n":1.50}},{"type":"tool_use","id":"call_2","name":"g","input":{}}],)"
      R"("stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":0,"output_tokens":0}})");
  // Blocks do not overlap.
  CHECK(out.find(R"("content_block_stop","index":0)") < out.find(R"("content_block_start","index":1)"));
  CHECK(out.find(R"("content_block_stop","index":1)") < out.find(R"("content_block_start","index":2)"));
}

TEST_CASE("The translated stream reads to the native usage and model") {
  UsageReader native, translated;
  native.feed(k_text_stream);
  translated.feed(k_text_events);
  CHECK(translated.usage() == native.usage());
  CHECK(translated.model() == native.model());
  CHECK(translated.ended());
  CHECK(translated.error().empty());
}

TEST_CASE("A stream that breaks off has no message_stop, and says so") {
  for (const std::string_view stream : {k_text_stream, k_tool_stream})
    check_cut_off(decoder, stream.substr(0, stream.rfind("\"finish_reason\":\"")), "message_stop");
  const auto one = decoder();
  CHECK(decoded(*one, k_text_stream.substr(0, k_text_stream.find("\n\n") + 2)).find("event: error\n") !=
        std::string::npos);
  CHECK(one->broken() == "the stream ended before the answer did");
}

TEST_CASE("Where only the end mark is missing, the answer is whole all the same") {
  const std::string_view without = k_text_stream.substr(0, k_text_stream.find("data: [DONE]"));
  const std::string out = events_of(without);
  CHECK(out == k_text_events);
}

TEST_CASE("An error in a stream is an error event, and nothing follows it") {
  const auto one = decoder();
  const std::string out =
      decoded(*one, "data: {\"error\":{\"message\":\"too slow\",\"type\":\"server_error\"}}\n\n" +
                        std::string(k_text_stream));
  CHECK(out ==
        "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"openai "
        "error: too slow\"},"
        "\"provider\":\"openai\"}\n\n");
  CHECK(one->broken() == "too slow");
}

TEST_CASE("An event that is no chunk ends the stream with an error") {
  for (const std::string_view bad :
       {"data: {\"choices\":\n\n", "data: 7\n\n", "data: [DONE]\n\n", "data: <html>\n\n"}) {
    INFO(bad);
    const auto one = decoder();
    const std::string out = decoded(*one, std::string(bad) + std::string(k_text_stream));
    check_events(out);
    CHECK(out.starts_with("event: error\n"));
    CHECK(out.find("message_stop") == std::string::npos);
    CHECK(one->broken() == "an event of the stream is no chunk of a chat completion");
  }
}

TEST_CASE("Hosts that leave out index or id are understood") {
  const std::string out = events_of(
      chunk(R"({"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{"}}]})") +
      chunk(R"({"tool_calls":[{"function":{"arguments":"}"}}]})") +
      chunk(R"({"tool_calls":[{"id":"b","function":{"name":"g","arguments":"{}"}}]})") + "data: [DONE]\n\n");
  const auto joined = log::joined_message(out);
  REQUIRE(joined);
  CHECK(
      joined->find(
          R"([{"type":"tool_use","id":"a","name":"f","input":{}},{"type":"tool_use","id":"b","name":"g","input":{}}])") !=
      std::string::npos);
  CHECK(joined->find(R"("stop_reason":"tool_use")") != std::string::npos);
  CHECK(events_of(chunk(R"({"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]})"))
            .find("\"id\":\"toolu_0190_0\"") != std::string::npos);
}

TEST_CASE("A chunk before the first choice, other choices and wrong types are passed over") {
  const std::string odd =
      "data: {\"id\":\"\",\"model\":\"\",\"choices\":[],\"prompt_filter_results\":[]}\n\n" +
      std::string("data: {}\n\n");
  CHECK(events_of(odd + std::string(k_text_stream)) == k_text_events);
  const std::string out = events_of(
      "data: "
      "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":1,\"delta\":{\"content\":\"no\"}},7,{\"delta\":"
      "7},"
      "{\"delta\":{\"content\":7,\"tool_calls\":[7]}}]}\n\ndata: [DONE]\n\n");
  CHECK(out.find("\"no\"") == std::string::npos);
  CHECK(out.ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
}

TEST_CASE("Too many blocks are an error, not memory") {
  std::string stream;
  for (std::size_t i = 0; i <= k_streamed_blocks_max; ++i)
    stream +=
        chunk(R"({"tool_calls":[{"index":)" + std::to_string(i) + R"(,"id":"x","function":{"name":"f"}}]})");
  const auto one = decoder();
  check_events(decoded(*one, stream));
  CHECK(one->broken() == "the stream has too many content blocks");
}

TEST_CASE("A whole completion goes through the same decoder") {
  const auto one = decoder();
  CHECK(one->body(R"({"choices":[{"message":{"content":"x"}}]})").find(R"("text":"x")") != std::string::npos);
  one->body("oops");
  CHECK(one->broken() == "the answer is no chat completion");
}

TEST_CASE("A call with another id is another call, though its index says it is not") {
  const std::string out = events_of(
      chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"n\":1}"}}]})") +
      chunk(R"({"tool_calls":[{"index":0,"id":"b","function":{"name":"g","arguments":"{"}}]})") +
      chunk(R"({"tool_calls":[{"index":0,"id":"b","function":{"arguments":"\"x\""}}]})") +
      chunk(R"({"tool_calls":[{"index":0,"id":"","function":{"arguments":":"}}]})") +
      chunk(R"({"tool_calls":[{"index":0,"id":"made-up","function":{"arguments":"2"}}]})") +
      chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"}"}}]})") + "data: [DONE]\n\n");
  const auto joined = log::joined_message(out);
  REQUIRE(joined);
  CHECK(
      joined->find(
          R"([{"type":"tool_use","id":"a","name":"f","input":{"n":1}},{"type":"tool_use","id":"b","name":"g","input":{"x":2}}])") !=
      std::string::npos);
}

}  // namespace
}  // namespace pk::provider
