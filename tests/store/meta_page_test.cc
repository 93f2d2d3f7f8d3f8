#include "store/meta_page.h"

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("A sound ledger, an empty file and none at all pass") {
  const TempDir dir;
  must(check_meta_pages(dir.ledger()));
  write_file(dir.ledger(), "");
  must(check_meta_pages(dir.ledger()));
  std::filesystem::remove(dir.ledger());
  write_all(open_env(dir), {record_at(k_now_ms)});
  std::uint64_t missing = 99;
  must(check_meta_pages(dir.ledger(), &missing));
  REQUIRE(missing <= k_unwritten_pages_max);
}

TEST_CASE("A file cut in its meta pages, or far before its end, is damage") {
  const TempDir dir;
  {
    const auto env = open_env(dir);
    log::LogRecord record = record_at(k_now_ms);
    Rng rng(1);
    for (int i = 0; i < 6'000'000; ++i) record.response->body += static_cast<char>(rng.next());
    write_all(env, {record});
  }
  const std::string whole = read_file(dir.ledger());
  for (const std::size_t size : {std::size_t{1}, std::size_t{100}, std::size_t{4096}, std::size_t{8191},
                                 std::size_t{8192}, std::size_t{100'000}}) {
    write_file(dir.ledger(), whole.substr(0, size));
    const Result<void> checked = check_meta_pages(dir.ledger());
    INFO(size);
    REQUIRE_FALSE(checked);
    REQUIRE(checked.error().code == Errc::corrupt);
  }
}

TEST_CASE("Meta pages that make no sense are damage, whichever field it is") {
  const TempDir dir;
  { open_env(dir); }
  const std::string whole = read_file(dir.ledger());
  // magic, version, page size, page number, flags, roots (the free list's, the main table's), the last page
  for (const std::size_t page : {std::size_t{0}, std::size_t{4096}})
    for (const std::size_t at :
         {std::size_t{16}, std::size_t{20}, std::size_t{40}, std::size_t{0}, std::size_t{10}}) {
      std::string changed = whole;
      changed[page + at] = static_cast<char>(changed[page + at] ^ 0xff);
      write_file(dir.ledger(), changed);
      INFO(page + at);
      REQUIRE_FALSE(check_meta_pages(dir.ledger()));
    }
  for (const std::size_t at : {std::size_t{86}, std::size_t{134}, std::size_t{142}}) {
    std::string changed = whole;
    changed[at] = changed[4096 + at] = '\x55';  // high bytes: far outside
    write_file(dir.ledger(), changed);
    INFO(at);
    REQUIRE_FALSE(check_meta_pages(dir.ledger()));
  }
}

TEST_CASE("A folder in the ledger's place is no crash") {
  const TempDir dir;
  std::filesystem::create_directory(dir.ledger());
  REQUIRE_FALSE(check_meta_pages(dir.ledger()));
}

}  // namespace pk::store::test
