#include "replay/recorded.h"

#include "gateway/fakes.h"
#include "gateway/saved_things.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::replay {

namespace {

constexpr std::int64_t k_then = 1'772'357'400'000;

// Answers from these logs at once.
struct Answering {
  explicit Answering(const std::vector<log::LogRecord>& records) {
    ledger.write(records);
    env = ledger.open();
    auto loaded = Recording::load(store::LogReader(env), {});
    REQUIRE(loaded);
    recording = std::move(loaded->recording);
  }
  test::FakeResponder ask(std::string path, std::string body) {
    Recorded recorded(*recording, store::LogReader(env), saved, timers, 0);
    http::Request request;
    request.method = "POST";
    request.target = std::move(path);
    request.body = std::move(body);
    test::FakeResponder responder;
    recorded.handle(request, responder).detach();
    return responder;
  }

  test::SampleLedger ledger;
  std::shared_ptr<store::Env> env;
  std::unique_ptr<Recording> recording;
  std::shared_ptr<config::Saved> saved = std::make_shared<config::Saved>();
  boost::asio::io_context loop{1};
  test::FakeTimers timers{loop};
};

log::LogRecord streamed(unsigned n, std::string events, bool ok) {
  log::LogRecord record = test::sample_record(k_then + n, n);
  record.stream = true;
  record.ok = ok;
  if (!ok) record.error = "upstream-error: it went wrong";
  record.request->body = "{\"n\":" + std::to_string(n) + "}";
  record.response = log::Content{{{"content-type", "text/event-stream"}}, std::move(events)};
  return record;
}

const std::string k_chunk =
    "data: "
    "{\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"He\"}}]}\n\n";

}  // namespace

TEST_CASE("A stream falls into its events, whatever ends their lines") {
  using Events = std::vector<std::string_view>;
  CHECK(events_of("data: a\n\ndata: b\n\n") == Events{"data: a\n\n", "data: b\n\n"});
  CHECK(events_of("data: a\r\n\r\ndata: b") == Events{"data: a\r\n\r\n", "data: b"});
  CHECK(events_of("data: a\r\rdata: b\r\r") == Events{"data: a\r\r", "data: b\r\r"});
  CHECK(events_of("one") == Events{"one"});
  CHECK(events_of("").empty());
}

TEST_CASE("An answer that broke off breaks off again; one that says its own error ends as it did") {
  log::LogRecord half = test::sample_record(k_then, 9);
  half.request->body = R"({"n":9})";
  half.response->body = R"({"choices":[{"mess)";
  half.ok = false;
  Answering answering({streamed(1, k_chunk + "data: [DONE]\n\n", true), streamed(2, k_chunk, false),
                       streamed(3, k_chunk + "data: {\"error\":{\"message\":\"overloaded\"}}\n\n", false),
                       half});
  const auto whole = answering.ask("/v1/chat/completions", R"({"n":1})");
  CHECK(whole.whole);
  CHECK_FALSE(whole.was_cut());
  const auto cut = answering.ask("/v1/chat/completions", R"({"n":2})");
  CHECK(cut.sent == k_chunk);
  CHECK(cut.was_cut());
  CHECK_FALSE(cut.whole);
  const auto told = answering.ask("/v1/chat/completions", R"({"n":3})");
  CHECK(told.whole);
  CHECK_FALSE(told.was_cut());
  const auto halved = answering.ask("/v1/chat/completions", R"({"n":9})");
  CHECK(halved.sent == half.response->body);
  CHECK(halved.was_cut());
  CHECK_FALSE(halved.length());
}

TEST_CASE("A call of a prompt is found by what it is rendered to, by id or name") {
  log::LogRecord call = test::sample_record(k_then, 1);
  call.path = "/v1/prompts/greet/completions";
  call.prompt_id = "pp-greet";
  call.prompt_version = 1;
  call.request->body = R"({"model":"m","messages":[{"role":"user","content":"Hi Ann"}]})";
  Answering answering({call});
  config::SavedPrompt prompt =
      test::saved_prompt("greet", R"({"model":"m","messages":[{"role":"user","content":"Hi {{name}}"}]})");
  REQUIRE(prompt.id == call.prompt_id);
  answering.saved->add(std::move(prompt));
  for (const char* path : {"/v1/prompts/greet/completions", "/v1/prompts/pp-greet/completions",
                           "/v1/prompts/pp-greet@1/completions"}) {
    CAPTURE(path);
    const auto found = answering.ask(path, R"({"variables":{"name":"Ann"}})");
    CHECK(found.status() == 200);
    CHECK(found.sent == call.response->body);
  }
  const auto other = answering.ask("/v1/prompts/greet/completions", R"({"variables":{"name":"Bob"}})");
  CHECK(other.status() == 404);
  CHECK(other.sent.find(call.id.text() + ", which differs in body.messages[0]") != std::string::npos);
  CHECK(answering.ask("/v1/prompts/greet/completions", "{").status() == 400);
  CHECK(answering.ask("/v1/prompts/greet/completions", "").status() == 400);  // name is missing
  CHECK(answering.ask("/v1/prompts/gone/completions", "{}").status() == 404);
  const auto rendered = answering.ask("/v1/prompts/greet/render", R"({"variables":{"name":"Bob"}})");
  CHECK(rendered.status() == 200);
  CHECK(rendered.sent ==
        R"({"success":true,"data":{"model":"m","messages":[{"role":"user","content":"Hi Bob"}]}})");
}

}  // namespace pk::replay
