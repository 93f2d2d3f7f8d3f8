#include <algorithm>
#include <csignal>
#include <thread>

#include "base/clock.h"
#include "store/locks.h"
#include "store/reader.h"
#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"
#include "support/wait_until.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_day_ms = 86'400'000;

// Records of 1, 5, 35 and 400 days ago.
struct Fixture {
  Fixture() {
    const std::int64_t now_ms = SystemClock().wall_ms();
    std::vector<log::LogRecord> records;
    for (const unsigned days : {400u, 35u, 5u, 1u})
      records.push_back(sample_record(now_ms - days * k_day_ms - 1000, days));
    ledger.write(records);
  }
  PkOutcome pk(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string()});
    return call_pk({.arguments = std::move(arguments)});
  }
  // removed, stripped, kept
  std::string prune(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"prune", "--jq", "[.removed,.stripped,.kept]|tostring"});
    return pk(std::move(arguments)).out;
  }
  std::string count() const { return pk({"logs", "list", "--jq", "length"}).out; }

  SampleLedger ledger;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "The default plan keeps everything") {
  CHECK(prune({}) == "[0,0,4]\n");
  CHECK(count() == "4\n");
}

TEST_CASE_METHOD(Fixture, "A dry run prints the numbers of the real one and removes nothing") {
  const auto dry = pk({"prune", "--plan", "developer", "--dry-run", "--json"});
  CHECK(dry.exit == 0);
  CHECK(count() == "4\n");
  const auto real = pk({"prune", "--plan", "developer", "--json"});
  CHECK(real.out == dry.out);
  CHECK(real.out.starts_with("{\"removed\":2,\"stripped\":1,\"kept\":2,\"bytes_freed\":"));
  CHECK(real.out.find("\"reasons\":{\"content-expired\":1,\"statistics-expired\":2}") != std::string::npos);
  CHECK(count() == "2\n");
  CHECK(
      pk({"logs", "list", "-n", "0", "--json=request,tracked", "--jq", "map(.request==null)|tostring"}).out ==
      "[false,true]\n");
}

TEST_CASE_METHOD(Fixture, "The stored plan is followed, a flag wins over it") {
  CHECK(pk({"plan", "set", "production"}).exit == 0);
  CHECK(prune({"--dry-run"}) == "[1,1,3]\n");
  CHECK(prune({"--dry-run", "--plan", "enterprise"}) == "[0,0,4]\n");
}

TEST_CASE_METHOD(Fixture, "By age and number, without a plan") {
  CHECK(prune({"--older-than", "10d", "--dry-run"}) == "[2,0,2]\n");
  CHECK(prune({"--older-than", "10d", "--keep-last", "3"}) == "[1,0,3]\n");
  CHECK(prune({"--older-than", "0s"}) == "[3,0,0]\n");
}

TEST_CASE_METHOD(Fixture, "A dry run says what would be, for people too") {
  CHECK(pk({"prune", "--older-than", "10d", "--dry-run", "-o", "table"})
            .out.starts_with("would remove     2\n"));
  CHECK(pk({"prune", "--older-than", "10d", "-o", "table"}).out.starts_with("removed          2\n"));
}

TEST_CASE_METHOD(Fixture, "Quiet prints nothing; compact writes the file anew") {
  const auto done = pk({"prune", "--older-than", "2d", "-q", "--compact"});
  CHECK(done.exit == 0);
  CHECK(done.out.empty());
  CHECK(done.err.empty());
  CHECK(count() == "1\n");
}

TEST_CASE_METHOD(Fixture,
                 "While another prune runs a second one is refused, and a quiet one without a word") {
  auto lock = store::take_prune_lock(ledger.folder());
  REQUIRE(lock);
  const auto refused = pk({"prune", "--older-than", "2d"});
  CHECK(refused.exit == 4);
  CHECK(refused.err.find("another prune") != std::string::npos);
  const auto quiet = pk({"prune", "--older-than", "2d", "--quiet"});
  CHECK(quiet.exit == 4);
  CHECK(quiet.out.empty());
  CHECK(quiet.err.empty());
  CHECK(pk({"prune", "--older-than", "2d", "--dry-run"}).exit == 0);
  CHECK(count() == "4\n");
}

TEST_CASE("Killed at any moment, a prune leaves a sound ledger, and the next one goes on") {
  const SampleLedger ledger;
  const std::int64_t old_ms = SystemClock().wall_ms() - 40 * k_day_ms;
  std::vector<log::LogRecord> records;
  for (unsigned n = 0; n < 3000; ++n) {
    records.push_back(sample_record(old_ms + n, n));
    records.back().trace_id = "trace " + std::to_string(n / 3);
  }
  ledger.write(records);
  const std::string data = ledger.folder().string();
  // Each time a little further: as soon as so many records are left.
  const store::LogReader reader(ledger.open());
  for (std::uint64_t left = 3000; left > 5; left -= std::min<std::uint64_t>(left, 250)) {
    CAPTURE(left);
    PkProcess prune({.arguments = {"--data", data, "prune", "--older-than", "1d", "--keep-last", "5"}});
    while (*reader.count() > left && !prune.ended()) std::this_thread::yield();
    prune.signal(SIGKILL);
    prune.wait();
    // Its child dies with it.
    wait_until("nobody prunes any more", [&] { return bool(store::take_prune_lock(data)); });
    CHECK(call_pk({.arguments = {"--data", data, "verify"}}).exit == 0);
  }
  const auto rest =
      call_pk({.arguments = {"--data", data, "prune", "--older-than", "1d", "--keep-last", "5"}});
  CHECK(rest.exit == 0);
  CHECK(call_pk({.arguments = {"--data", data, "logs", "list", "--jq", "length"}}).out == "5\n");
  CHECK(call_pk({.arguments = {"--data", data, "verify"}}).exit == 0);
}

TEST_CASE_METHOD(Fixture, "Wrong values exit 2 before anything is done") {
  const std::vector<std::string> cases[] = {{"--plan", "gold"},         {"--older-than", "-1d"},
                                            {"--older-than", "3"},      {"--max-size", "much"},
                                            {"--keep-last", "-1"},      {"--keep-last", "x"},
                                            {"--dry-run", "--compact"}, {"-o", "csv"},
                                            {"--json=removed", "-q"},   {"extra"}};
  for (const auto& arguments : cases) {
    CAPTURE(arguments);
    auto all = arguments;
    all.insert(all.begin(), {"prune", "--older-than", "1s"});
    CHECK(pk(all).exit == 2);
  }
  CHECK(count() == "4\n");
}

TEST_CASE("Where there is no ledger nothing is pruned, and none is made") {
  const TempFolder folder;
  const std::string data = (folder.path() / "none").string();
  const auto done = call_pk({.arguments = {"--data", data, "prune", "--older-than", "1d"}});
  CHECK(done.exit == 0);
  CHECK(done.out == "{\"removed\":0,\"stripped\":0,\"kept\":0,\"bytes_freed\":0,\"reasons\":{}}\n");
  CHECK_FALSE(std::filesystem::exists(data));
}

}  // namespace pk::test
