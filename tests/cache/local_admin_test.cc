#include "cache/local_admin.h"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "cache/digest.h"
#include "cache/fixture.h"
#include "cache/local_store.h"
#include "support/temp_folder.h"

namespace pk::cache::test {
namespace {

const SystemClock k_clock;

std::unique_ptr<LocalStore> open(const pk::test::TempFolder& folder) {
  LocalStore::Options options;
  options.dir = folder.path();
  options.bytes_max = 10'000'000;
  return must(LocalStore::open(std::move(options), k_clock));
}

void fill(const pk::test::TempFolder& folder, int entries) {
  const auto store = open(folder);
  for (int i = 0; i < entries; ++i) store->put(key_of(i), shared(entry_of(i)));
}

}  // namespace

TEST_CASE("Statistics tell what is there") {
  const pk::test::TempFolder folder;
  CHECK(LocalAdmin::open(folder.path()).error().code == Errc::not_found);
  fill(folder, 3);
  const LocalAdmin admin = must(LocalAdmin::open(folder.path()));
  const LocalStatistics statistics = must(admin.statistics());
  CHECK(statistics.entries == 3);
  CHECK(statistics.bytes > 300);
  CHECK(statistics.bytes_max == 10'000'000);
  CHECK(statistics.file_bytes >= 3 * 4096);
  CHECK(statistics.oldest_ms == entry_of(0).created_ms);
  CHECK(statistics.newest_ms == entry_of(2).created_ms);
  CHECK(statistics.counters.at("stored") == 3);
}

TEST_CASE("Entries go by log id, by the first bytes of keys, and all at once") {
  const pk::test::TempFolder folder;
  fill(folder, 300);
  LocalAdmin admin = must(LocalAdmin::open(folder.path()));
  CHECK(must(admin.remove_log(entry_of(5).log_id)) == 1);
  CHECK(must(admin.remove_log(entry_of(5).log_id)) == 0);
  CHECK_FALSE(must(admin.of_log(entry_of(5).log_id, Parts::all)));
  const auto found = must(admin.of_log(entry_of(6).log_id, Parts::all));
  REQUIRE(found);
  CHECK(found->key == key_of(6));
  CHECK(found->entry == entry_of(6));
  CHECK(must(admin.remove_prefix(view_of(key_of(6)).substr(0, 8))) == 1);
  CHECK(must(admin.remove_prefix("")) == 0);
  std::uint64_t removed = 0;
  for (int byte = 0; byte < 256; byte += 2)
    removed += must(admin.remove_prefix(std::string(1, static_cast<char>(byte))));
  CHECK(must(admin.statistics()).entries == 298 - removed);
  CHECK(must(admin.clear()) == 298 - removed);
  CHECK(must(admin.statistics()).entries == 0);
}

TEST_CASE("Entries go by what they say; written anew, the file has nothing left of them") {
  const pk::test::TempFolder folder;
  {
    const auto store = open(folder);
    for (int i = 0; i < 600; ++i) {
      Entry entry = entry_of(i);
      entry.body = i % 3 == 0 ? "the MARKER of " + std::to_string(i) : "nothing";
      store->put(key_of(i), shared(std::move(entry)));
    }
  }
  const auto file = folder.path() / "cache.mdb";
  const auto has_marker = [&] {
    std::ostringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    return bytes.str().find("MARKER") != std::string::npos;
  };
  const auto goes = [](const Entry& entry) { return entry.body.find("MARKER") != std::string::npos; };
  {
    LocalAdmin admin = must(LocalAdmin::open(folder.path()));
    CHECK(must(admin.remove_if(goes, true)) == 200);
    CHECK(must(admin.remove_if(goes, false)) == 200);
    CHECK(must(admin.remove_if(goes, false)) == 0);
    CHECK(must(admin.statistics()).entries == 400);
  }
  CHECK(has_marker());
  REQUIRE(compact_local(folder.path()));
  CHECK_FALSE(has_marker());
  CHECK(must(must(LocalAdmin::open(folder.path())).statistics()).entries == 400);
  {
    const auto serving = open(folder);
    CHECK(compact_local(folder.path()).error().code == Errc::unauthorized);
  }
  const pk::test::TempFolder empty;
  CHECK(compact_local(empty.path()));
}

TEST_CASE("The newest up to a time come first, without their bodies") {
  const pk::test::TempFolder folder;
  fill(folder, 10);
  const LocalAdmin admin = must(LocalAdmin::open(folder.path()));
  std::vector<std::int64_t> times;
  must(admin.newest(k_now_ms + 7, 3, [&](const LocalAdmin::Found& found) {
    times.push_back(found.entry.created_ms - k_now_ms);
    CHECK(found.entry.body.empty());
    return true;
  }));
  CHECK(times == std::vector<std::int64_t>{7, 6, 5});
}

TEST_CASE("A server notices at once that another process cleared the cache") {
  const pk::test::TempFolder folder;
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  // Forked before there is a thread; it waits until the server has written.
  const pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[1]);
    char byte = 0;
    if (read(pipe_ends[0], &byte, 1) != 1) _exit(2);
    auto admin = LocalAdmin::open(folder.path());
    if (!admin) _exit(3);
    const auto count = admin->clear();
    _exit(count && *count == 1 ? 0 : 4);
  }
  close(pipe_ends[0]);
  const auto store = open(folder);
  store->put(key_of(1), shared(entry_of(1)));
  store->flush();
  REQUIRE(get(*store, key_of(1)) != nullptr);
  REQUIRE(write(pipe_ends[1], "x", 1) == 1);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  close(pipe_ends[1]);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  CHECK(get(*store, key_of(1)) == nullptr);
  store->put(key_of(2), shared(entry_of(2)));
  store->flush();
  CHECK(store->stats().entries == 1);
  CHECK(store->stats().bytes < 2000);
}

}  // namespace pk::cache::test
