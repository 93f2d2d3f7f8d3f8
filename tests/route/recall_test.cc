#include "route/recall.h"

#include "route/plays.h"
#include "route/why.h"

namespace pk::route {
namespace {

using namespace plays;

log::Attempt attempt(std::string option, std::optional<std::int64_t> status, double wait_ms = 0) {
  log::Attempt made;
  made.option = std::move(option);
  made.http_status = status;
  made.wait_ms = wait_ms;
  return made;
}

std::vector<std::string> why_of(const Play& play, const log::LogRecord& record) {
  const Recalled recalled = recall(play.route, record, {});
  return why(play.route, recalled.facts, recalled.history);
}

TEST_CASE("What an exchange did is worked out again from its record") {
  const Play play(
      targets(R"({"mode":"fallback"})", 2, R"(,"retry":{"attempts":2,"use_retry_after_header":true})"));
  log::LogRecord record;
  record.attempts = {attempt("config.targets[0]", 429), attempt("config.targets[0]", 429, 1000),
                     attempt("config.targets[0]", std::nullopt, 3500), attempt("config.targets[1]", 408),
                     attempt("config.targets[1]", 200)};
  const Recalled recalled = recall(play.route, record, {});
  REQUIRE(recalled.history.size() == 5);
  CHECK_FALSE(recalled.history[0].retry_after_ms);
  CHECK(recalled.history[1].retry_after_ms == 3500);
  CHECK(recalled.history[2].kind == Outcome::Kind::network_error);
  CHECK(recalled.history[3].kind == Outcome::Kind::timeout);
  record.attempts.pop_back();
  CHECK(why_of(play, record) ==
        std::vector<std::string>{"config: targets[0] first", "config.targets[0]: retry 1 of 2, 1 s after 429",
                                 "config.targets[0]: retry 2 of 2, 3.5 s after 429, as its retry-after asks",
                                 "config.targets[0]: ended with a network error after 2 of 2 retries",
                                 "config: fell back to targets[1] on a network error",
                                 "config.targets[1]: ended with a timeout, which is not retried",
                                 "config: no target is left after a timeout"});
}

TEST_CASE("An attempt that the client's leaving cut short is no outcome; one that was left before is") {
  const Play play(targets(R"({"mode":"fallback"})", 2, R"(,"retry":{"attempts":2})"));
  log::LogRecord record;
  record.state = log::State::aborted;
  record.attempts = {attempt("config.targets[0]", 500), attempt("config.targets[0]", std::nullopt, 1000)};
  CHECK(recall(play.route, record, {}).history.size() == 1);
  CHECK(why_of(play, record) == std::vector<std::string>{"config: targets[0] first",
                                                         "config.targets[0]: retry 1 of 2, 1 s after 500"});
  record.attempts.pop_back();
  CHECK(recall(play.route, record, {}).history.size() == 1);
  record.state = log::State::complete;
  record.attempts.push_back(attempt("config.targets[0]", std::nullopt, 1000));
  CHECK(recall(play.route, record, {}).history.size() == 2);
}

TEST_CASE("No answer and a 400 for the client is an error of the gateway itself") {
  const Play play(targets(R"({"mode":"fallback"})", 2, R"(,"retry":{"attempts":2})"));
  log::LogRecord record;
  record.attempts = {attempt("config.targets[0]", std::nullopt)};
  record.http_status = 400;
  const Recalled recalled = recall(play.route, record, {});
  CHECK(recalled.history.at(0).kind == Outcome::Kind::gateway_exception);
  CHECK(why_of(play, record).back() == "config: no fallback on an error of the gateway itself");
  record.http_status = 502;
  CHECK(recall(play.route, record, {}).history.at(0).kind == Outcome::Kind::network_error);
}

TEST_CASE("A last 429 with retries left was ended by its retry-after") {
  const Play play(R"({"provider":"demo","retry":{"attempts":2,"use_retry_after_header":true}})");
  log::LogRecord record;
  record.attempts = {attempt("config", 429)};
  CHECK(
      why_of(play, record) ==
      std::vector<std::string>{"config: ended with 429: its retry-after asks for more than is left of 60 s"});
}

TEST_CASE("A weighted pick comes out as it did, from the seed in the record") {
  Play play(targets(R"({"mode":"loadbalance"})", 2));
  for (play.facts.seed = 0; play.facts.seed < 20; ++play.facts.seed) {
    log::LogRecord record;
    record.seed = static_cast<std::int64_t>(play.facts.seed);
    record.attempts = {attempt(play.route.leaf(play.next().leaf).path, 200)};
    CHECK(why_of(play, record).at(0).find("by weight 1 of 2") != std::string::npos);
  }
}

TEST_CASE("A target that was left out had its breaker open, where it has one") {
  const Play play(targets(R"({"mode":"fallback","cb_config":{"failure_threshold":1}})", 3));
  log::LogRecord record;
  record.attempts = {attempt("config.targets[2]", 200)};
  CHECK(why_of(play, record) ==
        std::vector<std::string>{"config: targets[0] skipped, its circuit breaker is open",
                                 "config: targets[1] skipped, its circuit breaker is open",
                                 "config: targets[2] first", "config.targets[2]: ended with 200"});
}

TEST_CASE("A target that the seed does not pick was sticky, where that may be") {
  Play play(R"({"strategy":{"mode":"loadbalance","sticky":{"hash_fields":["metadata.u"]}},
                "targets":[{"provider":"demo"},{"provider":"demo"}]})");
  while (play.next().leaf != 0) ++play.facts.seed;
  log::LogRecord record;
  record.seed = static_cast<std::int64_t>(play.facts.seed);
  record.attempts = {attempt("config.targets[1]", 200)};
  CHECK(why_of(play, record).at(0) == "config: targets[1] as before, by its hash_fields");
}

TEST_CASE("A record of another config ends where they part, and does no harm") {
  const Play play(targets(R"({"mode":"fallback"})", 2));
  log::LogRecord record;
  record.attempts = {attempt("config.targets[1]", 200)};
  CHECK(why_of(play, record).back().find("it may have changed since") != std::string::npos);
  record.attempts = {attempt("config.targets[0]", 500), attempt("config.targets[7]", 200)};
  CHECK(recall(play.route, record, {}).history.size() == 1);
  record.attempts = {attempt("", 500)};
  CHECK(recall(play.route, record, {}).history.empty());
}

TEST_CASE("Metadata and path are the record's") {
  const Play play(
      targets(R"({"mode":"conditional","conditions":[{"query":{"metadata.a":"b","url.pathname":"/v1/x",
      "params.n":1},"then":"t1"}]})",
              2));
  log::LogRecord record;
  record.metadata = {{"a", "b"}};
  record.path = "/v1/x";
  record.attempts = {attempt("config.targets[1]", 200)};
  const auto param = [](std::string_view) { return std::optional<std::string_view>("1"); };
  const Recalled recalled = recall(play.route, record, param);
  CHECK(why(play.route, recalled.facts, recalled.history).at(0) == "config: targets[1] by conditions[0]");
}

}  // namespace
}  // namespace pk::route
