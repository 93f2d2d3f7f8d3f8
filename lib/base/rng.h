// A small seeded generator (xoshiro256**), so that a test or a replay can repeat a choice. Not for secrets:
// those come from libsodium. One thread per object.
#pragma once

#include <array>
#include <cstdint>

namespace pk {

class Rng {
 public:
  explicit Rng(std::uint64_t seed);
  // Seeded by the kernel.
  static Rng from_entropy();

  std::uint64_t next();
  // In [0, 1).
  double uniform();

 private:
  std::array<std::uint64_t, 4> m_state{};
};

}  // namespace pk
