#include "base/ids.h"

#include <algorithm>
#include <cstring>

namespace pk {

namespace {

constexpr std::uint64_t k_low_mask = (std::uint64_t{1} << 62) - 1;

constexpr std::array<std::array<char, 2>, 256> make_hex_pairs() {
  constexpr char k_digits[] = "0123456789abcdef";
  std::array<std::array<char, 2>, 256> pairs{};
  for (std::size_t byte = 0; byte < pairs.size(); ++byte)
    pairs[byte] = {k_digits[byte >> 4], k_digits[byte & 15]};
  return pairs;
}
constexpr std::array<std::array<char, 2>, 256> k_hex_pairs = make_hex_pairs();

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_hyphen_place(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

void put_time(Uuid& id, std::int64_t ms) {
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
}

}  // namespace

// Each record's id is written five times before it is on disk.
std::string Uuid::text() const {
  std::string out(36, '-');
  char* at = out.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    std::memcpy(at, k_hex_pairs[bytes[i]].data(), 2);
    at += 2;
  }
  return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return {};
  Uuid id;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_hyphen_place(i)) {
      if (text[i] != '-') return {};
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return {};
    id.bytes[nibble / 2] = static_cast<std::uint8_t>(id.bytes[nibble / 2] << 4 | value);
    ++nibble;
  }
  return id;
}

Uuid Uuid::lowest_of(std::int64_t wall_ms) {
  Uuid id;
  put_time(id, std::max<std::int64_t>(wall_ms, 0));
  return id;
}

std::int64_t Uuid::time_ms() const {
  std::int64_t ms = 0;
  for (int i = 0; i < 6; ++i) ms = ms << 8 | bytes[i];
  return ms;
}

Uuid UuidSource::next() {
  const std::int64_t now = std::max<std::int64_t>(m_clock.wall_ms(), 0);
  if (now > m_last_ms) {
    m_last_ms = now;
    m_high = static_cast<std::uint16_t>(m_rng.next() & 0xfff);
    m_low = m_rng.next() & (k_low_mask >> 1);  // the top bit clear: room to count up
  } else {
    m_low = (m_low + 1 + (m_rng.next() & 0xffff)) & k_low_mask;
  }
  Uuid id;
  put_time(id, m_last_ms);
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | m_high >> 8);
  id.bytes[7] = static_cast<std::uint8_t>(m_high);
  for (int i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(m_low >> (56 - 8 * i));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

}  // namespace pk
