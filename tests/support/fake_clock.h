// A clock that stands still until a test moves it.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace pk::test {

// One thread per object. The two clocks move together with advance_ms(), and apart as the real ones do: the
// wall may be set to any time, the steady one only goes forward.
class FakeClock final : public Clock {
 public:
  // 2026-03-01T09:30:00Z
  static constexpr std::int64_t k_start_ms = 1'772'357'400'000;

  explicit FakeClock(std::int64_t wall_ms = k_start_ms) : m_wall_ms(wall_ms) {}

  std::int64_t wall_ms() const override { return m_wall_ms; }
  std::int64_t steady_ns() const override { return m_steady_ns; }

  void advance_ms(std::int64_t ms) {
    m_wall_ms += ms;
    m_steady_ns += ms * 1'000'000;
  }
  void set_wall_ms(std::int64_t wall_ms) { m_wall_ms = wall_ms; }

 private:
  std::int64_t m_wall_ms;
  std::int64_t m_steady_ns = 1;
};

}  // namespace pk::test
