// Record ids: UUID version 7 (RFC 9562), whose byte order is time order.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/rng.h"

namespace pk {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  // The 36-character lower-case form.
  std::string text() const;
  // Either case, with hyphens in their places; nothing otherwise.
  static std::optional<Uuid> parse(std::string_view text);
  // The smallest id of that millisecond: a bound for scans by time.
  static Uuid lowest_of(std::int64_t wall_ms);

  // The millisecond since 1970 that a version 7 id carries.
  std::int64_t time_ms() const;
  bool is_nil() const { return *this == Uuid{}; }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

  auto operator<=>(const Uuid&) const = default;
};

// Makes ids that never go back: within one generator each id is greater than the one before, also when the
// wall clock jumps back. One thread per object; several generators differ by their random bits.
class UuidSource {
 public:
  UuidSource(const Clock& clock, Rng rng) : m_clock(clock), m_rng(rng) {}
  Uuid next();

 private:
  const Clock& m_clock;
  Rng m_rng;
  std::int64_t m_last_ms = -1;
  std::uint64_t m_low = 0;  // 74 random bits are kept as 12 + 62; the 62 count up within a millisecond
  std::uint16_t m_high = 0;
};

}  // namespace pk
