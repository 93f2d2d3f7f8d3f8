#include "log/erase.h"

#include "log/joined.h"
#include "support/catch.h"

using namespace pk;
using namespace pk::log;

namespace {

FindText find_of(std::string text) {
  return [text](std::string_view in, std::size_t from) -> std::optional<std::pair<std::size_t, std::size_t>> {
    const std::size_t at = in.find(text, from);
    return at == std::string_view::npos ? std::nullopt : std::optional(std::pair{at, at + text.size()});
  };
}

std::string erased(std::string body, const std::string& text, std::string type = "application/json") {
  Content content{{{"content-type", std::move(type)}}, std::move(body)};
  erase_body(content, find_of(text));
  return content.body;
}

std::string chunk(std::string_view delta) {
  return R"(data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":")" +
         std::string(delta) + "\"}}]}\n\n";
}

}  // namespace

TEST_CASE("A text goes from JSON's strings, the rest keeps its bytes") {
  CHECK(erased(R"({ "a" : "my Ana", "n": 0.70 })", "Ana") == R"({ "a" : "my [redacted]", "n": 0.70 })");
  CHECK(erased(R"({"Ana":["x","Ana Ana"]})", "Ana") == R"({"[redacted]":["x","[redacted] [redacted]"]})");
  CHECK(erased(R"({"a":"x"})", "Ana") == R"({"a":"x"})");
}

TEST_CASE("It goes where escapes hide it, and from JSON within JSON") {
  CHECK(erased(R"({"a":"caf\u00e9 \"x\""})", "café \"") == R"({"a":"[redacted]x\""})");
  CHECK(erased(R"({"arguments":"{\"name\":\"M\\u00fcller\"}"})", "Müller") ==
        R"({"arguments":"{\"name\":\"[redacted]\"}"})");
}

TEST_CASE("A number becomes a text; what lies across punctuation goes too") {
  CHECK(erased(R"({"phone":5551234,"n":7})", "5551234") == R"({"phone":"[redacted]","n":7})");
  CHECK(erased(R"({"a":"b","c":1})", R"("a":"b")") == R"({[redacted],"c":1})");
  CHECK(erased("plain \"Ana\" and Ana", "Ana", "text/plain") == "plain \"[redacted]\" and [redacted]");
  CHECK(erased(R"({"a":"redacted"})", "redacted") == R"({"a":"[redacted]"})");
}

TEST_CASE("A stream whose events have it in pieces becomes the message without it") {
  const std::string events = chunk("I am A") + chunk("na, hi") + "data: [DONE]\n\n";
  const std::string body = erased(events, "Ana", "text/event-stream");
  CHECK(body.find("I am [redacted], hi") != std::string::npos);
  CHECK(body.find("data:") == std::string::npos);
  const std::string whole = erased(chunk("Ana") + chunk(" hi"), "Ana", "text/event-stream");
  CHECK(whole == chunk("[redacted]") + chunk(" hi"));
  CHECK(erased(events, "Bo", "text/event-stream") == events);
}

TEST_CASE("All that a record says is looked at; its numbers and the ids of what is saved stay") {
  LogRecord record;
  record.trace_id = record.user = record.error = record.path = record.span_name = "of Ana";
  record.virtual_key = "vk-Ana";
  record.total_tokens = 7;
  record.metadata = {{"Ana", "x"}, {"y", "Ana"}};
  record.attempts = {{"config", "openai", "m", 500, "Ana", 1, 0}};
  record.request = Content{{{"x-of", "Ana"}}, R"({"a":"Ana"})"};
  record.response = Content{{}, "Ana"};
  const ErasedCount count = erase(record, find_of("Ana"));
  CHECK(count.fields == 6);
  CHECK(count.metadata == 2);
  CHECK(count.headers == 1);
  CHECK(count.bodies == 2);
  CHECK(record.user == "of [redacted]");
  CHECK(record.attempts[0].error == "[redacted]");
  CHECK(record.virtual_key == "vk-Ana");
  CHECK(record.total_tokens == 7);
  CHECK(record.metadata == Metadata{{"[redacted]", "x"}, {"y", "[redacted]"}});
  CHECK(erase(record, find_of("Ana")).all() == 0);
}
