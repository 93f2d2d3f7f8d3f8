#include "cache/sketch.h"

#include <bit>
#include <cmath>
#include <numeric>

#include "base/assert.h"
#include "base/rng.h"

namespace pk::cache {

namespace {

// In place; the size is a power of two.
void hadamard(std::vector<float>& values) {
  for (std::size_t half = 1; half < values.size(); half *= 2)
    for (std::size_t from = 0; from < values.size(); from += 2 * half)
      for (std::size_t i = from; i < from + half; ++i) {
        const float a = values[i], b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
}

}  // namespace

Sketch::Sketch(std::size_t dimensions) : m_dimensions(dimensions) {
  if (dimensions <= k_size) return;
  Rng rng(dimensions);
  const std::size_t padded = std::bit_ceil(dimensions);
  m_signs.reserve(dimensions);
  for (std::size_t i = 0; i < dimensions; ++i) m_signs.push_back(rng.next() & 1 ? 1.0f : -1.0f);
  m_places.resize(padded);
  std::iota(m_places.begin(), m_places.end(), 0u);
  for (std::size_t i = 0; i < k_size; ++i) std::swap(m_places[i], m_places[i + rng.next() % (padded - i)]);
  m_places.resize(k_size);
}

std::vector<float> Sketch::of(const std::vector<float>& unit) const {
  PK_ASSERT(unit.size() == m_dimensions);
  if (is_identity()) return unit;
  std::vector<float> values(std::bit_ceil(m_dimensions));
  for (std::size_t i = 0; i < m_dimensions; ++i) values[i] = unit[i] * m_signs[i];
  hadamard(values);
  std::vector<float> sketch;
  sketch.reserve(m_places.size());
  float square = 0;
  for (const std::uint32_t place : m_places) {
    sketch.push_back(values[place]);
    square += values[place] * values[place];
  }
  if (square > 0)
    for (float& x : sketch) x /= std::sqrt(square);
  return sketch;
}

}  // namespace pk::cache
