#include "base/json.h"
#include "store/saved_configs.h"
#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;
const std::string k_fallback = R"({"strategy":{"mode":"fallback"},"retry":{"attempts":1},
    "targets":[{"provider":"openai","api_key":"k"},{"provider":"demo"}]})";

// Oldest first: a plain request, one under a saved config, one that was pruned, one of an own config.
struct Fixture {
  Fixture() {
    const auto config = store::add_config(*ledger.open(store::Mode::read_write), "main", k_fallback, k_time);
    if (!config) throw std::runtime_error(config.error().message);
    config_id = config->id;

    plain = sample_record(k_time, 0x111111a1);
    plain.request->headers.emplace_back("x-portkey-provider", "openai");
    routed = fallback_record(k_time + 1000, 0x222222b2);
    routed.request->headers.emplace_back("x-portkey-config", config_id);
    routed.config_id = config_id;
    routed.config_version = 1;
    pruned = fallback_record(k_time + 2000, 0x333333c3);
    pruned.request.reset();
    pruned.response.reset();
    own = fallback_record(k_time + 3000, 0x444444d4);
    own.request->headers.emplace_back("x-portkey-config", k_fallback);
    ledger.write({plain, routed, pruned, own});
  }

  static log::LogRecord fallback_record(std::int64_t at_ms, unsigned n) {
    log::LogRecord record = sample_record(at_ms, n);
    record.fallback = log::Active::active;
    record.last_used_option = "config.targets[1]";
    record.provider = "demo";
    record.attempts = {{"config.targets[0]", "openai", "gpt-4o-mini", 500, "overloaded", 12, 0},
                       {"config.targets[0]", "openai", "gpt-4o-mini", 503, "overloaded", 12, 1000},
                       {"config.targets[1]", "demo", "gpt-4o-mini", 200, "", 2, 0}};
    return record;
  }

  PkOutcome pk(std::vector<std::string> arguments, bool terminal = false, unsigned short columns = 80) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string(), "--color", "never"});
    return call_pk({.arguments = std::move(arguments), .terminal = terminal, .columns = columns});
  }
  PkOutcome why(const std::string& id, bool terminal = false, unsigned short columns = 80) const {
    return pk({"logs", "why", id}, terminal, columns);
  }

  SampleLedger ledger;
  std::string config_id;
  log::LogRecord plain, routed, pruned, own;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "Piped, the decisions are one JSON object") {
  const auto done = why("@3");
  CHECK(done.exit == 0);
  CHECK(is_json(done.out));
  CHECK(
      done.out ==
      R"({"id":")" + routed.id.text() + R"(","config":"saved","config_id":")" + config_id +
          R"(","config_version":1,"prompt_id":null,"prompt_version":null,"missing":null,"decisions":[)"
          R"({"option":"config","decision":")" +
          config_id +
          R"( version 1, by x-portkey-config"},)"
          R"({"option":"config","decision":"targets[0] first"},)"
          R"({"option":"config.targets[0]","decision":"asks openai for gpt-4o-mini; provider by the target"},)"
          R"({"option":"config.targets[0]","decision":"retry 1 of 1, 1 s after 500"},)"
          R"({"option":"config.targets[0]","decision":"ended with 503 after 1 of 1 retries"},)"
          R"({"option":"config","decision":"fell back to targets[1] on 503"},)"
          R"({"option":"config.targets[1]","decision":"asks demo for gpt-4o-mini; provider by the target"},)"
          R"({"option":"config.targets[1]","decision":"ended with 200"},)"
          R"({"option":"config.targets[1]","decision":"the client got this answer"}]})"
          "\n");
  CHECK(pk({"logs", "why", "@3", "-o", "jsonl"}).out == done.out);
  CHECK(pk({"logs", "why", "@3", "--jq", ".decisions[5].decision"}).out ==
        "fell back to targets[1] on 503\n");
  CHECK(pk({"logs", "why", "@3", "-o", "csv"}).exit == 2);
}

TEST_CASE_METHOD(Fixture, "On a terminal the decisions are two columns that fit it") {
  const auto done = why("@3", true, 60);
  CAPTURE(done.out);
  CHECK(done.exit == 0);
  CHECK(done.out == routed.id.text() + "\n\n" + "config             " + config_id +
                        " version 1, by\n"
                        "                   x-portkey-config\n"
                        "                   targets[0] first\n"
                        "config.targets[0]  asks openai for gpt-4o-mini; provider by\n"
                        "                   the target\n"
                        "                   retry 1 of 1, 1 s after 500\n"
                        "                   ended with 503 after 1 of 1 retries\n"
                        "config             fell back to targets[1] on 503\n"
                        "config.targets[1]  asks demo for gpt-4o-mini; provider by\n"
                        "                   the target\n"
                        "                   ended with 200\n"
                        "                   the client got this answer\n");
}

TEST_CASE_METHOD(Fixture, "A plain request says who named its provider") {
  const auto done = why("@4");
  CHECK(has(
      done.out,
      R"("config":"none","config_id":null,"config_version":null,"prompt_id":null,"prompt_version":null,"missing":null)"));
  CHECK(has(done.out, "provider by x-portkey-provider"));
}

TEST_CASE_METHOD(Fixture, "A config that the request carried explains it too") {
  const auto done = why("@1");
  CHECK(has(done.out, R"("config":"request")"));
  CHECK(has(done.out, "fell back to targets[1] on 503"));
}

TEST_CASE_METHOD(Fixture, "The version that the record names counts, not the newest; a removed one is told") {
  {
    const auto env = ledger.open(store::Mode::read_write);
    REQUIRE(store::add_config(*env, "main", R"({"provider":"demo"})", k_time + 9000));
  }
  CHECK(has(why("@3").out, "fell back to targets[1] on 503"));
  CHECK(pk({"config", "rm", config_id}).exit == 0);
  const auto gone = why("@3");
  CHECK(gone.exit == 0);
  CHECK(has(gone.out, R"("config":"lost","config_id":")" + config_id));
  CHECK(has(gone.out, R"("missing":"its config is no longer kept")"));
  CHECK(has(gone.out, "asks openai for gpt-4o-mini again, after 500 and 1.00 s"));
  CHECK(has(why("@3", true).out, "Only the attempts are known: its config is no longer kept\n"));
}

TEST_CASE_METHOD(Fixture, "A miss of the cache is the first thing that is told") {
  log::LogRecord missed = sample_record(k_time + 4000, 0x555555e5);
  missed.cache = log::Cache::miss;
  ledger.write({missed});
  CHECK(has(why("@1").out, R"("decisions":[{"option":"cache","decision":"missed the cache; there is none)"));
}

TEST_CASE_METHOD(Fixture, "A pruned record says what it can from its attempts") {
  const auto done = why("@2", true);
  CAPTURE(done.out);
  CHECK(done.exit == 0);
  CHECK(has(done.out, "Only the attempts are known: its headers were not kept"));
  CHECK(has(done.out, "asks demo for gpt-4o-mini, after 503\n"));
}

TEST_CASE_METHOD(Fixture, "An id that is not there exits 3, a wrong one 2, each with a line") {
  const std::pair<const char*, int> cases[] = {
      {"0195a3c5-0000-7000-8000-000000000009", 3}, {"@9", 3}, {"@0", 2}, {"11", 2}};
  for (const auto& [id, exit] : cases) {
    CAPTURE(id);
    const auto done = why(id);
    CHECK(done.exit == exit);
    CHECK(done.out.empty());
    CHECK(done.err.starts_with("pk: "));
    CHECK(done.err.find('\n') == done.err.size() - 1);
  }
  CHECK(pk({"logs", "why"}).exit == 2);
  const SampleLedger none;
  CHECK(call_pk({.arguments = {"--data", (none.folder() / "x").string(), "logs", "why", "@latest"}}).exit ==
        3);
}

}  // namespace pk::test
