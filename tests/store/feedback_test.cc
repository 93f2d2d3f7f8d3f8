#include "store/feedback.h"

#include <cmath>

#include "store/fixture.h"
#include "store/verify.h"

namespace pk::store::test {
namespace {

Feedback feedback(std::uint64_t n, const std::string& trace, std::int64_t value, double weight) {
  return {id_at(k_now_ms, n), trace, value, weight, {{"team", "red"}}, "words", k_now_ms};
}

}  // namespace

TEST_CASE("Feedback comes back newest first, as it was") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<Feedback> all;
  for (std::uint64_t n = 0; n < 600; ++n)
    all.push_back(feedback(n, "t" + std::to_string(n % 3), static_cast<std::int64_t>(n % 21) - 10, 0.5));
  must(add_feedback(*env, all));
  std::vector<Feedback> read;
  REQUIRE(must(list_feedback(*env, [&](const Feedback& one) {
            read.push_back(one);
            return true;
          })) == 600);
  std::reverse(read.begin(), read.end());
  REQUIRE(read == all);
  REQUIRE(must(list_feedback(*env, [&](const Feedback&) { return false; })) == 1);
  REQUIRE(must(verify(*env)).damaged == 0);
}

TEST_CASE("The average is weighted, and joined to records written before or after") {
  const TempDir dir;
  const auto env = open_env(dir);
  log::LogRecord before = record_at(k_now_ms);
  log::LogRecord other = record_at(k_now_ms + 1);
  before.trace_id = "trace";
  write_all(env, {before, other});
  const std::vector<Feedback> some = {feedback(1, "trace", 10, 1), feedback(2, "trace", -5, 0.5),
                                      feedback(3, "elsewhere", 1, 1)};
  must(add_feedback(*env, some));
  log::LogRecord after = record_at(k_now_ms + 2);
  after.trace_id = "trace";
  write_all(env, {after});
  const log::FeedbackSummary expected{2, (10 - 2.5) / 1.5};
  const std::vector<log::LogRecord> records = read_all(env);
  REQUIRE(records.at(0).feedback == expected);
  REQUIRE(records.at(1).feedback == log::FeedbackSummary{});
  REQUIRE(records.at(2).feedback == expected);
  REQUIRE(must(LogReader(env).get(after.id))->feedback == expected);
  REQUIRE(must(feedback_summary(*env, "trace")) == expected);
}

TEST_CASE("Weights of nothing give a count and no average") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::vector<Feedback> some = {feedback(1, "t", 10, 0)};
  must(add_feedback(*env, some));
  REQUIRE(must(feedback_summary(*env, "t")) == log::FeedbackSummary{1, std::nullopt});
}

TEST_CASE("Values out of range are refused, all of them or none are taken") {
  const TempDir dir;
  const auto env = open_env(dir);
  for (const Feedback& bad : {feedback(2, "t", 11, 1), feedback(2, "t", -11, 1), feedback(2, "t", 1, 1.1),
                              feedback(2, "t", 1, -0.1), feedback(2, "t", 1, NAN), feedback(2, "", 1, 1)}) {
    const std::vector<Feedback> some = {feedback(1, "t", 1, 1), bad};
    const Result<void> added = add_feedback(*env, some);
    REQUIRE_FALSE(added);
    REQUIRE(added.error().code == Errc::invalid);
  }
  REQUIRE(entries_of(env, Table::feedback) == 0);
}

TEST_CASE("Replaced feedback counts anew, under another trace too; an unknown id is not there") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::vector<Feedback> some = {feedback(1, "t", 1, 1)};
  must(add_feedback(*env, some));
  REQUIRE(must(replace_feedback(*env, feedback(1, "u", 5, 1))));
  REQUIRE_FALSE(must(replace_feedback(*env, feedback(2, "u", 5, 1))));
  REQUIRE(must(feedback_summary(*env, "t")).count == 0);
  REQUIRE(must(feedback_summary(*env, "u")) == log::FeedbackSummary{1, 5.0});
  REQUIRE(must(verify(*env)).damaged == 0);
}

TEST_CASE("Feedback is found by its id, by its trace, and listed from any place on") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<Feedback> all;
  for (std::uint64_t n = 0; n < 400; ++n) all.push_back(feedback(n, n % 100 == 7 ? "few" : "many", 1, 1));
  must(add_feedback(*env, all));
  CHECK(must(find_feedback(*env, all[5].id)) == all[5]);
  CHECK_FALSE(must(find_feedback(*env, id_at(k_now_ms, 400))));
  CHECK(must(trace_feedback(*env, "few")) == std::vector<Feedback>{all[307], all[207], all[107], all[7]});
  CHECK(must(trace_feedback(*env, "none")).empty());
  std::vector<Feedback> listed;
  must(list_feedback(
      *env, [&](const Feedback& one) { return listed.push_back(one), true; }, all[3].id));
  CHECK(listed == std::vector<Feedback>{all[2], all[1], all[0]});
}

}  // namespace pk::store::test
