#include "query/stats.h"

#include "store/feedback.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

using test::sample_record;
using test::SampleLedger;

constexpr std::int64_t k_time = 1'772'357'400'000;  // 2026-03-01T09:30:00Z

Filter filter(std::string_view text) {
  const auto parsed = parse_text(text, k_time);
  if (!parsed) FAIL(parsed.error().message);
  return *parsed;
}

// Four records: two good ones of gpt-4o-mini, a cache hit, a failure without a model an hour later.
struct Fixture {
  Fixture() {
    for (unsigned i = 0; i < 4; ++i) records.push_back(sample_record(k_time + i * 1000, i + 1));
    records[0].cache = log::Cache::miss;
    records[0].latency_ms = 100;
    records[1].cache = log::Cache::hit;
    records[1].attempts.clear();
    records[1].cost_usd = 0;
    records[1].saved_usd = 0.0031;
    records[1].latency_ms = 2;
    records[1].user = "ann";
    records[2].attempts.insert(records[2].attempts.begin(), records[2].attempts.front());
    records[2].retry = log::Retry::success;
    records[2].retry_attempts = 1;
    records[2].latency_ms = 300;
    records[2].metadata = {{"team", "red"}};
    records[3] = sample_record(k_time + 3'600'000, 4);
    records[3].ok = false;
    records[3].http_status = 429;
    records[3].model.clear();
    records[3].prompt_tokens = records[3].completion_tokens = records[3].total_tokens = std::nullopt;
    records[3].cost_usd.reset();
    records[3].latency_ms = 400;
    ledger.write(records);
  }

  StatsReport report(const std::string& by, std::string_view of = "") const {
    const store::LogReader reader(ledger.open());
    const auto grouping = parse_grouping(by);
    REQUIRE(grouping);
    auto done = stats(reader, filter(of), *grouping);
    if (!done) FAIL(done.error().message);
    return *std::move(done);
  }
  // "gpt-4o-mini 3, - 1"
  std::string names(const std::string& by, std::string_view of = "") const {
    std::string out;
    for (const Group& group : report(by, of).groups)
      out +=
          (out.empty() ? "" : ", ") + group.name.value_or("-") + " " + std::to_string(group.stats.requests);
    return out;
  }

  SampleLedger ledger;
  std::vector<log::LogRecord> records;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Statistics of all records are one group") {
  const StatsReport all = report("");
  REQUIRE(all.groups.size() == 1);
  CHECK(to_json(Grouping{}, all) ==
        "{\"requests\":4,\"errors\":1,\"prompt_tokens\":3000,\"completion_tokens\":612,\"total_tokens\":3612,"
        "\"cost_usd\":0.0062,\"saved_usd\":0.0031,\"latency_p50_ms\":100,\"latency_p95_ms\":400,"
        "\"latency_p99_ms\":400,\"cache_hit_rate\":0.5,\"retries\":1,\"rescued\":1,\"errors_by_status\":{"
        "\"429\":1},"
        "\"feedback\":{\"count\":0,\"weighted_average\":null}}");
}

TEST_CASE_METHOD(Fixture, "Statistics of no records are zeros, and nothing where there is no number") {
  const StatsReport none = report("", "user:nobody");
  REQUIRE(none.groups.size() == 1);
  CHECK(none.groups[0].stats == Stats{});
  CHECK(to_json(Grouping{}, none).find("\"latency_p50_ms\":null") != std::string::npos);
  CHECK(to_json(*parse_grouping("model"), report("model", "user:nobody")) == "[]");
}

TEST_CASE_METHOD(Fixture, "Of many groups those with the most requests are left, of times the latest") {
  const store::LogReader reader(ledger.open());
  const auto some = [&](const std::string& by, std::size_t most) {
    auto done = stats(reader, {}, *parse_grouping(by), most);
    REQUIRE(done);
    return done->groups;
  };
  REQUIRE(some("model", 1).size() == 1);
  CHECK(some("model", 1)[0].name == "gpt-4o-mini");
  CHECK(some("model", 2).size() == 2);
  const auto minutes = some("minute", 0);
  REQUIRE(!minutes.empty());
  const auto latest = some("minute", 1);
  REQUIRE(latest.size() == 1);
  CHECK(latest[0].name == minutes.back().name);
}

TEST_CASE_METHOD(Fixture, "Groups come with the most requests first, those without a value too") {
  CHECK(names("model") == "gpt-4o-mini 3, - 1");
  CHECK(names("provider") == "openai 4");
  CHECK(names("user") == "- 3, ann 1");
  CHECK(names("config") == "- 4");
  CHECK(names("prompt") == "- 4");
  CHECK(names("metadata.team") == "- 3, red 1");
  CHECK(names("model", "errors:true") == "- 1");
  CHECK(to_json(*parse_grouping("metadata.team"), report("metadata.team"))
            .starts_with("[{\"metadata.team\":null,\"requests\":3,"));
}

TEST_CASE_METHOD(Fixture, "By status a record counts in each of its four slugs") {
  CHECK(names("status") ==
        "fallback-disabled 4, loadbalance-disabled 4, retry-not-triggered 3, cache-disabled 2, cache-hit 1, "
        "cache-miss 1, retry-success 1");
}

TEST_CASE_METHOD(Fixture, "Groups of time are in their order and named by their start") {
  CHECK(names("day") == "2026-03-01T00:00:00.000Z 4");
  CHECK(names("hour") == "2026-03-01T09:00:00.000Z 3, 2026-03-01T10:00:00.000Z 1");
  CHECK(names("minute") == "2026-03-01T09:30:00.000Z 3, 2026-03-01T10:30:00.000Z 1");
}

TEST_CASE_METHOD(Fixture, "Feedback counts once for a trace, by its weight") {
  {
    const auto env = ledger.open(store::Mode::read_write);
    store::Feedback both[2];
    for (std::size_t i = 0; i < 2; ++i) {
      both[i].id = Uuid::lowest_of(k_time + static_cast<std::int64_t>(i));
      both[i].trace_id = records[0].trace_id;
      both[i].value = i == 0 ? 5 : -1;
      both[i].weight = i == 0 ? 1 : 0.5;
    }
    REQUIRE(store::add_feedback(*env, both));
  }
  const Stats all = report("").groups[0].stats;
  CHECK(all.feedback.count == 2);
  CHECK(all.feedback.weighted_average == 4.5 / 1.5);
  CHECK(report("", "user:ann").groups[0].stats.feedback.count == 0);
}

TEST_CASE("A grouping that there is none of is refused with those that there are") {
  CHECK(parse_grouping("metadata.a.b")->key == "a.b");
  CHECK(name_of(*parse_grouping("metadata.a.b")) == "metadata.a.b");
  CHECK(name_of(*parse_grouping("hour")) == "hour");
  for (const char* bad : {"colour", "Model", "metadata", "metadata.", "status "}) {
    const auto parsed = parse_grouping(bad);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::invalid);
    CHECK(parsed.error().message.find("model provider status") != std::string::npos);
  }
}

}  // namespace pk::query
