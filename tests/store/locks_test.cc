#include "store/locks.h"

#include <sys/wait.h>
#include <unistd.h>

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("A second server is refused with the first one's process and address") {
  const TempDir dir;
  REQUIRE_FALSE(must(is_served(dir.path())));
  {
    ServeLock first = must(ServeLock::take(dir.path(), "http://127.0.0.1:0"));
    must(first.set_url("http://127.0.0.1:8787"));
    const auto second = ServeLock::take(dir.path(), "127.0.0.1:9");
    REQUIRE_FALSE(second);
    REQUIRE(second.error().code == Errc::unauthorized);
    REQUIRE(second.error().message.find(std::to_string(getpid())) != std::string::npos);
    REQUIRE(second.error().message.find(" on http://127.0.0.1:8787") != std::string::npos);
    const auto server = must(is_served(dir.path()));
    REQUIRE(server);
    REQUIRE(server->pid == getpid());
    REQUIRE(server->address == "127.0.0.1:8787");
    REQUIRE(server->url() == "http://127.0.0.1:8787");
    first.release();
    REQUIRE_FALSE(must(is_served(dir.path())));
    must(ServeLock::take(dir.path(), "127.0.0.1:9"));
  }
  REQUIRE_FALSE(must(is_served(dir.path())));
}

TEST_CASE("Whether a server speaks TLS is known, and an address alone is read as servers once wrote it") {
  const TempDir dir;
  ServeLock lock = must(ServeLock::take(dir.path(), "https://[::1]:8787"));
  CHECK(must(is_served(dir.path()))->tls);
  CHECK(must(is_served(dir.path()))->address == "[::1]:8787");
  must(lock.set_url("127.0.0.1:8787"));
  CHECK_FALSE(must(is_served(dir.path()))->tls);
  CHECK(must(is_served(dir.path()))->url() == "http://127.0.0.1:8787");
}

TEST_CASE("A server that is killed holds nothing") {
  const TempDir dir;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = ServeLock::take(dir.path(), "a:1");
    if (write(ends[1], lock ? "1" : "0", 1) != 1) _exit(1);
    pause();
  }
  char taken = 0;
  REQUIRE(read(ends[0], &taken, 1) == 1);
  REQUIRE(taken == '1');
  REQUIRE(must(is_served(dir.path()))->pid == child);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  REQUIRE_FALSE(must(is_served(dir.path())));
}

TEST_CASE("Two prunes of one ledger do not run at once") {
  const TempDir dir;
  {
    const FileLock first = must(take_prune_lock(dir.path()));
    REQUIRE_FALSE(take_prune_lock(dir.path()));
  }
  must(take_prune_lock(dir.path()));
}

TEST_CASE("A run is alive as long as its lock") {
  const TempDir dir;
  const SystemClock clock;
  UuidSource ids(clock, Rng(1));
  const Uuid a = ids.next();
  const Uuid b = ids.next();
  REQUIRE_FALSE(must(run_is_alive(dir.path(), a)));
  {
    const RunLock lock = must(RunLock::take(dir.path(), a));
    REQUIRE(must(run_is_alive(dir.path(), a)));
    REQUIRE_FALSE(must(run_is_alive(dir.path(), b)));
  }
  REQUIRE_FALSE(must(run_is_alive(dir.path(), a)));
}

TEST_CASE("The ledger is used by many, or replaced by one of them when the others are gone") {
  const TempDir dir;
  UseLock one = must(UseLock::share(dir.path(), true));
  {
    const UseLock two = must(UseLock::share(dir.path(), false));
    REQUIRE_FALSE(must(one.take_alone()));
  }
  REQUIRE(must(one.take_alone()));
  one.share_again();
  UseLock two = must(UseLock::share(dir.path(), true));
  REQUIRE_FALSE(must(two.take_alone()));
}

TEST_CASE("Locks of prunes and compactions are had once, and can be asked for") {
  const TempDir dir;
  REQUIRE_FALSE(must(is_pruning(dir.path())));
  REQUIRE_FALSE(must(is_compacting(dir.path())));
  {
    const FileLock prune = must(take_prune_lock(dir.path()));
    const FileLock compact = must(take_compact_lock(dir.path()));
    REQUIRE(must(is_pruning(dir.path())));
    REQUIRE(must(is_compacting(dir.path())));
    REQUIRE(take_prune_lock(dir.path()).error().code == Errc::unauthorized);
    REQUIRE(take_compact_lock(dir.path()).error().code == Errc::unauthorized);
  }
  REQUIRE_FALSE(must(is_pruning(dir.path())));
  REQUIRE_FALSE(must(is_compacting(dir.path())));
}

}  // namespace pk::store::test
