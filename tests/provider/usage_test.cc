#include "provider/usage.h"

#include <algorithm>
#include <memory>
#include <string>

#include "provider/errors.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

// Prompt, completion, total, cached, cache write, reasoning; -1 is unknown.
Usage counts(std::int64_t prompt, std::int64_t completion, std::int64_t total, std::int64_t cached = -1,
             std::int64_t written = -1, std::int64_t reasoning = -1) {
  const auto known = [](std::int64_t n) { return n < 0 ? std::nullopt : std::optional(n); };
  return {known(prompt), known(completion), known(total), known(cached), known(written), known(reasoning)};
}

// What a reader has to say at the end.
struct Seen {
  Usage usage;
  std::string model;
  std::string error;
  bool ended = false;
  bool operator==(const Seen&) const = default;
};

Seen seen(const UsageReader& reader) {
  return {reader.usage(), reader.model(), reader.error(), reader.ended()};
}

Seen body(std::string_view text) {
  UsageReader reader;
  reader.read_body(text);
  return seen(reader);
}

Seen stream(std::string_view text, std::size_t step = std::string_view::npos) {
  UsageReader reader;
  for (; !text.empty(); text.remove_prefix(std::min(step, text.size()))) reader.feed(text.substr(0, step));
  reader.finish();
  return seen(reader);
}

std::string with_line_ends(std::string text, const std::string& line_end) {
  std::string out;
  for (const char c : text) out += c == '\n' ? line_end : std::string(1, c);
  return out;
}

constexpr std::string_view k_openai_stream =
    R"(data: {"id":"c1","object":"chat.completion.chunk","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}

: ping

data: {"id":"c1","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":"say \"usage\":{\"prompt_tokens\":99}"}}],"usage":null}

data: {"id":"c1","model":"gpt-4o-2024-08-06","choices":[],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":5,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":3}}}

data: [DONE]

)";

constexpr std::string_view k_anthropic_stream =
    R"(event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"usage":{"input_tokens":25,"cache_creation_input_tokens":100,"cache_read_input_tokens":300,"output_tokens":1}}}

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}

event: message_stop
data: {"type":"message_stop"}

)";

constexpr std::string_view k_responses_stream =
    R"(event: response.created
data: {"type":"response.created","response":{"id":"r1","error":null,"model":"gpt-5","usage":null}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","delta":"Hi"}

event: response.completed
data: {"type":"response.completed","response":{"id":"r1","error":null,"model":"gpt-5-2025-08-07","output":[{"usage":{"input_tokens":1}}],"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":16},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":64},"total_tokens":123}}}

)";

const Seen k_openai{counts(19, 10, 29, 5, -1, 3), "gpt-4o-2024-08-06", "", true};
const Seen k_anthropic{counts(425, 15, 440, 300, 100), "claude-sonnet-4-5", "", true};
const Seen k_responses{counts(36, 87, 123, 16, -1, 64), "gpt-5-2025-08-07", "", true};

TEST_CASE("A stream is read the same wherever it is cut, with any line end") {
  const std::pair<std::string_view, Seen> streams[] = {
      {k_openai_stream, k_openai}, {k_anthropic_stream, k_anthropic}, {k_responses_stream, k_responses}};
  for (const auto& [plain, expected] : streams) {
    for (const std::string line_end : {"\n", "\r\n", "\r"}) {
      const std::string text = with_line_ends(std::string(plain), line_end);
      CHECK(stream(text) == expected);
      for (const std::size_t step : {1, 2, 3, 7, 64}) CHECK(stream(text, step) == expected);
      for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        UsageReader reader;
        reader.feed(std::string_view(text).substr(0, cut));
        reader.feed(std::string_view(text).substr(cut));
        reader.finish();
        REQUIRE(seen(reader) == expected);
      }
    }
  }
}

TEST_CASE("A stream that was cut has not ended, and keeps what was seen") {
  const std::size_t delta = k_anthropic_stream.find("event: message_delta");
  CHECK(stream(k_anthropic_stream.substr(0, delta)) ==
        Seen{counts(425, 1, 426, 300, 100), "claude-sonnet-4-5", "", false});
  const std::size_t last = k_openai_stream.find("data: [DONE]");
  CHECK(stream(k_openai_stream.substr(0, last)) == Seen{k_openai.usage, k_openai.model, "", false});
}

TEST_CASE("The end mark counts without its blank line, and finish() may come twice") {
  UsageReader reader;
  reader.feed("data: [DONE]");
  CHECK_FALSE(reader.ended());
  reader.finish();
  reader.finish();
  CHECK(reader.ended());
  CHECK(stream("data:[DONE]\n\n").ended);
  CHECK(stream("data: {\"type\":\"message_stop\"}\n\n").ended);
  CHECK(stream("event: response.incomplete\ndata: {}\n\n").ended);
  CHECK_FALSE(stream("data: {\"choices\":[{\"delta\":{\"content\":\"[DONE]\"}}]}\n\n").ended);
}

TEST_CASE("Whole bodies of each endpoint are read") {
  CHECK(body(R"({"object":"chat.completion","model":"m","choices":[{"message":{"content":"x"}}],)"
             R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})") ==
        Seen{counts(1, 2, 3), "m", "", true});
  CHECK(
      body(
          R"({"object":"list","data":[{"embedding":[0.1,-2e-3]}],"model":"e","usage":{"prompt_tokens":8,"total_tokens":8}})") ==
      Seen{counts(8, -1, 8), "e", "", true});
  CHECK(
      body(
          R"({"type":"message","model":"claude","content":[{"type":"tool_use","input":{"usage":{"input_tokens":7}}}],)"
          R"("usage":{"input_tokens":10,"cache_read_input_tokens":0,"cache_creation_input_tokens":4,"output_tokens":5,)"
          R"("cache_creation":{"ephemeral_5m_input_tokens":4}}})") ==
      Seen{counts(14, 5, 19, 0, 4), "claude", "", true});
  CHECK(
      body(
          R"({"object":"response","error":null,"model":"gpt-5","usage":{"input_tokens":3,"output_tokens":4,"total_tokens":7,)"
          R"("input_tokens_details":{"cached_tokens":2}}})") == Seen{counts(3, 4, 7, 2), "gpt-5", "", true});
}

TEST_CASE("Hosts that put their counts elsewhere are understood") {
  // groq, moonshot, deepseek, openrouter, in that order.
  CHECK(
      stream("data: {\"x_groq\":{\"id\":\"r\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}}\n\n")
          .usage == counts(1, 2, 3));
  CHECK(
      stream(
          "data: "
          "{\"choices\":[{\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2,"
          "\"total_tokens\":6,\"cached_tokens\":3}}]}\n\n")
          .usage == counts(4, 2, 6, 3));
  CHECK(
      body(
          R"({"usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":2}})")
          .usage == counts(10, 1, 11, 8));
  CHECK(
      body(
          R"({"usage":{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":2,"cache_write_tokens":3}}})")
          .usage == counts(10, 1, 11, 2, 3));
}

TEST_CASE("Where cache counts stand beside prompt_tokens they are part of it") {
  CHECK(
      body(
          R"({"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11,"cache_read_input_tokens":8}})")
          .usage == counts(10, 1, 11, 8));
}

TEST_CASE("Reasoning that is counted beside the completion is made part of it") {
  CHECK(body(R"({"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":115,)"
             R"("completion_tokens_details":{"reasoning_tokens":100}}})")
            .usage == counts(10, 105, 115, -1, -1, 100));
}

TEST_CASE("The last usage of a stream wins, field by field") {
  CHECK(stream("data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n"
               "data: {\"usage\":{\"completion_tokens\":5}}\n\ndata: {\"usage\":null}\n\n")
            .usage == counts(1, 5, 6));
}

TEST_CASE("Several documents in one event are all read") {
  CHECK(stream("data: {\"model\":\"m\",\"choices\":[]}\ndata: "
               "{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n"
               "data: [DONE]\n\n") == Seen{counts(1, 2, 3), "m", "", true});
}

TEST_CASE("Counts that are no counts are left out") {
  for (const std::string_view bad : {"-1", "1.5", "\"7\"", "null", "true", "[]", "{}", "1e300",
                                     "99999999999999999999999999", "1000000000001", "-0.1"}) {
    INFO(bad);
    const Seen got = body("{\"usage\":{\"prompt_tokens\":" + std::string(bad) + ",\"completion_tokens\":3}}");
    CHECK(got.usage == counts(-1, 3, 3));
  }
  CHECK(body(R"({"usage":{"prompt_tokens":12.0,"completion_tokens":1e1}})").usage == counts(12, 10, 22));
  CHECK(body(R"({"usage":{"prompt_tokens":1000000000000,"completion_tokens":1000000000000}})").usage ==
        counts(1'000'000'000'000, 1'000'000'000'000, 2'000'000'000'000));
}

TEST_CASE("A usage of the wrong type gives nothing") {
  for (const std::string_view bad : {"null", "[]", "7", "\"x\"", "{}", "[{\"prompt_tokens\":1}]"})
    CHECK_FALSE(body("{\"usage\":" + std::string(bad) + "}").usage.known());
}

TEST_CASE("Errors in bodies and streams are reported") {
  CHECK(body(R"({"error":{"message":"no such\n model","type":"x"}})").error == "no such model");
  CHECK(body(R"({"error":"plain"})").error == "plain");
  CHECK(body(R"({"error":null})").error.empty());
  CHECK(stream("data: {\"error\":{\"message\":\"too slow\",\"code\":500}}\n\n").error == "too slow");
  CHECK(
      stream(
          "event: error\ndata: "
          "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n") ==
      Seen{Usage{}, "", "Overloaded", false});
  CHECK(stream("event: error\ndata: {\"type\":\"error\",\"code\":\"x\",\"message\":\"flat\"}\n\n").error ==
        "flat");
  CHECK(stream("event: error\ndata: upstream gone\n\n").error == "upstream gone");
  CHECK(stream("data: {\"type\":\"error\",\"message\":\"unnamed\"}\n\n").error == "unnamed");
  CHECK(stream("event: response.failed\ndata: "
               "{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"server_error\","
               "\"message\":\"broke\"}}}\n\n") == Seen{Usage{}, "", "broke", true});
  CHECK(stream("data: {\"choices\":[{\"delta\":{\"content\":\"\\\"error\\\":\\\"no\\\"\"}}]}\n\n")
            .error.empty());
  CHECK(body("{\"error\":\"" + std::string(10'000, 'x') + "\"}").error.size() == k_error_text_bytes_max);
}

TEST_CASE("A model that is too long, no text or no UTF-8 is left out") {
  CHECK(body("{\"model\":\"" + std::string(k_response_model_bytes_max + 1, 'm') + "\"}").model.empty());
  CHECK(body("{\"model\":\"" + std::string(k_response_model_bytes_max, 'm') + "\"}").model.size() ==
        k_response_model_bytes_max);
  CHECK(body("{\"model\":\"\xff\"}").model.empty());
  CHECK(body("{\"model\":7}").model.empty());
}

TEST_CASE("Garbage gives nothing and harms nothing, and what follows is read") {
  const std::string usage = "data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
  for (const std::string& garbage :
       {std::string("data: {\"usage\":{\"prompt_tokens\":\n\n"), std::string("data: {\"usage\":}\n\n"),
        std::string("data: \"usage\"\n\n"), std::string("data\n\n"),
        std::string("data: {\"usage\":[[[[[[{\n\n"), std::string("\xff\xfe\x00\n\n", 5),
        std::string("data: {\"choices\":[{\"usage\":\n\n"), std::string("data: {\"error\":\n\n"),
        std::string("data: {\"model\":\"\n\n"),
        std::string("data: {\"message\":{\"usage\":{\"input_tokens\"\n\n"), std::string("event: error\n\n"),
        std::string("data: \"error\"\n\n"), "data: {\"usage\":" + std::string(100'000, '[') + "\n\n",
        std::string("<html>502</html>\n\n")}) {
    INFO(garbage.substr(0, 60));
    CHECK(stream(garbage + usage).usage == counts(1, 2, 3));
    CHECK(body(garbage).usage == Usage{});
  }
}

TEST_CASE("A response cut at any byte is survived, and nothing behind it is read") {
  const std::string whole =
      R"({"model":"m","choices":[{"usage":{"cached_tokens":1}}],"usage":{"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":2}},"error":{"message":"x"}})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size);
    std::copy_n(whole.data(), size, exact.get());
    body({exact.get(), size});
  }
  CHECK(body(whole) == Seen{counts(1, -1, 1, 2), "m", "x", true});
}

TEST_CASE("An event over the limit is passed over and counted, and the next one is read") {
  UsageReader reader;
  const std::string block(1 << 20, 'x');
  reader.feed("data: {\"usage\":{\"prompt_tokens\":7},\"x\":\"");
  for (std::size_t fed = 0; fed <= k_usage_event_bytes_max; fed += block.size()) reader.feed(block);
  reader.feed("\"}\n\ndata: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n");
  reader.finish();
  CHECK(reader.usage() == counts(1, 2, 3));
  CHECK(reader.skipped_events() == 1);
  CHECK(reader.events() == 1);
}

}  // namespace
}  // namespace pk::provider
