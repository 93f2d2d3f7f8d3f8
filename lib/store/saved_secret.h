// The key that virtual keys are encrypted with: DIR/secret.key, made once, never written again. Sealed texts
// are XChaCha20-Poly1305 (libsodium) with a random nonce; the id of what they belong to is authenticated with
// them, so that none can be moved to another. FORMAT.md, saved things.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::store {

inline constexpr std::string_view k_secret_key_file = "secret.key";
inline constexpr std::size_t k_secret_key_bytes = 32;

// One thread per object; wiped at its end.
class SecretKey {
 public:
  // io, saying what to do: the file is not there, cannot be read, or holds no key.
  static Result<SecretKey> load(const std::filesystem::path& dir);
  // Makes the file (0600) if there is none. Of several processes one makes it, all get the same. A crash
  // leaves none or a whole one.
  static Result<SecretKey> load_or_make(const std::filesystem::path& dir);

  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;
  ~SecretKey();

  // Never gives the same bytes twice.
  std::string seal(std::string_view id, std::string_view text) const;
  // Nothing: sealed with another key, for another id, or not whole.
  std::optional<std::string> open(std::string_view id, std::string_view sealed) const;

 private:
  SecretKey() = default;
  std::array<unsigned char, k_secret_key_bytes> m_key{};
};

// For what `id` has sealed and `dir`'s key does not open.
Error wrong_secret_key(const std::filesystem::path& dir, std::string_view id);

}  // namespace pk::store
