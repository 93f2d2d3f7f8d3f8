#include "store/env.h"

#include <lmdb.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/fixture.h"
#include "store/probe.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store::test {
namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat stat {};
  REQUIRE(::stat(path.c_str(), &stat) == 0);
  return stat.st_mode & 0777;
}

}  // namespace

// Else a follower that comes at this moment holds handles of tables that were never there, and sees nothing
// for good.
TEST_CASE("A ledger whose tables are not made yet is no ledger yet") {
  const TempDir dir;
  MDB_env* raw = nullptr;
  REQUIRE(mdb_env_create(&raw) == 0);
  REQUIRE(mdb_env_set_maxdbs(raw, 16) == 0);
  REQUIRE(mdb_env_open(raw, (dir.path() / k_ledger_file).c_str(), MDB_NOSUBDIR, 0600) == 0);
  mdb_env_close(raw);
  const auto env = Env::open(dir.path(), Mode::read_only);
  REQUIRE_FALSE(env);
  CHECK(env.error().code == Errc::not_found);
  CHECK(Env::open(dir.path(), Mode::read_write));
  CHECK(Env::open(dir.path(), Mode::read_only));
}

TEST_CASE("The folder and its files are the owner's alone") {
  const TempDir dir;
  const auto data = dir.path() / "new" / "data";
  const auto env = must(Env::open(data, Mode::read_write));
  REQUIRE(mode_of(data) == 0700);
  for (const auto& entry : std::filesystem::directory_iterator(data)) {
    INFO(entry.path());
    REQUIRE(mode_of(entry.path()) == 0600);
  }
}

TEST_CASE("A reader of a folder without a ledger is told so, and makes nothing") {
  const TempDir dir;
  const auto env = Env::open(dir.path(), Mode::read_only);
  REQUIRE_FALSE(env);
  REQUIRE(env.error().code == Errc::not_found);
  REQUIRE(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("The same ledger twice in a process is refused, after a close it is not") {
  const TempDir dir;
  {
    const auto env = open_env(dir);
    const auto again = Env::open(dir.path() / "." / "", Mode::read_only);
    REQUIRE_FALSE(again);
    REQUIRE(again.error().code == Errc::invalid);
  }
  open_env(dir, Mode::read_only);
}

TEST_CASE("A newer format is refused with what to do, and is not touched") {
  const TempDir dir;
  {
    const auto env = open_env(dir);
    WriteTxn txn = must(WriteTxn::begin(*env));
    std::string newer;
    append_fixed(newer, k_format + 1);
    must(txn.put(Table::meta, "format", newer));
    must(txn.commit());
  }
  const std::string before = read_file(dir.ledger());
  for (const Mode mode : {Mode::read_write, Mode::read_only}) {
    const auto env = Env::open(dir.path(), mode);
    REQUIRE_FALSE(env);
    REQUIRE(env.error().code == Errc::invalid);
    REQUIRE(env.error().message.find("use a newer pk") != std::string::npos);
  }
  REQUIRE(read_file(dir.ledger()) == before);
}

TEST_CASE("A file that is no ledger is damage that says what to do") {
  const TempDir dir;
  write_file(dir.ledger(), std::string(100'000, 'x'));
  for (const Mode mode : {Mode::read_write, Mode::read_only}) {
    const auto env = Env::open(dir.path(), mode);
    REQUIRE_FALSE(env);
    REQUIRE(env.error().code == Errc::corrupt);
    REQUIRE(env.error().message.find("pk verify") != std::string::npos);
  }
}

TEST_CASE("A folder that cannot be written can be read") {
  const TempDir dir;
  write_all(open_env(dir), {record_at(k_now_ms)});
  std::filesystem::remove(dir.path() / "ledger.mdb-lock");
  std::filesystem::remove(dir.path() / "ledger.use");
  // Root may write anywhere: the child gives that up, where it has it.
  const auto user = [&] {
    return geteuid() != 0 || (chown(dir.path().c_str(), 65534, 65534) == 0 &&
                              chown(dir.ledger().c_str(), 65534, 65534) == 0 && setuid(65534) == 0);
  };
  const int code = must(run_guarded([&] {
    if (!user()) return 1;
    chmod(dir.path().c_str(), 0500);
    const auto env = Env::open(dir.path(), Mode::read_only);
    if (!env) return 2;
    if (*LogReader(*env).count() != 1) return 3;
    const auto writable = Env::open(dir.path() / "sub", Mode::read_write);
    return writable ? 4 : writable.error().code == Errc::unauthorized ? 0 : 5;
  }));
  chmod(dir.path().c_str(), 0700);
  REQUIRE(code == 0);
}

TEST_CASE("A copy is a ledger of its own, while the first goes on") {
  const TempDir dir;
  const TempDir other;
  const auto env = open_env(dir);
  write_all(env, {record_at(k_now_ms), record_at(k_now_ms + 1)});
  const bool compact = GENERATE(false, true);
  must(env->copy_to(other.ledger(), compact));
  REQUIRE(mode_of(other.ledger()) == 0600);
  REQUIRE_FALSE(env->copy_to(other.ledger(), compact));  // never over a file that is there
  write_all(env, {record_at(k_now_ms + 2)});
  REQUIRE(must(LogReader(open_env(other)).count()) == 2);
  REQUIRE(must(LogReader(env).count()) == 3);
}

TEST_CASE("The version grows with each transaction, of another process too") {
  const TempDir dir;
  { open_env(dir); }
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();  // waits for a byte, then writes a record
  if (child == 0) {
    char go = 0;
    if (read(ends[0], &go, 1) != 1) _exit(1);
    auto env = Env::open(dir.path(), Mode::read_write);
    auto writer = LogWriter::start(*env, {});
    (*writer)->close(record_at(k_now_ms));
    (*writer)->stop();
    _exit(0);
  }
  const LogReader reader(open_env(dir));
  const std::uint64_t before = reader.version();
  REQUIRE(reader.version() == before);
  REQUIRE(write(ends[1], "x", 1) == 1);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(status == 0);
  REQUIRE(reader.version() > before);
  REQUIRE(must(reader.count()) == 1);
}

TEST_CASE("Used bytes are less than the file and grow with what is stored") {
  const TempDir dir;
  const auto env = open_env(dir);
  const EnvSize before = must(env->size());
  log::LogRecord record = record_at(k_now_ms);
  Rng rng(1);
  for (int i = 0; i < 100'000; ++i) record.response->body += static_cast<char>(rng.next());
  write_all(env, {record});
  const EnvSize after = must(env->size());
  REQUIRE(after.used_bytes >= before.used_bytes + 100'000);
  REQUIRE(after.file_bytes >= after.used_bytes);
}

}  // namespace pk::store::test
