#include "cache/local_env.h"

#include <fcntl.h>
#include <sys/file.h>

#include "cache/files.h"
#include "cache/fixture.h"
#include "cache/local_rows.h"
#include "support/temp_folder.h"

namespace pk::cache::test {
namespace {

constexpr std::uint64_t k_map = 50'000'000;

struct Folder {
  pk::test::TempFolder folder;
  std::filesystem::path file = folder.path() / k_cache_file;
  std::filesystem::path boot = folder.path() / k_boot_file;

  std::unique_ptr<LocalEnv> open() const { return must(LocalEnv::open(folder.path(), k_map)); }

  void fill(int entries, std::size_t body_bytes = 3000) const {
    const auto env = open();
    auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::write));
    for (int i = 0; i < entries; ++i) {
      const Entry entry = entry_of(i, body_bytes);
      must(put_row(txn, key_of(i), entry, encode(entry)));
    }
    must(txn.commit());
  }
  std::uint64_t entries() const {
    const auto env = open();
    const auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::read));
    return must(usage(txn)).entries;
  }
};

}  // namespace

TEST_CASE("A file that was closed is taken as it is") {
  const Folder folder;
  folder.fill(20);
  CHECK_FALSE(std::filesystem::exists(folder.boot));
  const auto env = folder.open();
  CHECK(env->remade().empty());
  CHECK(env->file_bytes() > 20 * 3000);
  CHECK(std::filesystem::exists(folder.boot));
}

TEST_CASE("A process that was killed leaves a good file, a machine that went down does not") {
  const Folder folder;
  folder.fill(20);
  {
    const auto env = folder.open();
    const std::string marker = read_file(folder.boot);
    REQUIRE(marker.size() > 30);
    env->give_up();
    // As after a crash: the marker is of this run of the kernel.
  }
  CHECK(std::filesystem::exists(folder.boot));
  CHECK(folder.entries() == 20);
  for (const std::string marker : {"0b0c0d0e-0000-4000-8000-000000000000\n", ""}) {
    folder.fill(20);
    write_file(folder.boot, marker);
    CHECK(LocalEnv::visit(folder.folder.path()).error().code == Errc::corrupt);
    const auto env = folder.open();
    CHECK(env->remade().find("went down") != std::string::npos);
    const auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::read));
    CHECK(must(usage(txn)).entries == 0);
  }
}

TEST_CASE(
    "While a server drains and the next one writes, the file is not vouched for until both have closed") {
  const Folder folder;
  folder.fill(1);
  auto env = folder.open();
  // Stands for the other process: LMDB allows the file once in this one.
  const store::FileLock other(::open(folder.boot.c_str(), O_RDWR | O_CLOEXEC));
  REQUIRE(flock(other.fd(), LOCK_SH) == 0);
  env.reset();
  CHECK(std::filesystem::exists(folder.boot));
}

TEST_CASE("Cut or overwritten anywhere, no signal escapes, and a good file is there afterwards") {
  const Folder folder;
  folder.fill(60);
  const std::string whole = read_file(folder.file);
  REQUIRE(whole.size() > 40 * 4096);
  for (std::size_t at = 0; at + 4096 < whole.size(); at += whole.size() / 40 + 1) {
    write_file(folder.file, std::string_view(whole).substr(0, at));
    CHECK(folder.open() != nullptr);
    std::string spoilt = whole;
    spoilt.replace(at, 2000, 2000, '\xa5');
    write_file(folder.file, spoilt);
    CHECK(folder.open() != nullptr);
    write_file(folder.file, whole);
  }
  CHECK(folder.entries() == 60);
  write_file(folder.file, std::string(100'000, 'x'));
  CHECK_FALSE(folder.open()->remade().empty());
}

TEST_CASE("A later format is made anew by a server and refused by others") {
  const Folder folder;
  {
    const auto env = folder.open();
    auto txn = must(LocalTxn::begin(*env, LocalTxn::Kind::write));
    must(txn.put(Table::meta, "format", std::string("\x02\0\0\0", 4)));
    must(txn.commit());
  }
  CHECK(LocalEnv::visit(folder.folder.path()).error().code == Errc::invalid);
  CHECK_FALSE(folder.open()->remade().empty());
  CHECK(LocalEnv::visit(folder.folder.path()));
}

TEST_CASE("There is no cache to visit before a server made one") {
  const pk::test::TempFolder folder;
  CHECK(LocalEnv::visit(folder.path()).error().code == Errc::not_found);
}

}  // namespace pk::cache::test
