#include "store/text_filter.h"

#include "fixture.h"

namespace pk::store {

namespace {

std::vector<std::uint64_t> hashes(std::size_t n) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(text_filter_hash("user-" + std::to_string(i)));
  return out;
}

}  // namespace

TEST_CASE("A filter has every text that was put in") {
  for (const std::size_t n : {1u, 2u, 63u, 64u, 1000u, 3072u}) {
    const auto all = hashes(n);
    const std::string filter = make_text_filter(all);
    CHECK(filter.size() % 32 == 0);
    for (const std::uint64_t hash : all) CHECK(text_filter_may_have(filter, hash));
  }
}

TEST_CASE("A filter has few texts that were not put in, at ten bits a text") {
  const std::string filter = make_text_filter(hashes(2000));
  CHECK(filter.size() == 2528);  // 2000 × 10 bits in blocks of 256
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < 10'000; ++i)
    wrong += text_filter_may_have(filter, text_filter_hash("other-" + std::to_string(i)));
  CHECK(wrong < 250);
}

TEST_CASE("A filter that says nothing has everything") {
  CHECK(make_text_filter({}).empty());
  CHECK(text_filter_may_have("", 7));
  CHECK(text_filter_may_have(std::string(31, '\0'), 7));
  CHECK_FALSE(text_filter_may_have(std::string(32, '\0'), 7));
}

TEST_CASE("Where a name ends and its value begins makes another pair") {
  CHECK(text_filter_hash("team", "ops") != text_filter_hash("tea", "mops"));
  CHECK(text_filter_hash("team", "") != text_filter_hash("", "team"));
  CHECK(text_filter_hash("team", "ops") == text_filter_hash("team", "ops"));
}

}  // namespace pk::store
