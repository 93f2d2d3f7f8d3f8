#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;
const std::string k_marker = "MARKER-4711-Z";

// Records with the marker in each place that a record has for it.
struct Fixture {
  Fixture() {
    std::vector<log::LogRecord> records;
    std::string history = R"({"messages":[{"role":"system","content":")" + std::string(4000, 's') + "\"}";
    for (unsigned i = 0; i < 20; ++i) {
      auto record = sample_record(k_time + i, i);
      record.user = i % 2 ? "ana" : "bo";
      history += R"(,{"role":"user","content":"say MARKER\u002d4711-Z )" + std::string(600, 'x') + "\"}";
      record.request->body = history + "]}";
      record.request->headers.emplace_back("x-note", k_marker);
      record.response->body = "{\"content\":\"" + k_marker + "\"}";
      record.metadata = {{"note", k_marker}};
      record.error = "failed at " + k_marker;
      record.attempts[0].error = k_marker;
      record.trace_id = k_marker + std::to_string(i);
      records.push_back(record);
    }
    ledger.write(records);
  }
  PkOutcome pk(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string()});
    return call_pk({.arguments = std::move(arguments)});
  }
  std::string count(const std::string& field, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"logs", "redact", "-y", "--jq", "." + field});
    return pk(std::move(arguments)).out;
  }
  // In the bytes of the folder's files as they are, and in all that is read out of them.
  bool has(const std::string& text) const {
    for (const auto& entry : std::filesystem::directory_iterator(ledger.folder())) {
      std::ostringstream bytes;
      bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      if (bytes.str().find(text) != std::string::npos) return true;
    }
    return pk({"logs", "export"}).out.find(text) != std::string::npos ||
           pk({"logs", "show", "--raw", "@latest"}).out.find(text) != std::string::npos;
  }
  SampleLedger ledger;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A pattern goes from everywhere; after compact not even a freed page has it") {
  CHECK(has(k_marker));
  CHECK(count("logs", {"--pattern", "MARKER-[0-9]+-Z", "--dry-run"}) == "20\n");
  CHECK(has(k_marker));
  const auto done = pk({"logs", "redact", "-y", "--pattern", "MARKER-[0-9]+-Z"});
  CHECK(done.exit == 0);
  CHECK(done.out.starts_with("{\"logs\":20,\"fields\":60,\"metadata\":20,\"headers\":20,\"bodies\":"));
  CHECK(pk({"logs", "list", "-n", "0", "--search", k_marker, "--jq", "length"}).out == "0\n");
  REQUIRE(pk({"prune", "--compact", "-q"}).exit == 0);
  CHECK_FALSE(has(k_marker));
  CHECK_FALSE(has("4711"));
  CHECK(pk({"verify"}).exit == 0);
  CHECK(pk({"logs", "list", "-n", "1", "--jq", ".[0].total_tokens"}).out == "1204\n");
}

TEST_CASE_METHOD(Fixture, "A user's texts go, and the name; another's stay") {
  CHECK(count("contents", {"--user", "ana"}) == "20\n");
  CHECK(pk({"logs", "list", "-n", "0", "--user", "ana", "--jq", "length"}).out == "0\n");
  CHECK(pk({"logs", "list", "-n", "0", "--user", "bo", "--search", k_marker, "--jq", "length"}).out ==
        "10\n");
  CHECK(count("logs", {"--user", "bo", "--pattern", "4711"}) == "10\n");
  CHECK(pk({"logs", "list", "-n", "0", "--search", "4711", "--jq", "length"}).out == "0\n");
  CHECK(pk({"verify"}).exit == 0);
}

TEST_CASE_METHOD(Fixture, "Wrong usage exits 2 and changes nothing") {
  const std::vector<std::string> cases[] = {{},
                                            {"--pattern", "("},
                                            {"--pattern", ""},
                                            {"--pattern", "x*"},
                                            {"--user"},
                                            {"--dry-run"},
                                            {"-o", "csv", "--user", "ana"},
                                            {"--user", "ana", "more"}};
  for (const auto& arguments : cases) {
    CAPTURE(arguments);
    auto all = arguments;
    all.insert(all.begin(), {"logs", "redact"});
    CHECK(pk(all).exit == 2);
  }
  CHECK(count("logs", {"--user", "ana", "--dry-run"}) == "10\n");
}

TEST_CASE("Without a ledger there is nothing to redact, and none is made") {
  const TempFolder folder;
  const std::string data = (folder.path() / "none").string();
  const auto done =
      call_pk({.arguments = {"--data", data, "logs", "redact", "--pattern", "x", "--jq", ".logs"}});
  CHECK(done.exit == 0);
  CHECK(done.out == "0\n");
  CHECK_FALSE(std::filesystem::exists(data));
}

}  // namespace pk::test
