#include "store/walk.h"

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("A sound ledger is walked whole and at its end") {
  const TempDir dir;
  const auto env = open_env(dir);
  std::vector<log::LogRecord> records;
  for (std::uint64_t i = 0; i < 1500; ++i) records.push_back(record_at(k_now_ms, i));
  write_all(env, records);
  write_all(env, {record_at(k_now_ms + 1)});  // leaves pages in the free list
  must(walk_whole(*env));
  must(walk_tail(*env));
}

TEST_CASE("A free list that names pages out of order, twice, or outside the file is damage") {
  const auto entry = [](std::vector<std::uint64_t> numbers) {
    return std::string(reinterpret_cast<const char*>(numbers.data()), 8 * numbers.size());
  };
  for (const std::string& good : {entry({0}), entry({1, 2}), entry({3, 100, 50, 2})})
    must(check_free_pages(good, 100));
  for (const std::string& bad :
       {entry({2, 3, 4}), entry({2, 4, 4}), entry({1, 1}), entry({1, 101}), entry({9, 5}),
        entry({~std::uint64_t{0}, 5}), std::string("x"), std::string()})
    REQUIRE_FALSE(check_free_pages(bad, 100));
}

}  // namespace pk::store::test
