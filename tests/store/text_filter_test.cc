#include "store/text_filter.h"

#include <cstring>

#include "fixture.h"

namespace pk::store {

namespace {

constexpr std::uint64_t k_seed = 11;

std::vector<std::uint64_t> hashes(std::size_t n) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < n; ++i) out.push_back(text_filter_hash("user-" + std::to_string(i)));
  return out;
}

TextFilterBucket nth_bucket(const std::string& filter, std::size_t place) {
  TextFilterBucket bucket;
  std::memcpy(&bucket, filter.data() + place * sizeof bucket, sizeof bucket);
  return bucket;
}

bool may_have(const std::string& filter, std::uint64_t hash) {
  const auto place = text_filter_bucket(filter.size(), hash);
  REQUIRE(place);
  const TextFilterBucket bucket = nth_bucket(filter, *place);
  REQUIRE(is_whole(bucket, k_seed, *place));
  return may_have(bucket, hash);
}

}  // namespace

TEST_CASE("A filter has every text that was put in") {
  for (const std::size_t n : {1u, 2u, 63u, 64u, 1000u, 3072u}) {
    const auto all = hashes(n);
    const std::string filter = make_text_filter(all, k_seed);
    for (const std::uint64_t hash : all) CHECK(may_have(filter, hash));
  }
}

TEST_CASE("A filter has few texts that were not put in, at twelve bits a text") {
  const std::string filter = make_text_filter(hashes(2000), k_seed);
  CHECK(filter.size() == 3008);  // 2000 × 12 bits in buckets of 256
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < 10'000; ++i)
    wrong += may_have(filter, text_filter_hash("other-" + std::to_string(i)));
  CHECK(wrong < 250);
}

TEST_CASE("Bytes that can be no filter have no bucket") {
  CHECK(make_text_filter({}, k_seed).empty());
  CHECK_FALSE(text_filter_bucket(0, 7));
  CHECK_FALSE(text_filter_bucket(31, 7));
  CHECK_FALSE(text_filter_bucket(33, 7));
  CHECK(text_filter_bucket(32, 7) == 0u);
  CHECK(text_filter_bucket(64, ~std::uint64_t{0}) == 1u);
}

TEST_CASE("A bucket that is damaged, of another place or of another filter, is noticed") {
  const std::string filter = make_text_filter(hashes(100), k_seed);
  const TextFilterBucket bucket = nth_bucket(filter, 3);
  CHECK(is_whole(bucket, k_seed, 3));
  CHECK_FALSE(is_whole(bucket, k_seed, 2));
  CHECK_FALSE(is_whole(bucket, k_seed + 7, 3));
  for (std::size_t bit = 0; bit < 8 * sizeof bucket; ++bit) {
    CAPTURE(bit);
    std::string damaged = filter;
    damaged[3 * sizeof bucket + bit / 8] ^= static_cast<char>(1 << bit % 8);
    CHECK_FALSE(is_whole(nth_bucket(damaged, 3), k_seed, 3));
  }
}

TEST_CASE("Where a name ends and its value begins makes another pair") {
  CHECK(text_filter_hash("team", "ops") != text_filter_hash("tea", "mops"));
  CHECK(text_filter_hash("team", "") != text_filter_hash("", "team"));
  CHECK(text_filter_hash("team", "ops") == text_filter_hash("team", "ops"));
}

}  // namespace pk::store
