// The words of FORMAT.md's grammar: appending them to a string, and reading them from bytes that may be
// damaged.
#pragma once

#include <xxhash.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace pk::store {

static_assert(std::endian::native == std::endian::little, "fixed-width numbers are copied as they are");

inline constexpr std::size_t k_sum_bytes = 8;

template <class T>
void append_fixed(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

inline void append_varint(std::string& out, std::uint64_t value) {
  char bytes[10];
  std::size_t size = 0;
  while (value >= 0x80) {
    bytes[size++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes[size++] = static_cast<char>(value);
  out.append(bytes, size);
}

inline void append_zigzag(std::string& out, std::int64_t value) {
  append_varint(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

inline void append_text(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out.append(text);
}

template <class T>
void append_big_endian(std::string& out, T value) {
  for (int shift = 8 * (sizeof value - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift));
}

template <class T>
T load_big_endian(const char* bytes) {
  T value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i)
    value = static_cast<T>(value << 8 | static_cast<std::uint8_t>(bytes[i]));
  return value;
}

// Reads forward. After a read that did not fit, ok() is false, and every later read gives zeros.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) {}

  bool ok() const { return m_ok; }
  bool done() const { return m_at == m_end; }
  std::size_t left() const { return static_cast<std::size_t>(m_end - m_at); }
  std::string_view rest() const { return {m_at, left()}; }

  template <class T>
  T fixed() {
    T value{};
    if (left() < sizeof value) {
      fail();
      return value;
    }
    std::memcpy(&value, m_at, sizeof value);
    m_at += sizeof value;
    return value;
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && m_at != m_end; shift += 7) {
      const std::uint8_t byte = static_cast<std::uint8_t>(*m_at++);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }

  std::int64_t zigzag() {
    const std::uint64_t value = varint();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }

  std::string_view bytes(std::uint64_t size) {
    if (size > left()) {
      fail();
      return {};
    }
    const std::string_view out(m_at, static_cast<std::size_t>(size));
    m_at += size;
    return out;
  }

  std::string_view text() { return bytes(varint()); }

  void fail() {
    m_ok = false;
    m_at = m_end;
  }

 private:
  const char* m_at;
  const char* m_end;
  bool m_ok = true;
};

// The sum of a value whose first k_sum_bytes are the sum's place.
inline std::uint64_t sum_of(std::string_view key, std::string_view value) {
  return XXH3_64bits_withSeed(value.data() + k_sum_bytes, value.size() - k_sum_bytes,
                              XXH3_64bits(key.data(), key.size()));
}
inline void seal(std::string_view key, char* value, std::size_t size) {
  const std::uint64_t sum = sum_of(key, {value, size});
  std::memcpy(value, &sum, k_sum_bytes);
}
inline bool is_sealed(std::string_view key, std::string_view value) {
  std::uint64_t sum = 0;
  if (value.size() < k_sum_bytes) return false;
  std::memcpy(&sum, value.data(), k_sum_bytes);
  return sum == sum_of(key, value);
}

inline std::string_view as_view(const Uuid& id) {
  return id.view();
}
// Of 16 bytes; of fewer, which only a damaged key has, with zeros behind them.
inline Uuid as_uuid(std::string_view bytes) {
  Uuid id;
  if (!bytes.empty())  // memcpy wants an address of none, too
    std::memcpy(id.bytes.data(), bytes.data(),
                bytes.size() < id.bytes.size() ? bytes.size() : id.bytes.size());
  return id;
}

}  // namespace pk::store
