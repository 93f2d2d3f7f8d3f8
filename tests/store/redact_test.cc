#include "store/redact.h"

#include "store/feedback.h"
#include "store/reader.h"
#include "store/verify.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

log::FindText find_of(std::string text) {
  return [text](std::string_view in, std::size_t from) -> std::optional<std::pair<std::size_t, std::size_t>> {
    const std::size_t at = in.find(text, from);
    return at == std::string_view::npos ? std::nullopt : std::optional(std::pair{at, at + text.size()});
  };
}

// Turns of two conversations that share their beginning; ana's has the marker.
std::vector<log::LogRecord> conversations() {
  std::vector<log::LogRecord> records;
  const std::string system = R"({"messages":[{"role":"system","content":")" + std::string(5000, 's') + "\"}";
  for (unsigned i = 0; i < 200; ++i) {
    const bool ana = i % 2 == 0;
    records.push_back(sample_record(k_time + i, i));
    records.back().user = ana ? "ana" : "bo";
    std::string body = system;
    for (unsigned turn = 0; turn <= i / 50; ++turn)
      body += std::string(R"(,{"role":"user","content":")") + (ana ? "the MARKER " : "hello ") +
              std::string(600, 'x') + "\"}";
    records.back().request->body = body + "]}";
    if (ana) {
      records.back().trace_id = "trace-MARKER-" + std::to_string(i);
      records.back().metadata = {{"note", "MARKER"}};
      records.back().error = "no MARKER";
    }
  }
  return records;
}

struct Fixture {
  Fixture() {
    ledger.write(records);
    env = ledger.open(store::Mode::read_write);
    const store::Feedback feedback{.id = sample_record(k_time, 9999).id,
                                   .trace_id = "trace-MARKER-0",
                                   .value = 5,
                                   .metadata = {},
                                   .comment = "MARKER!",
                                   .created_at = k_time};
    REQUIRE(store::add_feedback(*env, {&feedback, 1}));
  }
  store::RedactReport redact(const store::RedactRules& rules, bool dry_run = false) const {
    const auto report = store::redact(env, rules, dry_run);
    REQUIRE(report);
    return *report;
  }
  log::LogRecord get(std::size_t i) const {
    const auto record = store::LogReader(env).get(records[i].id);
    REQUIRE(record);
    REQUIRE(*record);
    return **record;
  }
  bool has_marker() const {
    bool has = false;
    for (std::size_t i = 0; i < records.size(); ++i) {
      log::LogRecord record = get(i);
      has |= log::erase(record, find_of("MARKER")).all() > 0;
    }
    REQUIRE(store::list_feedback(*env, [&](const store::Feedback& one) {
      has |=
          one.comment.find("MARKER") != std::string::npos || one.trace_id.find("MARKER") != std::string::npos;
      return true;
    }));
    return has;
  }
  void check_sound() const {
    const auto verified = store::verify(*env);
    REQUIRE(verified);
    CHECK(verified->damage == std::vector<std::string>{});
    CHECK(verified->records == records.size());
  }

  SampleLedger ledger;
  std::vector<log::LogRecord> records = conversations();
  std::shared_ptr<store::Env> env;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A pattern goes from records, bodies, conversations and feedback; numbers stay") {
  const auto dry = redact({.find = find_of("MARKER")}, true);
  CHECK(has_marker());
  const auto done = redact({.find = find_of("MARKER")});
  CHECK(done.logs == 100);
  CHECK(done.logs == dry.logs);
  CHECK(done.places.bodies == dry.places.bodies);
  CHECK(done.feedback == 1);
  CHECK_FALSE(has_marker());
  check_sound();
  log::LogRecord expected = records[2];
  log::erase(expected, find_of("MARKER"));
  CHECK(get(2).request == expected.request);
  CHECK(get(2).total_tokens == records[2].total_tokens);
  CHECK(get(1) == records[1]);
  const auto trace = store::LogReader(env).trace("trace-[redacted]-0");
  REQUIRE(trace);
  CHECK(trace->size() == 1);
  CHECK(store::LogReader(env).trace("trace-MARKER-0")->empty());
  CHECK(store::feedback_summary(*env, "trace-[redacted]-0")->count == 1);
  CHECK(redact({.find = find_of("MARKER")}).logs == 0);
}

TEST_CASE_METHOD(Fixture, "All that a user said goes, and what others share stays theirs") {
  const auto done = redact({.find = {}, .user = "ana"});
  CHECK(done.logs == 100);
  CHECK(done.contents == 200);
  const auto record = get(0);
  CHECK_FALSE(record.request);
  CHECK_FALSE(record.response);
  CHECK(record.user == "[redacted]");
  CHECK(record.error == "[redacted]");
  CHECK(record.total_tokens == 1204);
  CHECK(get(1) == records[1]);
  check_sound();
  REQUIRE(store::list_feedback(*env, [](const store::Feedback& one) {
    CHECK(one.comment == "[redacted]");
    CHECK(one.value == 5);
    return true;
  }));
}

TEST_CASE_METHOD(Fixture, "A pattern within one user's records leaves others as they are") {
  CHECK(redact({.find = find_of("s"), .user = "nobody"}).logs == 0);
  CHECK(redact({.find = find_of("xxx"), .user = "bo"}).logs == 100);
  CHECK(get(2) == records[2]);
  CHECK(get(1).request->body.find("xxx") == std::string::npos);
  check_sound();
}

TEST_CASE_METHOD(Fixture, "A redaction that was ended in the middle is gone on with by the next") {
  int looked = 0;
  const store::RedactWatch watch{.redacted = {},
                                 .go_on = [&](const store::RedactReport&) { return ++looked < 90; }};
  REQUIRE(store::redact(env, {.find = find_of("MARKER")}, false, watch));
  CHECK(has_marker());
  check_sound();
  redact({.find = find_of("MARKER")});
  CHECK_FALSE(has_marker());
  check_sound();
}

}  // namespace pk::test
