#include <sys/stat.h>

#include <filesystem>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    ledger.write({sample_record(k_time, 1)});
    ::chmod(ledger.folder().c_str(), 0700);
  }
  PkOutcome pk(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string()});
    return call_pk({.arguments = std::move(arguments)});
  }
  // What a check found: its health, "trouble" first.
  std::string health(const std::string& check) const {
    return pk({"doctor", "--jq",
               "[.findings[] | select(.check == \"" + check + "\") | .health] | sort | reverse | .[0]"})
        .out;
  }
  SampleLedger ledger;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Each thing is looked at; with a key of its own an installation is sound") {
  REQUIRE(pk({"key", "add", "main"}).exit == 0);
  const auto done = pk({"doctor"});
  CAPTURE(done.out);
  CHECK(done.err.empty());
  for (const char* check :
       {"settings", "permissions", "disk", "server", "store", "clock", "plan", "providers", "keys", "cache"})
    CHECK(done.out.find("\"check\":\"" + std::string(check) + "\"") != std::string::npos);
  for (const char* check : {"permissions", "server", "store", "plan", "providers", "keys", "cache"}) {
    CAPTURE(check);
    CHECK(health(check) == "ok\n");
  }
  CHECK(done.exit == (done.out.find("\"health\":\"trouble\"") == std::string::npos ? 0 : 1));
  CHECK(done.out.starts_with(done.exit == 0 ? "{\"ok\":true," : "{\"ok\":false,"));
}

TEST_CASE_METHOD(Fixture, "What others may read is trouble, and how to mend it is said") {
  ::chmod(ledger.folder().c_str(), 0755);
  const auto done = pk({"doctor"});
  CHECK(done.exit == 1);
  CHECK(done.out.find("chmod 700 " + ledger.folder().string()) != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "A secret key that is gone is trouble") {
  REQUIRE(call_pk({.arguments = {"--data", ledger.folder().string(), "provider", "add", "main", "--provider",
                                 "openai"},
                   .input = "sk-12345678901234567890\n"})
              .exit == 0);
  CHECK(health("providers") == "ok\n");
  std::filesystem::remove(ledger.folder() / "secret.key");
  CHECK(health("providers") == "trouble\n");
}

TEST_CASE_METHOD(Fixture, "A damaged ledger is trouble, and the rest is told all the same") {
  std::filesystem::resize_file(ledger.folder() / "ledger.mdb", 5000);
  const auto done = pk({"doctor"});
  CHECK(done.exit == 1);
  CHECK(health("store") == "trouble\n");
  CHECK(health("disk") != "");
}

TEST_CASE_METHOD(Fixture, "A record of the future says that the clock went back") {
  ledger.write({sample_record(4'000'000'000'000, 2)});
  CHECK(health("clock") == "trouble\n");
}

TEST_CASE("Where there is nothing yet nothing is made, and wrong usage exits 2") {
  const TempFolder folder;
  const std::string data = (folder.path() / "none").string();
  const auto done = call_pk({.arguments = {"--data", data, "doctor"}});
  CHECK(done.exit <= 1);
  CHECK(done.out.find("there is no ledger yet") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(data));
  CHECK(call_pk({.arguments = {"--data", data, "doctor", "now"}}).exit == 2);
  CHECK(call_pk({.arguments = {"--data", data, "doctor", "-o", "csv"}}).exit == 2);
}

}  // namespace pk::test
