// What columns say is what rows say: random ledgers, random filters, both ways.
#include "query/column_filter.h"

#include <algorithm>

#include "base/rng.h"
#include "query/count.h"
#include "query/groups.h"
#include "query/run.h"
#include "query/values.h"
#include "store/column_maker.h"
#include "store/feedback.h"
#include "store/prune.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

using log::LogRecord;
using test::sample_record;
using test::SampleLedger;

constexpr std::int64_t k_time = 1'772'357'400'000;
constexpr std::int64_t k_much_later = k_time + 86'400'000;
constexpr unsigned k_records = 5500;
constexpr unsigned k_many_records = (store::k_blocks_joined + 1) * store::k_block_records + 300;

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : m_rng(seed) {}
  std::size_t below(std::size_t n) { return m_rng.next() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const T& pick(const std::vector<T>& values) {
    return values[below(values.size())];
  }

 private:
  Rng m_rng;
};

const std::vector<std::string> k_models = {"gpt-4o", "gpt-4o-mini", "claude-sonnet-4-5", ""};
const std::vector<std::string> k_users = {"", "ann", "bob", "anna", "zoë"};

LogRecord random_record(Dice& dice, unsigned n, std::size_t variety) {
  // Some share a millisecond; later ones of a stretch are all alike, so that some columns have one value.
  LogRecord record = sample_record(k_time + n * 250, n);
  record.request.reset();
  record.response.reset();
  if (n > 2 * store::k_block_records && n < 3 * store::k_block_records) return record;
  record.model = dice.pick(k_models);
  record.requested_model = dice.one_in(3) ? dice.pick(k_models) : record.model;
  record.user = dice.one_in(3) ? "user-" + std::to_string(dice.below(variety)) : dice.pick(k_users);
  record.provider = dice.one_in(4) ? "anthropic" : dice.one_in(50) ? "" : "openai";
  record.ok = !dice.one_in(20);
  record.http_status = record.ok ? std::optional<std::int64_t>(200) : std::nullopt;
  if (!record.ok && dice.one_in(2)) record.http_status = 400 + static_cast<std::int64_t>(dice.below(130));
  record.endpoint = static_cast<log::Endpoint>(dice.below(6));
  record.state = dice.one_in(30) ? log::State::aborted : log::State::complete;
  record.cache = static_cast<log::Cache>(dice.below(5));
  record.retry = static_cast<log::Retry>(dice.below(3));
  record.retry_attempts =
      record.retry == log::Retry::not_triggered ? 0 : 1 + static_cast<std::int64_t>(dice.below(3));
  record.fallback = dice.one_in(5) ? log::Active::active : log::Active::disabled;
  record.stream = dice.one_in(2);
  record.tracked = !dice.one_in(40);
  if (dice.one_in(4)) record.cost_usd.reset();
  if (record.cost_usd) record.cost_usd = static_cast<double>(dice.below(1000)) / 10'000;
  if (dice.one_in(5)) record.total_tokens.reset();
  if (record.total_tokens)
    record.total_tokens = static_cast<std::int64_t>(dice.below(dice.one_in(9) ? 100'000 : 900));
  // Of some stretches a double cannot tell all values apart.
  if (n > store::k_block_records && n < 2 * store::k_block_records && dice.one_in(100))
    record.total_tokens = (std::int64_t{1} << 60) + static_cast<std::int64_t>(dice.below(2000));
  record.latency_ms = static_cast<double>(dice.below(5'000'000)) / 1000;
  record.config_id = dice.one_in(3) ? "pc-main-000001" : "";
  if (dice.one_in(3)) record.metadata.emplace_back("team", dice.one_in(2) ? "red" : "blue");
  if (dice.one_in(7)) record.metadata.emplace_back("run", std::to_string(dice.below(variety)));
  if (dice.one_in(90)) record.metadata.emplace_back("team", "green");  // a name twice
  if (dice.one_in(10)) record.trace_id = "trace-" + std::to_string(dice.below(50));
  if (dice.one_in(60)) record.replay_of = sample_record(k_time, 1).id;
  if (dice.one_in(6)) record.attempts.push_back(record.attempts.front());
  return record;
}

std::string random_term(Dice& dice) {
  static const std::vector<std::string> terms = {"model:gpt-4o",
                                                 "model:gpt-4o,claude-sonnet-4-5",
                                                 "model:gpt*",
                                                 "model:*mini*",
                                                 "model:none",
                                                 "user:ann",
                                                 "user:ann*",
                                                 "user:nobody",
                                                 "user:user-3",
                                                 "user:zoë",
                                                 "provider:openai",
                                                 "provider:*",
                                                 "provider:cohere",
                                                 "endpoint:messages,responses",
                                                 "state:aborted",
                                                 "state:interrupted",
                                                 "http-status:200",
                                                 "http-status:4xx",
                                                 "http-status:429-500",
                                                 "http-status:599",
                                                 "status:cache-hit",
                                                 "status:cache-hit,cache-miss",
                                                 "status:retry-success-2",
                                                 "status:retry-success",
                                                 "status:fallback-active",
                                                 "status:loadbalance-active",
                                                 "config-id:pc-main-000001",
                                                 "config-id:pc-none",
                                                 "prompt-id:pp-none",
                                                 "metadata:team=red",
                                                 "metadata:team=green",
                                                 "metadata:run=4",
                                                 "metadata:run=nothing",
                                                 "metadata:team=blue",
                                                 "cost>=0.05",
                                                 "cost<0.01",
                                                 "cost>5",
                                                 "cost=0.0031",
                                                 "tokens<=500",
                                                 "tokens>90000",
                                                 "tokens=1204",
                                                 "tokens<1",
                                                 "tokens>1152921504606846976",
                                                 "tokens<1152921504606848000",
                                                 "latency>4900",
                                                 "latency<=2.5",
                                                 "latency=250.5",
                                                 "feedback>=1",
                                                 "feedback<0",
                                                 "stream:true",
                                                 "stream:false",
                                                 "errors:true",
                                                 "errors:false",
                                                 "untracked:true",
                                                 "since:2026-03-01T09:40:00Z",
                                                 "until:2026-03-01T09:45:00Z",
                                                 "since:2026-03-01T09:30:01Z",
                                                 "since:2027-01-01",
                                                 "replay-of:019ca8b1-4bc0-7000-8000-000000000001",
                                                 "trace-id:trace-7"};
  return dice.pick(terms);
}

Filter random_filter(Dice& dice) {
  std::string text;
  for (std::size_t i = 0; i <= dice.below(3); ++i) text += random_term(dice) + " ";
  const auto parsed = parse_text(text, k_time);
  if (!parsed) FAIL(text << parsed.error().message);
  return *parsed;
}

// All rows, read one by one.
std::vector<LogRecord> rows_of(const store::LogReader& reader) {
  std::vector<LogRecord> rows;
  REQUIRE(reader.scan({}, SIZE_MAX, [&](const LogRecord& record) {
    rows.push_back(record);
    return true;
  }));
  return rows;
}

std::vector<Uuid> ids_of(const store::LogReader& reader, const Query& query) {
  std::vector<Uuid> ids;
  const auto page = run(reader, query, [&](const LogRecord& record) {
    ids.push_back(record.id);
    return true;
  });
  if (!page) FAIL(page.error().message);
  CHECK(page->damaged.empty());
  return ids;
}

// Of the ids past `after`, those from the middle on.
void check_skip(const store::LogReader& reader, const Filter& filter, const std::vector<Uuid>& past,
                const Uuid& after, std::size_t skip, store::Order order) {
  CAPTURE(skip);
  const std::size_t begin = std::min(skip, past.size());
  const std::size_t end = std::min(begin + 7, past.size());
  CHECK(ids_of(reader, {.filter = filter, .limit = 7, .after = after, .skip = skip, .order = order}) ==
        std::vector<Uuid>(past.begin() + static_cast<std::ptrdiff_t>(begin),
                          past.begin() + static_cast<std::ptrdiff_t>(end)));
}

void check_list(const store::LogReader& reader, const std::vector<LogRecord>& rows, const Filter& filter,
                Dice& dice) {
  std::vector<Uuid> expected;
  for (const LogRecord& row : rows)
    if (matches(filter, row)) expected.push_back(row.id);
  CHECK(ids_of(reader, {.filter = filter, .limit = 0}) == expected);
  CHECK(count(reader, filter)->records == expected.size());
  std::vector<Uuid> first(
      expected.begin(),
      expected.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(expected.size(), 7)));
  CHECK(ids_of(reader, {.filter = filter, .limit = 7}) == first);
  const Uuid at = rows[dice.below(rows.size())].id;
  std::vector<Uuid> older;
  std::vector<Uuid> newer;
  for (const Uuid& id : expected)
    if (id != at) (id < at ? older : newer).push_back(id);
  CHECK(ids_of(reader, {.filter = filter, .limit = 0, .after = at}) == older);
  std::ranges::reverse(newer);
  CHECK(ids_of(reader, {.filter = filter, .limit = 0, .after = at, .order = store::Order::oldest_first}) ==
        newer);
  check_skip(reader, filter, older, at, dice.below(older.size() + 3), store::Order::newest_first);
  check_skip(reader, filter, newer, at, dice.below(newer.size() + 3), store::Order::oldest_first);
}

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

void check_stats(const store::LogReader& reader, const std::vector<LogRecord>& rows, const Filter& filter,
                 const std::string& by) {
  CAPTURE(by);
  const Grouping grouping = *parse_grouping(by);
  Groups groups(grouping);
  for (const LogRecord& row : rows)
    if (matches(filter, row)) REQUIRE(groups.add(row));
  const std::vector<Group> expected = groups.finish(*reader.feedback_totals(), 0);
  const auto report = stats(reader, filter, grouping);
  REQUIRE(report);
  CHECK(report->damaged.empty());
  REQUIRE(report->groups.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    Stats stats = report->groups[i].stats;
    CHECK(report->groups[i].name == expected[i].name);
    // Reals are added in another order.
    CHECK(near(stats.cost_usd, expected[i].stats.cost_usd));
    CHECK(near(stats.saved_usd, expected[i].stats.saved_usd));
    CHECK(near(stats.feedback.weighted_average.value_or(0),
               expected[i].stats.feedback.weighted_average.value_or(0)));
    stats.cost_usd = expected[i].stats.cost_usd;
    stats.saved_usd = expected[i].stats.saved_usd;
    stats.feedback.weighted_average = expected[i].stats.feedback.weighted_average;
    CHECK(stats == expected[i].stats);
  }
}

void check_values(const store::LogReader& reader, const std::vector<LogRecord>& rows) {
  std::map<std::string, std::uint64_t> users;
  std::map<std::string, std::uint64_t> runs;
  for (const LogRecord& row : rows) {
    if (row.user.starts_with("user-1")) ++users[row.user];
    for (const auto& [name, value] : row.metadata)
      if (name == "run") ++runs[value];
  }
  for (const auto& [field, prefix, expected] :
       {std::tuple("user", "user-1", &users), std::tuple("metadata.run", "", &runs)}) {
    const auto found = values(reader, field, prefix, SIZE_MAX / 2);
    REQUIRE(found);
    CHECK(found->size() == expected->size());
    for (const ValueCount& one : *found) CHECK((*expected)[one.value] == one.records);
  }
}

void check_all(const SampleLedger& ledger, Dice& dice, unsigned filters) {
  const store::LogReader reader(ledger.open());
  const std::vector<LogRecord> rows = rows_of(reader);
  static const std::vector<std::string> groupings = {"",     "model",  "provider",     "status",
                                                     "user", "config", "prompt",       "day",
                                                     "hour", "minute", "metadata.team"};
  for (unsigned i = 0; i < filters; ++i) {
    const Filter filter = random_filter(dice);
    CAPTURE(to_text(filter));
    check_list(reader, rows, filter, dice);
    check_stats(reader, rows, filter, dice.pick(groupings));
  }
  check_list(reader, rows, {}, dice);
  for (const std::string& by : groupings) check_stats(reader, rows, {}, by);
  check_values(reader, rows);
}

void add_feedback(store::Env& env, Dice& dice, const std::vector<LogRecord>& records) {
  std::vector<store::Feedback> feedback(40);
  for (std::size_t i = 0; i < feedback.size(); ++i) {
    feedback[i].id = Uuid::lowest_of(k_time + static_cast<std::int64_t>(i));
    feedback[i].trace_id = dice.pick(records).trace_id;
    feedback[i].value = static_cast<std::int64_t>(dice.below(21)) - 10;
    feedback[i].weight = dice.one_in(5) ? 0 : 0.5;
  }
  REQUIRE(store::add_feedback(env, feedback));
}

void make_columns(const SampleLedger& ledger) {
  const auto env = ledger.open(store::Mode::read_write);
  REQUIRE(store::make_columns(*env, k_much_later));
}

}  // namespace

TEST_CASE("Columns and rows agree, with late, changed and removed records in between") {
  const std::uint64_t seed = GENERATE(1, 2, 3);
  CAPTURE(seed);
  Dice dice(seed);
  SampleLedger ledger;
  std::vector<LogRecord> records;
  std::vector<LogRecord> late;
  // With one of many, small blocks are joined.
  const bool many = seed == 2;
  const unsigned checks = many ? 15 : 60;
  for (unsigned n = 0; n < (many ? k_many_records : k_records); ++n)
    (dice.one_in(100) ? late : records).push_back(random_record(dice, n, seed == 1 ? 10 : 3000));
  ledger.write(records);
  add_feedback(*ledger.open(store::Mode::read_write), dice, records);
  check_all(ledger, dice, 5);  // without any
  make_columns(ledger);
  check_all(ledger, dice, checks);

  // Late ones, changed ones, and others that go: with marks, and with blocks that marks have dropped.
  for (unsigned i = 0; i < 30; ++i) {
    late.push_back(dice.pick(records));
    late.back().user = "changed";
    late.back().cost_usd = 77;
  }
  ledger.write(late);
  std::vector<Uuid> gone;
  for (unsigned i = 0; i < 20; ++i) gone.push_back(dice.pick(records).id);
  if (seed == 3)
    for (unsigned i = 1000; i < 1200; ++i) gone.push_back(records[i].id);
  REQUIRE(store::remove(*ledger.open(store::Mode::read_write), gone));
  check_all(ledger, dice, checks);
  make_columns(ledger);
  check_all(ledger, dice, checks);
}

}  // namespace pk::query
