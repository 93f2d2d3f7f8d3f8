#include <fstream>

#include "store/saved_configs.h"
#include "store/saved_prompts.h"
#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    std::vector<log::LogRecord> records;
    for (unsigned i = 0; i < 6; ++i) {
      records.push_back(sample_record(k_time + i * 1000, i));
      records.back().model = i < 4 ? "gpt-4o" : "gemini-pro";
      records.back().user = i == 0 ? "bo" : "ana";
    }
    records[0].model = "two\twords";
    ledger.write(records);
    const auto env = ledger.open(store::Mode::read_write);
    config_id = store::add_config(*env, "main", "{\"provider\":\"demo\"}", k_time)->id;
    prompt_id = store::add_prompt(*env, "greet", false, "{\"model\":\"demo-1\",\"messages\":[]}", k_time)->id;
    if (!store::label_prompt(*env, prompt_id, "staging", 1)) FAIL("no label");
    ids = {records[5].id.text(), records[0].id.text()};
  }
  std::string values(const std::string& kind, const std::string& prefix = "") const {
    const auto done = call_pk({.arguments = {"--data", ledger.folder().string(), "completions", "--values",
                                             kind, "--prefix", prefix}});
    CHECK(done.exit == 0);
    CHECK(done.err.empty());
    return done.out;
  }

  SampleLedger ledger;
  std::string config_id, prompt_id;
  std::vector<std::string> ids;  // of the newest and the oldest record
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Values are those of the ledger, the most frequent first, one a line") {
  CHECK(values("model") == "gpt-4o\t\ngemini-pro\t\n");  // a tab cannot be typed
  CHECK(values("model", "gem") == "gemini-pro\t\n");
  CHECK(values("model", "no") == "");
  CHECK(values("user") == "ana\t\nbo\t\n");
  CHECK(values("provider", "open").starts_with("openai\t\n"));
  CHECK(values("provider", "dem") == "demo\t\n");
}

TEST_CASE_METHOD(Fixture, "Ids come with what they are of") {
  CHECK(values("log").starts_with(ids[0] + "\t2026-03-01T09:30:05.000Z gemini-pro /v1/chat/completions\n"));
  CHECK(values("log", ids[1].substr(0, 12)).find(ids[1]) != std::string::npos);
  CHECK(values("log", "ffffffff") == "");
  CHECK(values("config", "pc-") == config_id + "\tmain\n");
  CHECK(values("prompt") == prompt_id + "\tgreet\n");
  CHECK(values("virtual-key") == "");
  CHECK(values("api-key") == "");
  CHECK(values("label") == "staging\tgreet\npublished\t\n");
  CHECK(values("status", "cache-h") == "cache-hit\t\n");
}

TEST_CASE("Without a ledger, or with a damaged one, what is known is offered and nothing complained of") {
  const TempFolder folder;
  const auto values = [&](const std::string& kind) {
    return call_pk({.arguments = {"--data", folder.path().string(), "completions", "--values", kind}});
  };
  CHECK(values("model").out.empty());
  CHECK(values("status").out.starts_with("cache-"));
  std::ofstream(folder.path() / "ledger.mdb") << std::string(100'000, 'x');
  const auto damaged = values("log");
  CHECK(damaged.exit == 0);
  CHECK(damaged.out.empty());
  CHECK(damaged.err.empty());
}

TEST_CASE("A shell or a kind that is none is wrong usage") {
  CHECK(call_pk({.arguments = {"completions"}}).exit == 2);
  CHECK(call_pk({.arguments = {"completions", "tcsh"}}).exit == 2);
  const auto done = call_pk({.arguments = {"--data", "/nonexistent", "completions", "--values", "colour"}});
  CHECK(done.exit == 2);
  CHECK(done.err.find("model") != std::string::npos);
}

TEST_CASE("Each shell has its script") {
  const std::pair<const char*, const char*> shells[] = {
      {"bash", "complete "}, {"zsh", "#compdef pk"}, {"fish", "complete -c pk"}};
  for (const auto& [shell, mark] : shells) {
    CAPTURE(shell);
    const auto done = call_pk({.arguments = {"completions", shell}});
    CHECK(done.exit == 0);
    CHECK(done.out.find(mark) != std::string::npos);
    CHECK(done.err.empty());
  }
}

}  // namespace pk::test
