#include "route/keyed_hash.h"

#include <sodium/crypto_shorthash.h>

#include <cstring>
#include <string>

namespace pk::route {

static_assert(crypto_shorthash_KEYBYTES == 16);
static_assert(crypto_shorthash_BYTES == sizeof(std::uint64_t));

KeyedHash KeyedHash::random() {
  Key key{};
  crypto_shorthash_keygen(key.data());
  return KeyedHash(key);
}

std::uint64_t KeyedHash::operator()(std::span<const std::string_view> parts) const {
  std::string bytes;
  for (const std::string_view part : parts) {
    const std::uint64_t size = part.size();
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size).append(part);
  }
  std::uint64_t hash = 0;
  crypto_shorthash(reinterpret_cast<unsigned char*>(&hash),
                   reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), m_key.data());
  return hash;
}

}  // namespace pk::route
