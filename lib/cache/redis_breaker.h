// When to leave Redis alone. After failures_max failures in a row it is; then one probe after each cooldown,
// which doubles until Redis has answered a real request in time. Pure: the caller has the clock. One thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace pk::cache {

class RedisBreaker {
 public:
  struct Rule {
    unsigned failures_max = 3;
    std::chrono::nanoseconds cooldown_min = std::chrono::milliseconds(500);
    std::chrono::nanoseconds cooldown_max = std::chrono::seconds(30);
  };
  explicit RedisBreaker(const Rule& rule) : m_rule(rule), m_cooldown(rule.cooldown_min) {}

  bool open() const { return m_open; }
  std::int64_t probe_at_ns() const { return m_probe_at_ns; }  // while it is open

  // Also of a probe. True if it opened just now.
  bool failed(std::int64_t now_ns);
  // A request was answered in time.
  void answered();
  // A probe was answered: requests may go again; the first failure ends that.
  void probed();

 private:
  const Rule m_rule;
  bool m_open = false;
  unsigned m_in_a_row = 0;
  std::int64_t m_probe_at_ns = 0;
  std::chrono::nanoseconds m_cooldown;
};

}  // namespace pk::cache
