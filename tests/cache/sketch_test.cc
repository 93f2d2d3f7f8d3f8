#include "cache/sketch.h"

#include <cmath>
#include <numeric>

#include "base/rng.h"
#include "support/catch.h"

using pk::Rng;
using pk::cache::Sketch;

namespace {

std::vector<float> unit(std::vector<float> vector) {
  const double square = std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0);
  for (float& x : vector) x = static_cast<float>(x / std::sqrt(square));
  return vector;
}

std::vector<float> random_vector(Rng& rng, std::size_t dimensions) {
  std::vector<float> vector(dimensions);
  for (float& x : vector) x = static_cast<float>(rng.uniform() - 0.5);
  return vector;
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// A unit vector whose cosine with the unit vector `a` is `cosine`.
std::vector<float> turned(Rng& rng, const std::vector<float>& a, double cosine) {
  std::vector<float> other = random_vector(rng, a.size());
  const double along = dot(other, a);
  for (std::size_t i = 0; i < a.size(); ++i) other[i] -= static_cast<float>(along * a[i]);
  other = unit(other);
  const double across = std::sqrt(1 - cosine * cosine);
  for (std::size_t i = 0; i < a.size(); ++i) other[i] = static_cast<float>(cosine * a[i] + across * other[i]);
  return other;
}

}  // namespace

TEST_CASE("A short vector is its own sketch") {
  const std::vector<float> vector = unit({1, 2, 3});
  CHECK(Sketch(3).is_identity());
  CHECK(Sketch(3).of(vector) == vector);
  CHECK(Sketch(Sketch::k_size).size() == Sketch::k_size);
}

TEST_CASE("Sketches are as near each other as their vectors, for those of one value too") {
  for (const std::size_t dimensions : {257u, 384u, 1000u, 1536u, 3072u}) {
    const Sketch sketch(dimensions);
    REQUIRE(sketch.size() == Sketch::k_size);
    Rng rng(7);
    double squared_error = 0;
    constexpr int k_pairs = 100;
    for (int i = 0; i < k_pairs; ++i) {
      std::vector<float> a(dimensions);
      if (i % 2 == 0)
        a = unit(random_vector(rng, dimensions));
      else
        a[rng.next() % dimensions] = 1;
      const auto b = turned(rng, a, 0.95);
      const auto of_a = sketch.of(a);
      CHECK(std::abs(dot(of_a, of_a) - 1) < 1e-5);
      const double error = dot(of_a, sketch.of(b)) - 0.95;
      CHECK(std::abs(error) < 0.03);
      squared_error += error * error;
    }
    CHECK(std::sqrt(squared_error / k_pairs) < 0.009);
  }
}
