#include "base/rng.h"

#include <sys/random.h>

#include <bit>

#include "base/assert.h"

namespace pk {

// Splitmix64 spreads one word over the state, as the generator's authors advise (Blackman and Vigna, 2018).
Rng::Rng(std::uint64_t seed) {
  for (auto& word : m_state) {
    seed += 0x9e3779b97f4a7c15u;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    word = z ^ (z >> 31);
  }
}

Rng Rng::from_entropy() {
  std::uint64_t seed = 0;
  PK_ASSERT(::getrandom(&seed, sizeof seed, 0) == sizeof seed);
  return Rng(seed);
}

std::uint64_t Rng::next() {
  auto& s = m_state;
  const std::uint64_t result = std::rotl(s[1] * 5, 7) * 9;
  const std::uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = std::rotl(s[3], 45);
  return result;
}

double Rng::uniform() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

}  // namespace pk
