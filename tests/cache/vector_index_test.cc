#include "cache/vector_index.h"

#include <cmath>
#include <limits>

#include "base/rng.h"
#include "support/catch.h"

using pk::Rng;
using pk::cache::cosine;
using pk::cache::VectorIndex;

namespace {

std::vector<float> random_vector(Rng& rng, std::size_t dimensions) {
  std::vector<float> vector(dimensions);
  for (float& x : vector) x = static_cast<float>(rng.uniform() - 0.5);
  return vector;
}

// How many of the labels below `count` find themselves first.
std::size_t found_again(const VectorIndex& index, const std::vector<std::vector<float>>& vectors,
                        std::size_t from) {
  std::size_t found = 0;
  for (std::size_t i = from; i < vectors.size(); ++i) {
    const auto hits = index.nearest(vectors[i], 1);
    found += !hits.empty() && hits[0].label == i && std::abs(hits[0].score - 1) < 1e-4;
  }
  return found;
}

}  // namespace

TEST_CASE("The nearest vectors come first, with their cosines, whatever their lengths") {
  VectorIndex index(2);
  CHECK(index.nearest(std::vector<float>{1, 0}, 3).empty());
  CHECK(index.add(1, std::vector<float>{10, 0}));
  CHECK(index.add(2, std::vector<float>{0.1f, 0.1f}));
  CHECK(index.add(3, std::vector<float>{-1, 0}));
  const auto hits = index.nearest(std::vector<float>{3, 0}, 2);
  REQUIRE(hits.size() == 2);
  CHECK(hits[0].label == 1);
  CHECK(std::abs(hits[0].score - 1) < 1e-6);
  CHECK(hits[1].label == 2);
  CHECK(std::abs(hits[1].score - std::sqrt(0.5)) < 1e-6);
}

TEST_CASE("A vector of another size, without a direction or not finite is refused") {
  VectorIndex index(2);
  CHECK_FALSE(index.add(1, std::vector<float>{1, 0, 0}));
  CHECK_FALSE(index.add(1, std::vector<float>{}));
  CHECK_FALSE(index.add(1, std::vector<float>{0, 0}));
  CHECK_FALSE(index.add(1, std::vector<float>{std::numeric_limits<float>::infinity(), 0}));
  CHECK_FALSE(index.add(1, std::vector<float>{std::numeric_limits<float>::quiet_NaN(), 0}));
  CHECK(index.size() == 0);
  CHECK(index.add(1, std::vector<float>{1, 0}));
  CHECK(index.nearest(std::vector<float>{1, 0, 0}, 1).empty());
  CHECK(index.nearest(std::vector<float>{0, 0}, 1).empty());
}

TEST_CASE("What is removed is not found again, few or many") {
  constexpr std::size_t k_dimensions = 16;
  for (const std::size_t count : {std::size_t{10}, VectorIndex::k_flat_max + 500}) {
    Rng rng(1);
    VectorIndex index(k_dimensions);
    std::vector<std::vector<float>> vectors;
    for (std::size_t i = 0; i < count; ++i) {
      vectors.push_back(random_vector(rng, k_dimensions));
      REQUIRE(index.add(i, vectors.back()));
    }
    CHECK((index.graphs() > 0) == (count > VectorIndex::k_flat_max));
    CHECK(found_again(index, vectors, 0) >= count * 99 / 100);
    for (std::size_t i = 0; i < count; i += 2) CHECK(index.remove(i));
    CHECK_FALSE(index.remove(0));
    CHECK(index.size() == count / 2);
    for (std::size_t i = 0; i < count; ++i)
      for (const auto& hit : index.nearest(vectors[i], 4)) CHECK(hit.label % 2 == 1);
    for (std::size_t i = 1; i < count; i += 2) CHECK(index.remove(i));
    CHECK(index.nearest(vectors[0], 1).empty());
    CHECK(index.graphs() == 0);
  }
}

TEST_CASE("Graphs that are empty go, thin ones are emptied as others are added") {
  constexpr std::size_t k_dimensions = 8;
  constexpr std::size_t k_first = VectorIndex::k_first_graph_vectors;
  Rng rng(2);
  VectorIndex index(k_dimensions);
  std::vector<std::vector<float>> vectors;
  const auto add = [&] {
    vectors.push_back(random_vector(rng, k_dimensions));
    REQUIRE(index.add(vectors.size() - 1, vectors.back()));
  };
  for (std::size_t i = 0; i < k_first + 1000; ++i) add();
  REQUIRE(index.graphs() == 2);
  // All but 400 of the first graph go; the rest moves with the next hundred.
  for (std::size_t i = 400; i < k_first; ++i) REQUIRE(index.remove(i));
  REQUIRE(index.graphs() == 2);
  for (int i = 0; i < 110; ++i) add();
  CHECK(index.graphs() == 1);
  CHECK(index.size() == 400 + 1000 + 110);
  std::size_t found = 0;
  for (std::size_t i = 0; i < 400; ++i) found += index.nearest(vectors[i], 1).at(0).label == i;
  CHECK(found >= 396);
}

TEST_CASE("The cosine of two vectors") {
  CHECK(std::abs(cosine(std::vector<float>{1, 1}, std::vector<float>{2, 2}) - 1) < 1e-6);
  CHECK(std::abs(cosine(std::vector<float>{1, 0}, std::vector<float>{-3, 0}) + 1) < 1e-6);
  CHECK(cosine(std::vector<float>{1, 0}, std::vector<float>{0, 0}) == 0);
  CHECK(cosine(std::vector<float>{1, 0}, std::vector<float>{1, 0, 0}) == 0);
}

TEST_CASE("Of long vectors the near ones are found by their sketches, and scored by themselves") {
  constexpr std::size_t k_dimensions = 768, k_count = 3000;
  Rng rng(3);
  VectorIndex index(k_dimensions);
  std::vector<std::vector<float>> vectors;
  for (std::size_t i = 0; i < k_count; ++i) {
    // Two of three stand near the one before them.
    std::vector<float> vector = random_vector(rng, k_dimensions);
    if (i % 3 != 0)
      for (std::size_t d = 0; d < k_dimensions; ++d) vector[d] = vectors.back()[d] + 0.3f * vector[d];
    vectors.push_back(std::move(vector));
    REQUIRE(index.add(i, vectors.back()));
  }
  REQUIRE(index.graphs() == 1);
  CHECK(found_again(index, vectors, 0) >= k_count * 99 / 100);
  std::size_t found = 0;
  for (std::size_t i = 1; i < k_count; i += 3)
    for (const auto& hit : index.nearest(vectors[i], 3))
      if (hit.label == i - 1 || hit.label == i + 1) {
        CHECK(std::abs(hit.score - cosine(vectors[i], vectors[hit.label])) < 1e-3);
        ++found;
      }
  CHECK(found >= k_count * 2 / 3 * 99 / 100);
}
