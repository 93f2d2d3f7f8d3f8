#include "store/probe.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <thread>
#include <vector>

#include "store/fixture.h"
#include "store/saved_api_keys.h"
#include "store/verify.h"

namespace pk::store::test {
namespace {

// A ledger with all kinds of tables in it, a few hundred pages long.
void fill_ledger(const TempDir& dir) {
  std::vector<log::LogRecord> records;
  for (std::uint64_t i = 0; i < 300; ++i) {
    records.push_back(record_at(k_now_ms + static_cast<std::int64_t>(i), i));
    records.back().trace_id = "trace " + std::to_string(i % 7);
    if (i % 10 == 0) records.back().request->body = conversation(1 + i / 10, 300);
    if (i % 25 == 0) records.back().response->body = conversation(30);
  }
  write_all(open_env(dir), records);
}

// What a command-line reader does: open, list, show, verify. 0: all is well; 1: an error was named.
int read_everything(const std::filesystem::path& dir) {
  const auto env = Env::open(dir, Mode::read_only);
  if (!env) return 1;
  const LogReader reader(*env);
  std::vector<Uuid> ids;
  const auto listed = reader.scan({}, SIZE_MAX, [&](const log::LogRecord& record) {
    ids.push_back(record.id);
    return true;
  });
  bool well = listed && *listed == 300;
  for (const Uuid& id : ids) well = reader.get(id) && well;
  const auto verified = verify(**env);
  return well && verified && verified->damaged == 0 ? 0 : 1;
}

}  // namespace

TEST_CASE("What is saved can be sound where the rest is not, and what passes as sound can be read") {
  const TempDir dir;
  fill_ledger(dir);
  config::ApiKey key;
  key.name = "laptop";
  key.scopes = 1;
  must(add_api_key(*open_env(dir), key, k_now_ms));
  const std::string whole = read_file(dir.ledger());
  int sound = 0, unsound = 0;
  for (std::size_t at = 2 * 4096; at + 4096 <= whole.size(); at += 4096) {
    write_file(dir.ledger(), std::string(whole).replace(at, 4096, 4096, '\xee'));
    std::filesystem::remove(dir.path() / "ledger.mdb-lock");
    if (!probe(dir.path(), ProbeDepth::saved)) {
      ++unsound;
      continue;
    }
    if (!probe(dir.path(), ProbeDepth::whole)) ++sound;
    REQUIRE(must(list_api_keys(*open_env(dir, Mode::read_only))).entries.size() == 1);
  }
  REQUIRE(sound > 10);
  REQUIRE(unsound > 0);
}

TEST_CASE("A sound ledger, and none, pass the probe") {
  const TempDir dir;
  must(probe(dir.path()));
  fill_ledger(dir);
  must(probe(dir.path(), ProbeDepth::saved));
  must(probe(dir.path(), ProbeDepth::tail));
  must(probe(dir.path(), ProbeDepth::whole));
  REQUIRE(must(run_guarded([&] { return read_everything(dir.path()); })) == 0);
}

TEST_CASE("Cut at any length, no signal escapes, and reading says that something is wrong") {
  // A compact copy, for the last pages of a ledger that was written to may be free: no loss if they are gone.
  const TempDir written;
  fill_ledger(written);
  const TempDir dir;
  must(open_env(written)->copy_to(dir.ledger(), true));
  const std::string whole = read_file(dir.ledger());
  REQUIRE(whole.size() > 50 * 4096);
  for (std::size_t size = 0; size + 4096 < whole.size(); size += whole.size() / 40 + 1) {
    write_file(dir.ledger(), whole.substr(0, size));
    std::filesystem::remove(dir.path() / "ledger.mdb-lock");
    INFO(size << " of " << whole.size());
    const Result<int> read = run_guarded([&] { return read_everything(dir.path()); });
    REQUIRE((!read || *read == 1));
    if (!read) REQUIRE(read.error().code == Errc::corrupt);
    if (size > 0) REQUIRE_FALSE(probe(dir.path(), ProbeDepth::whole));
  }
}

TEST_CASE("With any page overwritten or any byte flipped, no signal escapes and damage to records is named") {
  const TempDir dir;
  fill_ledger(dir);
  const std::string whole = read_file(dir.ledger());
  Rng rng(GENERATE(1, 2));
  int named = 0;
  constexpr int rounds = 60;
  for (int round = 0; round < rounds; ++round) {
    std::string damaged = whole;
    const std::size_t page = rng.next() % (whole.size() / 4096);
    if (round % 2 == 0)
      for (std::size_t i = 0; i < 4096; ++i) damaged[page * 4096 + i] = static_cast<char>(rng.next());
    else
      for (int i = 0; i < 16; ++i)
        damaged[page * 4096 + rng.next() % 4096] ^= static_cast<char>(1 << rng.next() % 8);
    write_file(dir.ledger(), damaged);
    std::filesystem::remove(dir.path() / "ledger.mdb-lock");
    INFO("page " << page);
    const Result<int> read = run_guarded([&] {
      if (std::freopen("/dev/null", "w", stderr) == nullptr) return 2;  // LMDB's last words
      return read_everything(dir.path());
    });
    REQUIRE((!read || *read <= 1));
    named += !read || *read == 1;
    const Result<void> probed = probe(dir.path(), ProbeDepth::whole);
    if (!probed) REQUIRE_FALSE(probed.error().message.empty());
  }
  // The rest hit free pages, bytes between entries, or a text that only LMDB's copy of an older page had.
  REQUIRE(named > rounds / 3);
}

TEST_CASE(
    "A guarded function's code comes back, its crash is damage, its end by another signal is 128 and more") {
  REQUIRE(must(run_guarded([] { return 0; })) == 0);
  REQUIRE(must(run_guarded([] { return 3; })) == 3);
  const auto crashed = run_guarded([]() -> int {
    raise(SIGBUS);
    return 0;
  });
  REQUIRE_FALSE(crashed);
  REQUIRE(crashed.error().code == Errc::corrupt);
  REQUIRE(must(run_guarded([]() -> int {
            raise(SIGKILL);
            return 0;
          })) == 128 + SIGKILL);
}

TEST_CASE("Where many threads meet damage at once, one line is said") {
  const TempDir dir;
  const std::filesystem::path said = dir.path() / "said";
  constexpr int k_threads = 8;
  for (int round = 0; round < 20; ++round) {
    const Result<int> ended = run_guarded([&]() -> int {
      const int file = ::open(said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(file, STDERR_FILENO);
      end_with_a_line();
      std::atomic<int> ready{0};
      std::vector<std::thread> threads;
      for (int i = 0; i < k_threads; ++i)
        threads.emplace_back([&] {
          ++ready;
          while (ready < k_threads) std::this_thread::yield();
          ::raise(SIGBUS);
        });
      for (std::thread& thread : threads) thread.join();
      return 0;
    });
    REQUIRE(must(ended) == 1);
    CHECK(read_file(said) ==
          "pk: the ledger is damaged: `pk verify` tells how far, move it away or put a backup in its "
          "place: a page of it cannot be read\n");
  }
}

}  // namespace pk::store::test
