#include "base/clock.h"

#include <ctime>

namespace pk {

namespace {

timespec read(clockid_t id) {
  timespec t{};
  ::clock_gettime(id, &t);
  return t;
}

}  // namespace

std::int64_t SystemClock::wall_ms() const {
  const timespec t = read(CLOCK_REALTIME);
  return std::int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1'000'000;
}

std::int64_t SystemClock::steady_ns() const {
  const timespec t = read(CLOCK_MONOTONIC);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

}  // namespace pk
