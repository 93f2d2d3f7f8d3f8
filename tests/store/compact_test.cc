#include <sys/stat.h>

#include "store/fixture.h"
#include "store/prune.h"
#include "store/verify.h"

namespace pk::store::test {

TEST_CASE("A compacted ledger is smaller, whole, and goes on") {
  const TempDir dir;
  std::vector<log::LogRecord> records;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    records.push_back(record_at(k_now_ms, n));
    records.back().response->body = conversation(1);
  }
  {
    const auto env = open_env(dir);
    write_all(env, records);
    std::vector<Uuid> ids;
    for (std::size_t n = 0; n < 900; ++n) ids.push_back(records[n].id);
    REQUIRE(must(remove(*env, ids)) == 900);
    REQUIRE_FALSE(compact(dir.path()));  // open in this process
  }
  const CompactReport report = must(compact(dir.path()));
  REQUIRE(report.bytes_after < report.bytes_before / 2);
  struct stat stat {};
  REQUIRE(::stat(dir.ledger().c_str(), &stat) == 0);
  REQUIRE((stat.st_mode & 0777) == 0600);
  const auto env = open_env(dir);
  REQUIRE(read_all(env).size() == 100);
  write_all(env, {record_at(k_now_ms + 1)});
  REQUIRE(must(LogReader(env).count()) == 101);
  REQUIRE(must(verify(*env)).damaged == 0);
}

TEST_CASE("While a server has it open, the ledger is left alone and the server named") {
  const TempDir dir;
  const auto env = open_env(dir);
  const ServeLock lock = must(ServeLock::take(dir.path(), "127.0.0.1:8787"));
  const auto compacted = compact(dir.path());
  REQUIRE_FALSE(compacted);
  REQUIRE(compacted.error().code == Errc::unauthorized);
  REQUIRE(compacted.error().message.find("pk serve") != std::string::npos);
}

TEST_CASE("There is nothing to compact where there is no ledger") {
  const TempDir dir;
  const auto compacted = compact(dir.path());
  REQUIRE_FALSE(compacted);
  REQUIRE(compacted.error().code == Errc::not_found);
}

}  // namespace pk::store::test
