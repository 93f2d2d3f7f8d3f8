// pk verify, and what readers say of a ledger that is damaged, newer, or not to be read.
#include <fstream>

#include "support/catch.h"
#include "support/run_pk.h"
#include "support/sample_ledger.h"

namespace pk::test {

namespace {

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    std::vector<log::LogRecord> records;
    for (unsigned i = 0; i < 50; ++i) {
      records.push_back(sample_record(k_time + i * 1000, i));
      records.back().error = "marker-" + std::to_string(i) + "-";
    }
    ledger.write(records);
  }
  std::filesystem::path file() const { return ledger.folder() / store::k_ledger_file; }
  std::string bytes() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& bytes) const { std::ofstream(file(), std::ios::binary) << bytes; }
  PkOutcome pk(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", ledger.folder().string()});
    return call_pk({.arguments = std::move(arguments)});
  }

  SampleLedger ledger;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A sound ledger is checked with 0") {
  const auto done = pk({"verify"});
  CHECK(done.exit == 0);
  CHECK(done.out.starts_with("checked 50 records, 100 bodies"));
  CHECK(done.out.find("no damage") != std::string::npos);
}

TEST_CASE("No ledger is no damage") {
  const TempFolder folder;
  CHECK(call_pk({.arguments = {"--data", folder.path().string(), "verify"}}).exit == 0);
}

TEST_CASE_METHOD(Fixture, "A record whose bytes changed is named; the others are listed still") {
  std::string all = bytes();
  for (std::size_t at = 0; (at = all.find("marker-7-", at)) != std::string::npos; ++at) all[at] = 'M';
  put(all);
  const auto verified = pk({"verify"});
  CHECK(verified.exit == 1);
  CHECK(verified.out.find(sample_record(k_time + 7000, 7).id.text()) != std::string::npos);
  const auto listed = pk({"logs", "list", "-n", "0", "-o", "jsonl", "--json=id"});
  CHECK(listed.exit == 1);
  CHECK(std::count(listed.out.begin(), listed.out.end(), '\n') == 49);
  CHECK(listed.err.find(sample_record(k_time + 7000, 7).id.text()) != std::string::npos);
  CHECK(listed.err.find('\n') == listed.err.size() - 1);
  CHECK(pk({"logs", "show", sample_record(k_time + 7000, 7).id.text()}).exit == 1);
}

TEST_CASE_METHOD(Fixture,
                 "However the file is cut or filled, every command ends with a line and not with a signal") {
  const std::string whole = bytes();
  std::vector<std::string> bad = {"",
                                  "x",
                                  whole.substr(0, 100),
                                  whole.substr(0, 4096),
                                  whole.substr(0, 8192),
                                  whole.substr(0, 12288),
                                  whole.substr(0, whole.size() / 2),
                                  std::string(whole.size(), '\0')};
  for (std::size_t page = 0; page < whole.size() / 4096; ++page) {
    bad.push_back(whole);
    bad.back().replace(page * 4096, 4096, std::string(4096, static_cast<char>(0xa5)));
  }
  for (std::size_t i = 0; i < bad.size(); ++i) {
    put(bad[i]);
    const std::vector<std::string> commands[] = {
        {"logs", "list", "-n", "0", "--search", "hi there"}, {"verify"}, {"logs", "show", "@latest"}};
    for (const auto& command : commands) {
      CAPTURE(i, command);
      const auto done = pk(command);
      CAPTURE(done.err);
      CHECK((done.exit == 0 || done.exit == 1 || done.exit == 3));
      CHECK(std::count(done.err.begin(), done.err.end(), '\n') <= 1);
      CHECK((done.exit == 0) == done.err.empty());
    }
  }
}

TEST_CASE_METHOD(Fixture, "A ledger of a newer format is left alone, with a line that says so, exit 1") {
  std::string all = bytes();
  const std::string now("format\1\0\0\0", 10), newer("format\2\0\0\0", 10);
  std::size_t found = 0;
  for (std::size_t at = 0; (at = all.find(now, at)) != std::string::npos; ++at, ++found)
    all.replace(at, now.size(), newer);
  REQUIRE(found > 0);
  put(all);
  const std::vector<std::string> commands[] = {{"logs", "list"},
                                               {"logs", "show", "@latest"},
                                               {"logs", "rm", "@latest"},
                                               {"prune"},
                                               {"plan"},
                                               {"plan", "set", "developer"},
                                               {"verify"}};
  for (const auto& command : commands) {
    CAPTURE(command);
    const auto done = pk(command);
    CHECK(done.exit == 1);
    CHECK(done.err.find("format") != std::string::npos);
    CHECK(done.err.find('\n') == done.err.size() - 1);
  }
  CHECK(bytes() == all);
}

TEST_CASE_METHOD(Fixture, "A folder that is a file, or a ledger that is a folder, is one line") {
  const auto file_as_folder = call_pk({.arguments = {"--data", file().string(), "logs", "list"}});
  CHECK(file_as_folder.exit == 1);
  CHECK(file_as_folder.err.starts_with("pk: "));
  std::filesystem::remove(file());
  std::filesystem::create_directory(file());
  const auto folder_as_file = pk({"logs", "list"});
  CHECK(folder_as_file.exit == 1);
  CHECK(folder_as_file.err.starts_with("pk: "));
}

}  // namespace pk::test
