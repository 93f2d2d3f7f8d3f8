// A short stand-in for a long vector: the dot product of two sketches is near that of their vectors. Looking
// for neighbours is fetching vectors from memory, so that a sixth of the bytes is a sixth of the time; what
// is found is scored with the vectors themselves.
//
// A subsampled randomised Hadamard transform: Ailon and Chazelle, "Approximate nearest neighbors and the fast
// Johnson-Lindenstrauss transform", STOC 2006; Tropp, arXiv:1011.1595.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pk::cache {

// Immutable; any thread.
class Sketch {
 public:
  // Of a cosine r the sketches' is off by about (1 - r²) / √256: 0.006 at 0.95.
  static constexpr std::size_t k_size = 256;

  // The same for the same number of dimensions, in every process.
  explicit Sketch(std::size_t dimensions);

  // Numbers in a sketch: fewer than k_size where the vectors are no longer, which are their own sketches.
  std::size_t size() const { return m_places.empty() ? m_dimensions : m_places.size(); }
  bool is_identity() const { return m_places.empty(); }

  // `unit`: of the sketch's dimensions, length 1, as the sketch has it then.
  std::vector<float> of(const std::vector<float>& unit) const;

 private:
  std::size_t m_dimensions;
  std::vector<float> m_signs;           // for each dimension 1 or -1
  std::vector<std::uint32_t> m_places;  // of the transform that are taken
};

}  // namespace pk::cache
