#include <sys/stat.h>

#include <filesystem>
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
    for (unsigned i = 0; i < 50; ++i) records.push_back(sample_record(k_time + i * 1000, i));
    ledger.write(records);
  }
  PkOutcome pk(std::vector<std::string> arguments) const {
    return pk_of(ledger.folder(), std::move(arguments));
  }
  static PkOutcome pk_of(const std::filesystem::path& data, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--data", data.string()});
    return call_pk({.arguments = std::move(arguments)});
  }

  SampleLedger ledger;
  TempFolder folder;
  std::string copy = (folder.path() / "ledger.mdb").string();
};

}  // namespace

TEST_CASE_METHOD(Fixture, "A copy is a ledger of its own, with all that was in it") {
  const auto held = ledger.open(store::Mode::read_write);  // as a server has it open
  const auto done = pk({"backup", folder.path().string()});
  CHECK(done.exit == 0);
  CHECK(done.err.empty());
  CHECK(done.out.starts_with("{\"file\":\"" + copy + "\",\"bytes\":"));
  CHECK(done.out.ends_with(",\"records\":50}\n"));
  struct stat stat {};
  REQUIRE(::stat(copy.c_str(), &stat) == 0);
  CHECK((stat.st_mode & 0777) == 0600);
  CHECK(pk_of(folder.path(), {"logs", "export"}).out == pk({"logs", "export"}).out);
  CHECK(pk_of(folder.path(), {"verify"}).exit == 0);
  CHECK_FALSE(std::filesystem::exists(copy + ".part"));
}

TEST_CASE_METHOD(Fixture, "What is there is written over only with -f, and never the ledger itself") {
  std::ofstream(copy) << "old";
  const auto refused = pk({"backup", copy});
  CHECK(refused.exit == 1);
  CHECK(refused.err == "pk: " + copy + " is there already; name another file, or -f writes over it\n");
  CHECK(std::filesystem::file_size(copy) == 3);
  std::ofstream(copy + ".part") << "of a run that was killed";
  CHECK(pk({"backup", "-f", copy}).exit == 0);
  CHECK(pk_of(folder.path(), {"logs", "list", "-n", "0", "--jq", "length"}).out == "50\n");
  CHECK(pk({"backup", "-f", (ledger.folder() / "ledger.mdb").string()}).exit == 2);
  CHECK(pk({"verify"}).exit == 0);
}

TEST_CASE_METHOD(Fixture, "Where it cannot be written a line says why, and nothing is left") {
  const auto none = pk({"backup", (folder.path() / "none" / "copy").string()});
  CHECK(none.exit == 1);
  CHECK(none.err.starts_with("pk: "));
  CHECK(pk({"backup"}).exit == 2);
  CHECK(pk({"backup", copy, "more"}).exit == 2);
  CHECK(pk_of(folder.path() / "nothing", {"backup", copy}).exit == 3);
  CHECK(std::filesystem::is_empty(folder.path()));
}

}  // namespace pk::test
