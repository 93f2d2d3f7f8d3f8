#include "route/retry.h"

#include <array>
#include <span>

namespace pk::route {

namespace {
// 529 is the hosted product's addition: overloaded, in Anthropic's words.
constexpr std::array<int, 6> k_default_codes = {429, 500, 502, 503, 504, 529};
constexpr int k_too_many_requests = 429;
}  // namespace

bool RetryState::is_retryable(const Outcome& outcome) const {
  if (outcome.kind == Outcome::Kind::network_error) return true;
  return is_listed(outcome, m_rule->on_status_codes ? std::span<const int>(*m_rule->on_status_codes)
                                                    : std::span<const int>(k_default_codes));
}

RetryStep RetryState::after(const Outcome& outcome) {
  if (attempts() == 0 || !is_retryable(outcome)) return {};
  if (m_retries >= attempts()) return {RetryStep::What::exhausted};
  RetryStep step{RetryStep::What::again, m_followed ? 0 : backoff_ms(m_retries + 1)};
  const bool follow = m_rule->use_retry_after && outcome.kind == Outcome::Kind::status &&
                      outcome.status == k_too_many_requests && outcome.retry_after_ms;
  if (follow) {
    const std::int64_t wait = *outcome.retry_after_ms;
    if (wait >= k_retry_wait_ms_max || wait > k_retry_wait_ms_max - m_waited_ms)
      return {RetryStep::What::gave_up};
    step.wait_ms = wait;
    step.asked_for = m_followed = true;
  }
  m_waited_ms += step.wait_ms;
  ++m_retries;
  return step;
}

}  // namespace pk::route
