#include "gateway/durable_gate.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace pk::gateway {

Task<void> DurableGate::wait(log::Sink::Seq seq, bool again) {
  if (seq == 0 || m_sink.durable() >= seq) co_return;
  // Announced before durable() is asked again: the writer either sees the waiter or has advanced already.
  m_waiting.store(true);
  if (m_sink.durable() >= seq) co_return;
  Event event;
  m_waiters.push_back({seq, SteadyClock::now() + k_durable_wait_max, &event, again});
  arm_timer();
  co_await event;
}

void DurableGate::notify() {
  if (!m_waiting.load() || m_posted.exchange(true)) return;
  boost::asio::post(m_loop, [this] {
    m_posted.store(false);
    release_durable();
  });
}

// Resuming an exchange may bring new waiters: they are later in the order and judged by the same rule.
void DurableGate::release_durable() {
  const auto durable = m_sink.durable();
  while (!m_waiters.empty() && m_waiters.front().seq <= durable) {
    Event* event = m_waiters.front().event;
    m_waiters.pop_front();
    event->set();
  }
  if (m_waiters.empty()) m_waiting.store(false);
}

void DurableGate::release_overdue() {
  const auto now = SteadyClock::now();
  while (!m_waiters.empty() && m_waiters.front().deadline <= now) {
    const Waiter waiter = m_waiters.front();
    m_waiters.pop_front();
    if (!waiter.again) m_released.fetch_add(1, std::memory_order_relaxed);
    waiter.event->set();
  }
}

// One timer that is let run out, not one per response that is armed and cancelled.
void DurableGate::arm_timer() {
  if (m_waiters.empty() || std::exchange(m_timer_armed, true)) return;
  m_timer.expires_at(m_waiters.front().deadline);
  m_timer.async_wait([this](boost::system::error_code error) {
    m_timer_armed = false;
    if (error) return;
    release_durable();
    release_overdue();
    arm_timer();
  });
}

}  // namespace pk::gateway
