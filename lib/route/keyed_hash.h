// SipHash-2-4 with a key of the process: keys of tables that are shared by all who use a gateway, out of
// texts that any of them may choose. Without the key nobody can make two of them meet.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace pk::route {

// A value; any thread.
class KeyedHash {
 public:
  using Key = std::array<unsigned char, 16>;

  explicit KeyedHash(const Key& key) : m_key(key) {}
  // With a key of the kernel's.
  static KeyedHash random();

  // Of the parts and where each ends: {"ab", "c"} is not {"a", "bc"}.
  std::uint64_t operator()(std::span<const std::string_view> parts) const;

 private:
  Key m_key;
};

}  // namespace pk::route
