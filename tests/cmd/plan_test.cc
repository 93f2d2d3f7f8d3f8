#include "base/clock.h"
#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

PkOutcome pk(const std::filesystem::path& data, std::vector<std::string> arguments,
             std::vector<std::string> environment = {}) {
  arguments.insert(arguments.begin(), {"--data", data.string()});
  return call_pk({.arguments = std::move(arguments), .environment = std::move(environment)});
}

}  // namespace

TEST_CASE("The plan is enterprise until one is set, and use is counted") {
  const SampleLedger ledger;
  const std::string none =
      "{\"plan\":\"enterprise\",\"used\":0,\"allowance\":null,\"overage\":0,\"overage_usd\":0,\"retention_"
      "days\":null,\"statistics_days\":null}\n";
  CHECK(pk(ledger.folder(), {"plan"}).out == none);
  CHECK(pk(ledger.folder(), {"plan", "show", "--json"}).out == none);
  const std::int64_t now_ms = SystemClock().wall_ms();
  ledger.write({sample_record(now_ms, 1), sample_record(now_ms, 2)});
  CHECK(pk(ledger.folder(), {"plan", "--jq", ".used"}).out == "2\n");
}

TEST_CASE("A plan that is set stays, and what it means is shown") {
  const SampleLedger ledger;
  const auto set = pk(ledger.folder(), {"plan", "set", "developer"});
  CHECK(set.exit == 0);
  CHECK(set.out.empty());
  CHECK(pk(ledger.folder(), {"plan", "show"}).out ==
        "{\"plan\":\"developer\",\"used\":0,\"allowance\":10000,\"overage\":0,\"overage_usd\":0,\"retention_"
        "days\":3,\"statistics_days\":30}\n");
  CHECK(pk(ledger.folder(), {"plan", "set", "production"}).exit == 0);
  CHECK(pk(ledger.folder(),
           {"plan", "show", "--jq", "[.plan,.allowance,.retention_days,.statistics_days]|tostring"})
            .out == "[\"production\",100000,30,365]\n");
}

TEST_CASE("A person is told what is left of the allowance") {
  const SampleLedger ledger;
  const std::int64_t now_ms = SystemClock().wall_ms();
  ledger.write({sample_record(now_ms, 1), sample_record(now_ms, 2)});
  CHECK(pk(ledger.folder(), {"plan", "set", "developer"}).exit == 0);
  const auto shown = call_pk(
      {.arguments = {"--data", ledger.folder().string(), "plan", "--color", "never"}, .terminal = true});
  CHECK(shown.out.find("10,000 logs a month, 9,998 left") != std::string::npos);
}

TEST_CASE("What the settings say counts before what is stored, and set says so") {
  const SampleLedger ledger;
  const auto set = pk(ledger.folder(), {"plan", "set", "developer"}, {"PK_PLAN=production"});
  CHECK(set.exit == 0);
  CHECK(set.err.find("production") != std::string::npos);
  CHECK(pk(ledger.folder(), {"plan", "--jq", ".plan"}, {"PK_PLAN=production"}).out == "production\n");
  CHECK(pk(ledger.folder(), {"plan", "--jq", ".plan"}).out == "developer\n");
}

}  // namespace pk::test
