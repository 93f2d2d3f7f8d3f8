#include "store/compact.h"

#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "store/feedback.h"
#include "store/fixture.h"
#include "store/journal.h"
#include "store/prune.h"
#include "store/verify.h"

namespace pk::store::test {
namespace {

using std::chrono::milliseconds;

std::vector<log::LogRecord> records_of(std::size_t count, std::int64_t time_ms = k_now_ms) {
  std::vector<log::LogRecord> records;
  for (std::uint64_t n = 0; n < count; ++n) {
    records.push_back(record_at(time_ms, n));
    records.back().request->body = conversation(1 + n % 4);
  }
  return records;
}

// Most of what was written is gone again: there is room to give back.
std::vector<log::LogRecord> fill(const std::shared_ptr<Env>& env, std::size_t count, std::size_t removed) {
  std::vector<log::LogRecord> records = records_of(count);
  write_all(env, records);
  std::vector<Uuid> ids;
  for (std::size_t n = 0; n < removed; ++n) ids.push_back(records[n].id);
  REQUIRE(must(remove(*env, ids)) == removed);
  records.erase(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(removed));
  return records;
}

void require_sound(const std::shared_ptr<Env>& env) {
  const VerifyReport verified = must(verify(*env));
  for (const std::string& line : verified.damage) UNSCOPED_INFO(line);
  REQUIRE(verified.damaged == 0);
  REQUIRE(entries_of(env, Table::changes) == 0);
  REQUIRE_FALSE(must(must(ReadTxn::begin(*env)).get(Table::meta, k_round_name)));
  REQUIRE_FALSE(std::filesystem::exists(env->dir() / "compacting"));
}

}  // namespace

TEST_CASE("A compacted ledger is smaller, whole, and goes on in the same environment") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto records = fill(env, 1000, 900);
  must(set_stored_plan(*env, Tier::production));
  const std::uint64_t version = env->last_txn();
  const CompactReport report = must(compact(*env));
  REQUIRE(report.bytes_after < report.bytes_before / 2);
  REQUIRE(report.bytes_after == std::filesystem::file_size(dir.ledger()));
  struct stat stat {};
  REQUIRE(::stat(dir.ledger().c_str(), &stat) == 0);
  REQUIRE((stat.st_mode & 0777) == 0600);
  REQUIRE(env->last_txn() > version);
  REQUIRE(read_all(env).size() == 100);
  REQUIRE(must(LogReader(env).get(records[5].id))->request->body == records[5].request->body);
  REQUIRE(must(stored_plan(*env)) == Tier::production);
  write_all(env, {record_at(k_now_ms + 1)});
  REQUIRE(must(LogReader(env).count()) == 101);
  require_sound(env);
}

TEST_CASE("What another process opens afterwards is the new file, with its locks") {
  const TempDir dir;
  {
    const auto env = open_env(dir);
    fill(env, 300, 200);
    must(compact(*env));
    must(compact(*env));  // and again
  }
  const auto env = open_env(dir);
  REQUIRE(read_all(env).size() == 100);
  write_all(env, {record_at(k_now_ms + 1)});
  require_sound(env);
}

TEST_CASE("What is written, changed and removed meanwhile is in the new file") {
  const TempDir dir;
  const auto env = open_env(dir);
  const auto records = fill(env, 1500, 500);
  auto writer = must(LogWriter::start(env));
  std::atomic<bool> over = false;
  std::size_t written = 0;
  std::thread busy([&] {
    for (; !over; ++written) {
      log::LogRecord record = record_at(k_now_ms + 1000, written);
      record.request->body = conversation(1 + written % 4);
      while (writer->close(record) == 0) std::this_thread::yield();
    }
  });
  std::size_t removed = 0;
  std::thread removing([&] {
    for (; !over && removed < records.size(); ++removed) must(remove(*env, {&records[removed].id, 1}));
  });
  const auto compacted = compact(*env);
  over = true;
  busy.join();
  removing.join();
  writer->stop();
  must(compacted);
  REQUIRE(writer->stats().records_lost == 0);
  REQUIRE(must(LogReader(env).count()) == records.size() - removed + written);
  for (std::size_t n = 0; n < removed; ++n) REQUIRE_FALSE(must(LogReader(env).get(records[n].id)));
  require_sound(env);
}

TEST_CASE("A reader between two pages of rows goes on over the new file") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill(env, 2000, 0);
  std::size_t rows = 0;
  must(LogReader(env).scan(Range{}, SIZE_MAX, [&](const log::LogRecord&) {
    if (rows++ == 10) must(compact(*env));
    return true;
  }));
  REQUIRE(rows == 2000);
}

TEST_CASE("While another process has it open the ledger stays what it was, and is journaled no more") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill(env, 100, 50);
  const auto before = std::filesystem::file_size(dir.ledger());
  const UseLock other = must(UseLock::share(dir.path(), false));
  const auto compacted = compact(*env, {.go_on = {}, .patience = milliseconds(50)});
  REQUIRE_FALSE(compacted);
  REQUIRE(compacted.error().code == Errc::unauthorized);
  REQUIRE(compacted.error().message.find("another process") != std::string::npos);
  REQUIRE(std::filesystem::file_size(dir.ledger()) >= before);
  write_all(env, {record_at(k_now_ms + 1)});
  REQUIRE(must(LogReader(env).count()) == 51);
  require_sound(env);
}

TEST_CASE("Given up at any step, it leaves the ledger as it was") {
  for (int steps = 0; steps < 24; ++steps) {
    const TempDir dir;
    const auto env = open_env(dir);
    fill(env, 50, 20);
    int left = steps;
    const auto compacted = compact(*env, {.go_on = [&] { return left-- > 0; }});
    INFO("steps: " << steps);
    if (!compacted) REQUIRE(compacted.error().code == Errc::cancelled);
    REQUIRE(read_all(env).size() == 30);
    require_sound(env);
  }
}

TEST_CASE("A transaction that never ends is not waited for without an end") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill(env, 50, 20);
  const ReadTxn reader = must(ReadTxn::begin(*env));
  const auto compacted = compact(*env, {.go_on = {}, .gap_wait = milliseconds(20)});
  REQUIRE_FALSE(compacted);
  REQUIRE(compacted.error().code == Errc::timeout);
  REQUIRE(must(reader.entries(Table::records)) == 30);
}

TEST_CASE("Two compactions do not run at once") {
  const TempDir dir;
  const auto env = open_env(dir);
  const FileLock lock = must(take_compact_lock(dir.path()));
  const auto compacted = compact(*env);
  REQUIRE_FALSE(compacted);
  REQUIRE(compacted.error().code == Errc::unauthorized);
}

TEST_CASE("What an earlier run left when it was killed is in nobody's way") {
  const TempDir dir;
  const auto env = open_env(dir);
  fill(env, 50, 20);
  std::filesystem::create_directory(dir.path() / "compacting");
  write_file(dir.path() / "compacting" / "ledger.mdb", "half a page");
  {
    const FileLock lock = must(take_compact_lock(dir.path()));
    must(begin_round(*env, 7));
    write_all(env, {record_at(k_now_ms + 1)});
    REQUIRE(entries_of(env, Table::changes) > 0);
  }
  must(compact(*env));
  REQUIRE(read_all(env).size() == 31);
  require_sound(env);
}

}  // namespace pk::store::test
