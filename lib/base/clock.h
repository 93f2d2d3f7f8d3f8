// Time as a value that tests can set. Two clocks: the wall (may jump) and the steady one (never goes back).
#pragma once

#include <cstdint>

namespace pk {

class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970-01-01 UTC.
  virtual std::int64_t wall_ms() const = 0;
  // Nanoseconds since some fixed point; only differences mean something.
  virtual std::int64_t steady_ns() const = 0;
};

// The system's clocks. Any thread.
class SystemClock final : public Clock {
 public:
  std::int64_t wall_ms() const override;
  std::int64_t steady_ns() const override;
};

}  // namespace pk
