#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    std::vector<log::LogRecord> records;
    for (unsigned i = 0; i < 3; ++i) records.push_back(sample_record(k_time + i * 1000, i + 1));
    records[1].user = "ann";
    records[2].model = "claude\x1b[31m";
    records[2].ok = false;
    records[2].http_status = 500;
    ledger.write(records);
  }
  PkOutcome pk(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string()});
    return call_pk({.arguments = std::move(arguments)});
  }
  SampleLedger ledger;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Piped, statistics are one JSON object with the contract's keys") {
  const auto done = pk({"logs", "stats"});
  CHECK(done.exit == 0);
  CHECK(done.err.empty());
  CHECK(done.out ==
        "{\"requests\":3,\"errors\":1,\"prompt_tokens\":3000,\"completion_tokens\":612,\"total_tokens\":3612,"
        "\"cost_usd\":0.0093,\"saved_usd\":0,\"latency_p50_ms\":250.5,\"latency_p95_ms\":250.5,"
        "\"latency_p99_ms\":250.5,\"cache_hit_rate\":null,\"retries\":0,\"rescued\":0,"
        "\"errors_by_status\":{\"500\":1},\"feedback\":{\"count\":0,\"weighted_average\":null}}\n");
  CHECK(pk({"stats"}).out == done.out);
  CHECK(pk({"stats", "--user", "ann", "--jq", ".requests"}).out == "1\n");
  CHECK(pk({"stats", "errors:true", "--jq", ".requests"}).out == "1\n");
}

TEST_CASE_METHOD(Fixture, "Grouped, they are an array, or a line each") {
  CHECK(pk({"stats", "--by", "model", "--jq", ".[] | .model, .requests"}).out ==
        "gpt-4o-mini\n2\nclaude\x1b[31m\n1\n");
  CHECK(pk({"stats", "--by=user", "-o", "tsv"}).out.starts_with("\t2\t1\t2000\t"));
  CHECK(pk({"stats", "--by=hour", "-o", "csv"}).out.starts_with("hour,requests,errors,"));
  CHECK(pk({"stats", "--by", "metadata.team", "--json=metadata.team,requests"}).out ==
        "[\n{\"metadata.team\":null,\"requests\":3}\n]\n");
  CHECK(pk({"stats", "--by", "model", "--user", "nobody"}).out == "[]\n");
}

TEST_CASE_METHOD(Fixture, "On a terminal they are lines, or a table") {
  const auto lines = call_pk(
      {.arguments = {"--data", ledger.folder().string(), "--color", "never", "stats"}, .terminal = true});
  CHECK(lines.out.find("requests         3") != std::string::npos);
  CHECK(lines.out.find("500 × 1") != std::string::npos);
  const auto table = call_pk(
      {.arguments = {"--data", ledger.folder().string(), "--color", "never", "stats", "--by", "model"},
       .environment = {"PAGER=cat"},
       .terminal = true});
  CHECK(table.out.find("gpt-4o-mini") != std::string::npos);
  CHECK(table.out.find('\x1b') == std::string::npos);
  CHECK(pk({"stats", "--by", "day", "-o", "table"}).out.find("\n2026-03-01  ") != std::string::npos);
  CHECK(pk({"stats", "--by", "minute", "-o", "table"}).out.find("\n2026-03-01T09:30  ") != std::string::npos);
  CHECK(pk({"stats", "--by", "day", "--jq", ".[0].day"}).out == "2026-03-01T00:00:00.000Z\n");
}

TEST_CASE("Without a ledger statistics are zeros") {
  const TempFolder folder;
  const auto done = call_pk({.arguments = {"--data", (folder.path() / "none").string(), "stats"}});
  CHECK(done.exit == 0);
  CHECK(done.out.starts_with("{\"requests\":0,"));
}

TEST_CASE_METHOD(Fixture, "A grouping, a filter or a field that there is none of is wrong usage") {
  for (const std::vector<std::string>& bad : {std::vector<std::string>{"stats", "--by", "colour"},
                                              {"stats", "--status", "none"},
                                              {"stats", "--by", "model", "--json=nothing"},
                                              {"stats", "-o", "csv"}}) {
    const auto done = pk(bad);
    CAPTURE(bad);
    CHECK(done.exit == 2);
    CHECK(done.out.empty());
    CHECK(done.err.starts_with("pk: "));
  }
}

}  // namespace pk::test
