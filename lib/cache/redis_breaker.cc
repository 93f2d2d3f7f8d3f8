#include "cache/redis_breaker.h"

#include <algorithm>

namespace pk::cache {

bool RedisBreaker::failed(std::int64_t now_ns) {
  ++m_in_a_row;
  if (!m_open && m_in_a_row < m_rule.failures_max) return false;
  const bool opened = !m_open;
  m_open = true;
  m_probe_at_ns = now_ns + m_cooldown.count();
  m_cooldown = std::min(m_cooldown * 2, m_rule.cooldown_max);
  return opened;
}

void RedisBreaker::answered() {
  m_in_a_row = 0;
  m_cooldown = m_rule.cooldown_min;
}

void RedisBreaker::probed() {
  m_open = false;
  m_in_a_row = m_rule.failures_max - 1;
}

}  // namespace pk::cache
