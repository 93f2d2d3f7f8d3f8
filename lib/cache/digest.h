// BLAKE2b, fed piece by piece. Pieces run into each other: whoever feeds them says where each ends.
#pragma once

#include <sodium.h>

#include <cstdint>
#include <string_view>

namespace pk::cache {

// `Out`: a std::array of bytes, Digest or Key.
template <class Out>
class Hasher {
 public:
  Hasher() { crypto_generichash_init(&m_state, nullptr, 0, Out{}.size()); }

  void add(std::string_view bytes) {
    crypto_generichash_update(&m_state, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }

  Out finish() {
    Out out{};
    crypto_generichash_final(&m_state, out.data(), out.size());
    return out;
  }

 private:
  crypto_generichash_state m_state;
};

template <class Out>
Out hash_of(std::string_view bytes) {
  Hasher<Out> hasher;
  hasher.add(bytes);
  return hasher.finish();
}

template <class Bytes>
std::string_view view_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace pk::cache
