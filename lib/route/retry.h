// When a target is asked again, and after what wait (the reference, 3.1). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "config/gateway_config.h"
#include "route/facts.h"

namespace pk::route {

// Before retry 1, 2, …, k_retry_attempts_max: 1, 2, 4, 8, 16 s.
constexpr std::int64_t backoff_ms(int retry) {
  return std::int64_t{1000} << (retry - 1);
}
// The longest that one target's retries wait in all where its retry-after header is followed. One that asks
// for more ends the retries at once: the client is told 429 now rather than after a minute.
inline constexpr std::int64_t k_retry_wait_ms_max = 60'000;

struct RetryStep {
  enum class What : std::uint8_t {
    again,      // after wait_ms
    done,       // nothing to retry
    exhausted,  // the attempts are used up
    gave_up,    // retry-after asks for more than may be waited
  };
  What what = What::done;
  std::int64_t wait_ms = 0;
  bool asked_for = false;  // the wait is what retry-after said
  bool operator==(const RetryStep&) const = default;
};

// The retries of one target in one exchange, fed with its outcomes in order. Without a rule (or with 0
// attempts) nothing is retried. With one: what it lists (408 only if it does), and network errors always.
// retry-after is followed for status 429; once it was, later backoffs are 0.
class RetryState {
 public:
  explicit RetryState(const std::optional<config::Retry>& rule) : m_rule(rule ? &*rule : nullptr) {}

  RetryStep after(const Outcome& outcome);
  int retries() const { return m_retries; }
  int attempts() const { return m_rule ? m_rule->attempts : 0; }

 private:
  bool is_retryable(const Outcome& outcome) const;

  const config::Retry* m_rule;
  int m_retries = 0;
  std::int64_t m_waited_ms = 0;
  bool m_followed = false;
};

}  // namespace pk::route
