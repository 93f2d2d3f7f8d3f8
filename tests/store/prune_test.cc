#include "store/prune.h"

#include "store/feedback.h"
#include "store/fixture.h"
#include "store/locks.h"
#include "store/shares.h"
#include "store/verify.h"

namespace pk::store::test {
namespace {

PruneRules rules_of(Tier tier) {
  PruneRules rules;
  rules.now_ms = k_now_ms;
  rules.tier = tier;
  return rules;
}

RecordFacts aged(std::int64_t age_ms, bool has_content = true) {
  RecordFacts facts;
  facts.time_ms = k_now_ms - age_ms;
  facts.has_content = has_content;
  return facts;
}

// One record a day, the oldest `days` old.
void fill_days(const std::shared_ptr<Env>& env, int days) {
  std::vector<log::LogRecord> records;
  for (int day = days; day > 0; --day) {
    records.push_back(record_at(k_now_ms - day * k_day_ms, static_cast<std::uint64_t>(day)));
    records.back().trace_id = "trace " + std::to_string(day);
    records.back().request->body = conversation(1 + static_cast<std::size_t>(day) % 5);
  }
  write_all(env, records);
}

// The run's report, after the dry run's, which must be the same.
PruneReport prune_twice(const std::shared_ptr<Env>& env, const PruneRules& rules) {
  const std::uint64_t before = LogReader(env).version();
  const PruneReport dry = must(prune(*env, rules, true));
  REQUIRE(LogReader(env).version() == before);
  const PruneReport done = must(prune(*env, rules));
  CHECK(dry.bytes_freed == done.bytes_freed);
  REQUIRE(dry == done);
  REQUIRE(must(LogReader(env).count()) == done.kept);
  const VerifyReport verified = must(verify(*env));
  for (const std::string& line : verified.damage) UNSCOPED_INFO(line);
  REQUIRE(verified.damaged == 0);
  REQUIRE(prune(*env, rules)->bytes_freed == 0);  // nothing is left to do
  return done;
}

}  // namespace

TEST_CASE("A plan strips at its retention and removes at that of statistics, to the millisecond") {
  struct Case {
    Tier tier;
    std::int64_t age_ms;
    bool has_content;
    Fate fate;
    std::string_view reason;
  };
  const std::vector<Case> cases = {
      {Tier::developer, 3 * k_day_ms - 1, true, Fate::keep, ""},
      {Tier::developer, 3 * k_day_ms, true, Fate::strip, "content-expired"},
      {Tier::developer, 3 * k_day_ms, false, Fate::keep, ""},
      {Tier::developer, 30 * k_day_ms - 1, true, Fate::strip, "content-expired"},
      {Tier::developer, 30 * k_day_ms, true, Fate::remove, "statistics-expired"},
      {Tier::developer, 30 * k_day_ms, false, Fate::remove, "statistics-expired"},
      {Tier::production, 30 * k_day_ms - 1, true, Fate::keep, ""},
      {Tier::production, 30 * k_day_ms, true, Fate::strip, "content-expired"},
      {Tier::production, 365 * k_day_ms - 1, false, Fate::keep, ""},
      {Tier::production, 365 * k_day_ms, false, Fate::remove, "statistics-expired"},
      {Tier::enterprise, 100'000 * k_day_ms, true, Fate::keep, ""},
      {Tier::developer, -10 * k_day_ms, true, Fate::keep, ""},
  };
  for (const Case& c : cases) {
    INFO(slug(c.tier) << " " << c.age_ms);
    REQUIRE(verdict(rules_of(c.tier), aged(c.age_ms, c.has_content)) == Verdict{c.fate, c.reason});
  }
}

TEST_CASE("What keeps wins over what takes, and says so only where something would be taken") {
  PruneRules rules;
  rules.now_ms = k_now_ms;
  rules.older_than_ms = k_day_ms;
  rules.keep_last = 5;
  RecordFacts facts = aged(2 * k_day_ms);
  REQUIRE(verdict(rules, facts) == Verdict{Fate::remove, "older-than"});
  facts.has_feedback = true;
  REQUIRE(verdict(rules, facts) == Verdict{Fate::remove, "older-than"});
  rules.keep_feedback = true;
  REQUIRE(verdict(rules, facts) == Verdict{Fate::keep, "keep-feedback"});
  facts.is_shared = true;
  REQUIRE(verdict(rules, facts) == Verdict{Fate::keep, "keep-feedback"});
  facts.has_feedback = false;
  REQUIRE(verdict(rules, facts) == Verdict{Fate::remove, "older-than"});
  rules.keep_shared = true;
  REQUIRE(verdict(rules, facts) == Verdict{Fate::keep, "keep-shared"});
  facts.among_last = true;
  REQUIRE(verdict(rules, facts) == Verdict{Fate::keep, "keep-last"});
  facts.time_ms = k_now_ms - k_day_ms + 1;
  REQUIRE(verdict(rules, facts) == Verdict{Fate::keep, ""});
  facts = aged(-k_day_ms);
  facts.over_max_bytes = true;
  rules.max_bytes = 0;
  REQUIRE(verdict(rules, facts) == Verdict{Fate::keep, "future"});
  facts = aged(0);
  facts.over_max_bytes = true;
  REQUIRE(verdict(rules, facts) == Verdict{Fate::remove, "max-size"});
}

TEST_CASE("A plan's prune does what its dry run says, and a second one nothing") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill_days(env, 40);
  const PruneReport report = prune_twice(env, rules_of(Tier::developer));
  REQUIRE(report.removed == 11);
  REQUIRE(report.stripped == 27);
  REQUIRE(report.kept == 29);
  REQUIRE(report.reasons == std::map<std::string, std::uint64_t, std::less<>>{{"content-expired", 27},
                                                                              {"statistics-expired", 11}});
  REQUIRE(entries_of(env, Table::requests) == 2);
  REQUIRE(must(prune(*env, rules_of(Tier::enterprise))).kept == 29);
}

TEST_CASE("Records older than an age go whole, but the last ones and those with feedback") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill_days(env, 30);
  const std::vector<Feedback> some = {{id_at(k_now_ms), "trace 20", 5, 1, {}, "", k_now_ms}};
  must(add_feedback(*env, some));
  PruneRules rules;
  rules.now_ms = k_now_ms;
  rules.older_than_ms = 5 * k_day_ms;
  rules.keep_last = 10;
  rules.keep_feedback = true;
  const PruneReport report = prune_twice(env, rules);
  REQUIRE(report.removed == 19);
  REQUIRE(report.kept == 11);
  REQUIRE(report.reasons.at("keep-last") == 6);
  REQUIRE(report.reasons.at("keep-feedback") == 1);
  REQUIRE(must(LogReader(env).trace("trace 20")).size() == 1);
}

TEST_CASE("What a living link shows stays if it is asked for; a dead link keeps nothing") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill_days(env, 30);
  const auto share = [&](int day, std::optional<std::int64_t> expires_at) {
    Share wanted;
    wanted.log_id = id_at(k_now_ms - day * k_day_ms, static_cast<std::uint64_t>(day));
    wanted.created_at = k_now_ms - k_day_ms;
    wanted.expires_at = expires_at;
    must(add_share(*env, wanted));
  };
  share(20, std::nullopt);
  share(19, k_now_ms + 1);
  share(18, k_now_ms);
  PruneRules rules = rules_of(Tier::developer);
  rules.keep_shared = true;
  const PruneReport report = prune_twice(env, rules);
  REQUIRE(report.removed == 1);
  REQUIRE(report.stripped == 25);
  REQUIRE(report.reasons.at("keep-shared") == 2);
  rules.keep_shared = false;
  rules.older_than_ms = 5 * k_day_ms;
  REQUIRE(prune_twice(env, rules).removed == 25);
  REQUIRE(must(list_shares(*env, k_now_ms, std::nullopt)).entries.empty());
}

TEST_CASE("A maximal size takes the oldest until it fits, never a record of the future") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill_days(env, 60);
  write_all(env, {record_at(k_now_ms + k_day_ms)});
  PruneRules rules;
  rules.now_ms = k_now_ms;
  const std::uint64_t used = must(env->size()).used_bytes;
  rules.max_bytes = used;
  REQUIRE(prune_twice(env, rules).removed == 0);
  rules.max_bytes = used - 20'000;
  const PruneReport some = must(prune(*env, rules));
  REQUIRE(some.removed > 0);
  REQUIRE(some.bytes_freed >= 20'000);
  const auto records = read_all(env);
  REQUIRE(records.front().id ==
          id_at(k_now_ms - static_cast<std::int64_t>(60 - some.removed) * k_day_ms, 60 - some.removed));
  rules.max_bytes = 0;
  const PruneReport all = must(prune(*env, rules));
  REQUIRE(all.kept == 1);
  REQUIRE(all.reasons.at("future") == 1);
  REQUIRE(entries_of(env, Table::nodes) == 0);
}

TEST_CASE(
    "More records than a transaction holds go in several, and an end in between leaves a sound ledger") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<log::LogRecord> records;
  for (std::uint64_t n = 0; n < 2500; ++n) records.push_back(record_at(k_now_ms - 40 * k_day_ms, n));
  write_all(env, records);
  PruneRules rules = rules_of(Tier::developer);
  const PruneReport first = must(prune(*env, rules, false, [] { return false; }));
  REQUIRE_FALSE(first.finished);
  REQUIRE(first.removed > 0);
  REQUIRE(first.removed <= k_prune_records_per_txn);
  REQUIRE(must(LogReader(env).count()) == 2500 - first.removed);
  REQUIRE(must(verify(*env)).damaged == 0);
  const PruneReport rest = must(prune(*env, rules));
  REQUIRE(rest.finished);
  REQUIRE(rest.removed == 2500 - first.removed);
  REQUIRE(must(month_count(*env, k_now_ms - 40 * k_day_ms)).logs == 2500);  // what was logged was logged
}

TEST_CASE("Two prunes do not run at once; a dry run may") {
  const TempDir dir;
  const auto env = open_env(dir);
  const FileLock other = must(take_prune_lock(dir.path()));
  REQUIRE_FALSE(prune(*env, rules_of(Tier::developer)));
  must(prune(*env, rules_of(Tier::developer), true));
}

TEST_CASE("Ids are removed wherever they are; those that are not there are passed over") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill_days(env, 5);
  const std::vector<Uuid> ids = {id_at(k_now_ms - k_day_ms, 1), id_at(1), id_at(k_now_ms - 3 * k_day_ms, 3)};
  REQUIRE(must(remove(*env, ids)) == 2);
  REQUIRE(must(LogReader(env).count()) == 3);
  REQUIRE(must(verify(*env)).damaged == 0);
}

}  // namespace pk::store::test
