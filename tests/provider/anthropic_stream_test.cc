#include "provider/anthropic_stream.h"

#include "decoding.h"
#include "log/joined.h"

namespace pk::provider {
namespace {

constexpr std::string_view k_text_stream = R"(event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":25,"cache_creation_input_tokens":100,"cache_read_input_tokens":300,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" w\u00f6rld"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}}

event: message_stop
data: {"type":"message_stop"}

)";

constexpr std::string_view k_tool_stream = R"(event: message_start
data: {"type":"message_start","message":{"id":"msg_2","model":"claude-opus-4-1","usage":{"input_tokens":9,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"n\":"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"1.50}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: content_block_start
data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_2","name":"now","input":{}}}

event: content_block_stop
data: {"type":"content_block_stop","index":2}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"input_tokens":9,"output_tokens":20}}

event: message_stop
data: {"type":"message_stop"}

)";

std::unique_ptr<Decoder> decoder(bool strict = true, bool declines_usage = false) {
  AnswerFacts facts = answer_facts("anthropic", strict);
  facts.include_usage = false;
  facts.declines_usage = declines_usage;
  return std::make_unique<AnthropicDecoder>(facts);
}

std::string chunk(std::string_view id, std::string_view model, std::string_view delta,
                  std::string_view end = "null}]") {
  return "data: {\"id\":\"" + std::string(id) +
         "\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"" + std::string(model) +
         "\",\"provider\":\"anthropic\",\"choices\":[{\"index\":0,\"delta\":" + std::string(delta) +
         ",\"logprobs\":null,\"finish_reason\":" + std::string(end) + "}\n\n";
}

std::string text_chunk(std::string_view delta, std::string_view end = "null}]") {
  return chunk("msg_1", "claude-sonnet-4-5", delta, end);
}
std::string tool_chunk(std::string_view delta, std::string_view end = "null}]") {
  return chunk("msg_2", "claude-opus-4-1", delta, end);
}

const std::string k_text_chunks =
    text_chunk(R"({"role":"assistant","content":""})") + text_chunk(R"({"content":"Hello"})") +
    text_chunk(R"({"content":" w\u00f6rld"})") +
    text_chunk(
        "{}",
        R"("stop"}],"usage":{"prompt_tokens":425,"completion_tokens":15,"total_tokens":440,)"
        R"("prompt_tokens_details":{"cached_tokens":300},"cache_read_input_tokens":300,"cache_creation_input_tokens":100})") +
    "data: [DONE]\n\n";

const std::string k_tool_chunks =
    tool_chunk(R"({"role":"assistant","content":""})") +
    tool_chunk(
        R"({"tool_calls":[{"index":0,"id":"toolu_1","type":"function","function":{"name":"f","arguments":""}}]})") +
    tool_chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"n\":"}}]})") +
    tool_chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"1.50}"}}]})") +
    tool_chunk(
        R"({"tool_calls":[{"index":1,"id":"toolu_2","type":"function","function":{"name":"now","arguments":""}}]})") +
    tool_chunk(R"({"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]})") +
    tool_chunk("{}",
               R"("tool_calls"}],"usage":{"prompt_tokens":9,"completion_tokens":20,"total_tokens":29})") +
    "data: [DONE]\n\n";

TEST_CASE("A stream of text gives chunks with the message's id, wherever it is cut") {
  check_every_cut([] { return decoder(); }, k_text_stream, k_text_chunks);
}

TEST_CASE("A stream of tool calls counts them from 0, and a call without input gets one that parses") {
  check_every_cut([] { return decoder(); }, k_tool_stream, k_tool_chunks);
}

TEST_CASE("Without strict compliance blocks are told as they come, and reasons by Anthropic's word") {
  const auto loose = decoder(false);
  const std::string out = decoded(*loose, k_tool_stream);
  check_events(out);
  CHECK(out.find(tool_chunk(R"({"content_blocks":[{"index":0,"delta":{"thinking":"hm"}}]})")) !=
        std::string::npos);
  CHECK(out.find(tool_chunk(R"({"content_blocks":[{"index":0,"delta":{"signature":"sig"}}]})")) !=
        std::string::npos);
  CHECK(out.find(R"("finish_reason":"tool_use")") != std::string::npos);
  const auto text = decoder(false);
  CHECK(decoded(*text, k_text_stream)
            .find(text_chunk(
                R"({"content":"Hello","content_blocks":[{"index":0,"delta":{"text":"Hello"}}]})")) !=
        std::string::npos);
}

TEST_CASE("The translated stream reads to the native usage, and joins to the whole answer") {
  for (const std::string_view stream : {k_text_stream, k_tool_stream}) {
    const auto one = decoder();
    const std::string out = decoded(*one, stream);
    CHECK(usage_of_stream(out) == usage_of_stream(stream));
    UsageReader native, translated;
    native.feed(stream);
    translated.feed(out);
    CHECK(translated.model() == native.model());
    CHECK(translated.ended());
    CHECK(one->broken().empty());
  }
  const auto joined = log::joined_message(k_text_chunks);
  REQUIRE(joined);
  CHECK(joined->find(R"("content":"Hello wörld")") != std::string::npos);
}

TEST_CASE("A client that declines usage gets none") {
  const auto without = decoder(true, true);
  CHECK(decoded(*without, k_text_stream).find("usage") == std::string::npos);
}

TEST_CASE("A stream that breaks off has no end mark, and says so") {
  for (const std::string_view stream : {k_text_stream, k_tool_stream})
    check_cut_off([] { return decoder(false); }, stream, "[DONE]");
  const auto begun = decoder();
  CHECK(decoded(*begun, "data: {\"type\":\"ping\"}\n\n")
            .starts_with(
                "data: {\"error\":{\"message\":\"anthropic error: the stream ended before message_stop"));
  CHECK(begun->broken() == "the stream ended before message_stop");
}

TEST_CASE("A stream that holds nothing is told as an error") {
  const auto empty = decoder();
  CHECK(decoded(*empty, "")
            .starts_with("data: {\"error\":{\"message\":\"anthropic error: the stream holds no"));
  CHECK(empty->broken() == "the stream holds no event");
  const auto body = decoder();
  CHECK_FALSE(decoded(*body, R"({"type":"error","error":{"message":"no"}})").empty());
  CHECK(body->broken() == "no");
}

TEST_CASE("An error event is an error for the client, and nothing follows it") {
  const std::string error =
      "event: error\ndata: "
      "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
  const auto one = decoder();
  const std::string out = decoded(*one, error + std::string(k_text_stream));
  CHECK(out ==
        "data: {\"type\":\"error\",\"error\":{\"message\":\"anthropic error: "
        "Overloaded\",\"type\":\"overloaded_error\","
        "\"param\":null,\"code\":null},\"provider\":\"anthropic\"}\n\n");
  CHECK(one->broken() == "Overloaded");
  UsageReader reader;
  reader.feed(out);
  CHECK(reader.error() == "anthropic error: Overloaded");
}

TEST_CASE("An event that is no JSON object ends the stream with an error") {
  for (const std::string_view bad : {"data: {\"type\":\n\n", "data: 7\n\n", "data: <html>\n\n",
                                     "data: []\n\n", "data: {\"type\":\"message_stop\"}}\n\n"}) {
    INFO(bad);
    const auto one = decoder();
    const std::string out = decoded(*one, std::string(bad) + std::string(k_text_stream));
    check_events(out);
    CHECK(out.find("\"error\":{\"message\":\"anthropic error: ") != std::string::npos);
    CHECK(out.find("[DONE]") == std::string::npos);
    CHECK_FALSE(one->broken().empty());
  }
}

TEST_CASE("Unknown events, unknown blocks and wrong types are passed over") {
  const std::string odd =
      "data: {\"type\":\"new_event\"}\n\ndata: {}\n\n: comment\n\n"
      "data: {\"type\":\"content_block_start\",\"index\":\"x\",\"content_block\":7}\n\n"
      "data: "
      "{\"type\":\"content_block_delta\",\"index\":-1,\"delta\":{\"type\":\"text_delta\",\"text\":7}}\n\n"
      "data: "
      "{\"type\":\"content_block_delta\",\"index\":9,\"delta\":{\"type\":\"input_json_delta\",\"partial_"
      "json\":\"x\"}}\n\n"
      "data: {\"type\":\"content_block_delta\",\"delta\":null}\n\ndata: {\"type\":\"content_block_stop\"}\n\n"
      "data: {\"type\":\"message_delta\",\"delta\":[],\"usage\":7}\n\n";
  const auto one = decoder();
  CHECK(decoded(*one, odd + std::string(k_text_stream)) == k_text_chunks);
  CHECK(one->broken().empty());
}

TEST_CASE("The input of the provider's own tools is no call of the client's") {
  const auto one = decoder();
  const std::string out =
      decoded(*one,
              "data: "
              "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"server_tool_use\","
              "\"id\":\"s\",\"name\":\"web_search\",\"input\":{}}}\n\n"
              "data: "
              "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\","
              "\"partial_json\":\"{}\"}}\n\n"
              "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
              "data: {\"type\":\"message_stop\"}\n\n");
  CHECK(out.find("tool_calls") == std::string::npos);
  CHECK(out.find("web_search") == std::string::npos);
  CHECK(one->broken().empty());
}

TEST_CASE("An input that came whole with its block is told at the end") {
  const auto one = decoder();
  const std::string out = decoded(*one,
                                  "data: "
                                  "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":"
                                  "\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":1}}}\n\n"
                                  "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n");
  CHECK(out.find(R"("arguments":"{\"a\":1}")") != std::string::npos);
}

TEST_CASE("A document over several lines of data stays on one line") {
  const auto one = decoder(false);
  const std::string out =
      decoded(*one,
              "data: {\"type\":\"content_block_delta\",\"index\":0,\ndata: "
              "\"delta\":{\"type\":\"citations_delta\",\"citation\":{\ndata: \"a\":1}}}\n\n");
  check_events(out);
  CHECK(out.find(R"("citation":{ "a":1})") != std::string::npos);
}

TEST_CASE("A message that stops without a reason still finishes its choice") {
  const auto one = decoder();
  const std::string out = decoded(*one, "data: {\"type\":\"message_stop\"}\n\n");
  CHECK(out == chunk("0190", "asked-model", R"({"role":"assistant","content":""})") +
                   chunk("0190", "asked-model", "{}", "\"stop\"}]") + "data: [DONE]\n\n");
}

TEST_CASE("Too many tool calls are an error, not memory") {
  std::string stream;
  for (std::size_t i = 0; i <= k_streamed_tool_calls_max; ++i)
    stream +=
        "data: "
        "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\","
        "\"name\":\"f\"}}\n\n";
  const auto one = decoder();
  check_events(decoded(*one, stream));
  CHECK(one->broken() == "the stream has too many tool calls");
}

TEST_CASE("A whole body goes through the same decoder") {
  const auto one = decoder();
  CHECK(one->body(R"({"id":"m","content":[{"type":"text","text":"x"}],"stop_reason":"max_tokens"})")
            .find(R"("finish_reason":"length")") != std::string::npos);
  CHECK(one->broken().empty());
  const auto other = decoder();
  other->body("oops");
  CHECK(other->broken() == "the answer is no message");
}

TEST_CASE("An input that came whole is told once, though its block ends twice") {
  const auto one = decoder();
  const std::string stop = "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n";
  const std::string out =
      decoded(*one,
              "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"tool_use\","
              "\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":1}}}\n\n" +
                  stop + stop + "data: {\"type\":\"message_stop\"}\n\n");
  CHECK(out.find(R"({\"a\":1})") == out.rfind(R"({\"a\":1})"));
  CHECK(one->broken().empty());
}

}  // namespace
}  // namespace pk::provider
