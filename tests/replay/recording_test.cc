#include "replay/recording.h"

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::replay {

namespace {

constexpr std::int64_t k_then = 1'772'357'400'000;

log::LogRecord asked(unsigned n, std::string body, std::string path = "/v1/chat/completions") {
  log::LogRecord record = test::sample_record(k_then + n, n);
  record.path = std::move(path);
  record.request->body = std::move(body);
  if (!record.response) record.response = log::Content{{}, "{}"};
  return record;
}

struct Loaded {
  explicit Loaded(const std::vector<log::LogRecord>& records) {
    ledger.write(records);
    auto loaded = Recording::load(store::LogReader(ledger.open()), {});
    REQUIRE(loaded);
    passed_over = loaded->passed_over;
    recording = std::move(loaded->recording);
  }
  std::optional<Uuid> next(std::string_view body, std::string_view path = "/v1/chat/completions") const {
    return recording->next("POST", path, body);
  }
  test::SampleLedger ledger;
  std::unique_ptr<Recording> recording;
  std::size_t passed_over = 0;
};

}  // namespace

TEST_CASE("A request is found by what its JSON says; of several the oldest is first, in turn") {
  const log::LogRecord first = asked(1, R"({"a":1,"b":[2]})"), second = asked(2, R"({ "b":[ 2 ], "a":1})"),
                       other = asked(3, R"({"a":1,"b":[3]})"), text = asked(4, "no json");
  const Loaded loaded({first, second, other, text});
  CHECK(loaded.recording->size() == 4);
  for (int round = 0; round < 2; ++round) {
    CHECK(loaded.next(R"({"b":[2],"a":1})") == first.id);
    CHECK(loaded.next(R"({"b":[2],"a":1})") == second.id);
  }
  CHECK(loaded.next(R"({"a":1,"b":[3]})") == other.id);
  CHECK(loaded.next("no json") == text.id);
  CHECK_FALSE(loaded.next("No json"));
  CHECK_FALSE(loaded.next(R"({"a":1,"b":[3],"stream":true})"));
  CHECK_FALSE(loaded.next(R"({"a":1,"b":[3]})", "/v1/completions"));
  CHECK_FALSE(loaded.recording->next("PUT", "/v1/chat/completions", R"({"a":1,"b":[3]})"));
}

TEST_CASE("What has no whole answer is passed over") {
  log::LogRecord left = asked(1, "{}"), gone = asked(2, "{}"), headless = asked(3, "{}"),
                 long_one = asked(4, "{}");
  long_one.replay_blocked_by = log::ReplayBlock::no_content;  // a part of its answer is kept
  left.state = log::State::aborted;
  gone.request.reset();
  gone.response.reset();
  headless.http_status.reset();
  const Loaded loaded({left, gone, headless, long_one});
  CHECK(loaded.recording->size() == 0);
  CHECK(loaded.passed_over == 4);
  CHECK_FALSE(loaded.recording->nearest("POST", "/v1/chat/completions", "{}"));
}

TEST_CASE("The nearest has the fewest differences, which are named") {
  const log::LogRecord far = asked(1, R"({"model":"m","n":1,"messages":[{"role":"user","content":"x"}]})"),
                       near = asked(2, R"({"model":"m","n":2,"messages":[{"role":"user","content":"a"}]})");
  const Loaded loaded({far, near});
  const auto nearest = loaded.recording->nearest(
      "POST", "/v1/chat/completions", R"({"model":"m","n":2,"messages":[{"role":"user","content":"b"}]})");
  REQUIRE(nearest);
  CHECK(nearest->id == near.id);
  CHECK(nearest->differing == std::vector<std::string>{"body.messages[0]"});
  CHECK_FALSE(loaded.recording->nearest("POST", "/v1/embeddings", "{}"));
}

}  // namespace pk::replay
