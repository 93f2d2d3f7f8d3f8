#include <csignal>

#include "base/clock.h"
#include "base/text.h"
#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

// Three records, a second apart: 1 by ann, 2 by bob with an error, 3 a cache hit.
struct Fixture {
  Fixture() {
    ann = sample_record(k_time, 0x111111a1);
    bob = sample_record(k_time + 1000, 0x222222b2);
    hit = sample_record(k_time + 2000, 0x333333c3);
    ann.user = "ann";
    ann.metadata = {{"team", "red"}};
    bob.user = "bob\x1b[31m";
    bob.ok = false;
    bob.http_status = 429;
    bob.error = "slow down";
    hit.cache = log::Cache::hit;
    hit.cost_usd = 0;
    hit.response->body = R"({"choices":[{"message":{"content":"A needle"}}]})";
    ledger.write({ann, bob, hit});
  }
  PkOutcome list(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string(), "logs", "list"});
    return call_pk({.arguments = std::move(arguments)});
  }
  // The last characters of the ids that a listing gives.
  std::string names(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--jq", ".[].id[-2:]"});
    const auto done = list(std::move(arguments));
    CHECK(done.exit == 0);
    std::string out;
    for (std::string_view line : split_list(done.out, '\n'))
      out += (out.empty() ? "" : " ") + std::string(line);
    return out;
  }

  SampleLedger ledger;
  log::LogRecord ann, bob, hit;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Piped, a list is TSV, newest first, with the contract's columns") {
  const auto done = list({"-n", "2"});
  CHECK(done.exit == 0);
  CHECK(done.err.empty());
  CHECK(done.out ==
        hit.id.text() + "\t2026-03-01T09:30:02.000Z\tgpt-4o-mini\t/v1/chat/completions\t\t1204\t0\t" +
            "cache-hit,retry-not-triggered,fallback-disabled,loadbalance-disabled\n" + bob.id.text() +
            "\t2026-03-01T09:30:01.000Z\tgpt-4o-mini\t/v1/chat/completions\tbob\x1b[31m\t1204\t0.0031\t" +
            "cache-disabled,retry-not-triggered,fallback-disabled,loadbalance-disabled\n");
}

TEST_CASE_METHOD(Fixture, "Limits, order and going on") {
  CHECK(names({}) == "c3 b2 a1");
  CHECK(names({"-n", "1"}) == "c3");
  CHECK(names({"--limit=0"}) == "c3 b2 a1");
  CHECK(names({"--reverse"}) == "a1 b2 c3");
  CHECK(names({"--after", hit.id.text()}) == "b2 a1");
  CHECK(names({"--after", "@latest", "-n1"}) == "b2");
  CHECK(names({"--after", "111111a1", "--reverse"}) == "b2 c3");
  CHECK(names({"--after", "@3"}).empty());
}

TEST_CASE_METHOD(Fixture, "Filters as flags, as arguments, and as --where mean the same") {
  CHECK(names({"--status", "cache-hit"}) == "c3");
  CHECK(names({"--status", "cache-hit,cache-miss", "--status", "fallback-disabled"}) == "c3");
  CHECK(names({"status:cache-hit"}) == "c3");
  CHECK(names({"status:cache-hit user:ann"}).empty());
  CHECK(names({"--where", "user:ann"}) == "a1");
  CHECK(names({"user:ann", "--where", "cost>0"}) == "a1");
  CHECK(names({"--errors"}) == "b2");
  CHECK(names({"--errors=false"}) == "c3 a1");
  CHECK(names({"--http-status", "4xx"}) == "b2");
  CHECK(names({"--metadata", "team=red"}) == "a1");
  CHECK(names({"--max-cost", "0"}) == "c3");
  CHECK(names({"--min-cost", "0.001"}) == "b2 a1");
  CHECK(names({"--search", "NEEDLE"}) == "c3");
  CHECK(names({"\"a needle\""}) == "c3");
  CHECK(names({"needle", "user:ann"}).empty());
  CHECK(names({"--since", "2026-03-01T09:30:01Z"}) == "c3 b2");
  CHECK(names({"--until", "2026-03-01T09:30:01Z"}) == "a1");
  CHECK(names({"verify"}).empty());  // a word that is a command too
  CHECK(names({"--min-feedback", "-10"}).empty());
}

TEST_CASE_METHOD(Fixture, "A wrong filter, field, form or limit exits 2 and names what is right") {
  const std::pair<std::vector<std::string>, const char*> cases[] = {
      {{"--status", "cached"}, "cache-semantic-hit"},
      {{"--status", "cache-hit,cached"}, "no status is called 'cached'"},
      {{"modl:x"}, "no filter is called 'modl'"},
      {{"--where", "cost>=x"}, "is no cost"},
      {{"--since", "soon"}, "pk: --since: 'soon' is no time"},
      {{"--http-status", "9"}, "200, 5xx or 400-499"},
      {{"--metadata", "team"}, "key=value"},
      {{"--json=id,nope"}, "created_at"},
      {{"--json=id", "-o", "table"}, "--json="},
      {{"-o", "xml"}, "table, json, jsonl, csv or tsv"},
      {{"--jq", ".["}, "--jq: "},
      {{"--jq", ".", "-o", "csv"}, "--jq filters JSON"},
      {{"-n", "-1"}, "0 for all"},
      {{"-n", "many"}, "0 for all"},
      {{"--after", "12345"}, "too short"},
      {{"--search", ""}, "wants a value"}};
  for (const auto& [arguments, expected] : cases) {
    CAPTURE(arguments);
    const auto done = list(arguments);
    CHECK(done.exit == 2);
    CHECK(done.out.empty());
    CHECK(done.err.find(expected) != std::string::npos);
    CHECK(done.err.find('\n') == done.err.size() - 1);
  }
}

TEST_CASE_METHOD(Fixture, "--json= picks fields; --json leaves the next word an argument") {
  CHECK(list({"--json=user,http_status", "user:ann"}).out ==
        "[\n{\"user\":\"ann\",\"http_status\":200}\n]\n");
  CHECK(list({"--json", "user:nobody"}).out == "[]\n");
  CHECK(list({"-o", "jsonl", "--json=ok", "--errors"}).out == "{\"ok\":false}\n");
  CHECK(list({"-o", "csv", "--json=user,model", "user:ann"}).out == "user,model\nann,gpt-4o-mini\n");
  CHECK(list({"--json", "user:ann"}).out.find("\"request\"") == std::string::npos);
  CHECK(list({"--json=response", "needle"}).out.find("A needle") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "Nothing found is done: [] or no lines") {
  CHECK(list({"user:nobody", "--json"}).out == "[]\n");
  for (const char* form : {"table", "jsonl", "tsv"}) {
    const auto done = list({"user:nobody", "-o", form});
    CHECK(done.exit == 0);
    CHECK(done.out.empty());
  }
}

TEST_CASE("A ledger that is not there yet is an empty one, and is not made") {
  const TempFolder folder;
  const std::string data = (folder.path() / "none").string();
  const auto done = call_pk({.arguments = {"--data", data, "logs", "list", "--json"}});
  CHECK(done.exit == 0);
  CHECK(done.out == "[]\n");
  CHECK_FALSE(std::filesystem::exists(data));
}

TEST_CASE_METHOD(Fixture, "On a terminal a list is a table that fits it, control characters made visible") {
  for (const unsigned short columns : {60, 80, 140}) {
    const auto done =
        call_pk({.arguments = {"--data", ledger.folder().string(), "logs", "list", "--color", "never"},
                 .terminal = true,
                 .columns = columns});
    CAPTURE(done.out);
    CHECK(done.exit == 0);
    CHECK(done.out.starts_with("Time"));
    CHECK(done.out.find('\x1b') == std::string::npos);
    CHECK(done.out.find("429") != std::string::npos);
    if (columns == 140) CHECK(done.out.find("bob\\u001b[31m") != std::string::npos);
  }
}

TEST_CASE_METHOD(
    Fixture,
    "--follow gives what is there, oldest first, then each record as it is written, a line of JSON each") {
  PkProcess pk({.arguments = {"--data", ledger.folder().string(), "logs", "list", "-f", "-n", "2",
                              "--json=user,cache"}});
  CHECK(pk.read_line() == "{\"user\":\"bob\\u001b[31m\",\"cache\":\"disabled\"}");
  CHECK(pk.read_line() == "{\"user\":null,\"cache\":\"hit\"}");
  auto next = sample_record(SystemClock().wall_ms(), 4);
  next.user = "dan";
  ledger.write({next});
  CHECK(pk.read_line() == "{\"user\":\"dan\",\"cache\":\"disabled\"}");
  pk.signal(SIGINT);
  const auto done = pk.wait();
  CHECK(done.exit == 130);
  CHECK(done.out.empty());
  CHECK(done.err.empty());
}

TEST_CASE("--follow waits for a ledger that is not there yet, and ends when nobody reads") {
  const SampleLedger ledger;
  PkProcess pk(
      {.arguments = {"--data", ledger.folder().string(), "logs", "list", "--follow", "--jq", ".user"}});
  auto record = sample_record(SystemClock().wall_ms(), 1);
  record.user = "ann";
  ledger.write({record});
  CHECK(pk.read_line() == "ann");
  pk.close_output();
  CHECK(pk.wait().exit == 0);
}

}  // namespace pk::test
