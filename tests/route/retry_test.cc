#include "route/retry.h"

#include "support/catch.h"

namespace pk::route {
namespace {

using What = RetryStep::What;

Outcome status(int code, std::optional<std::int64_t> retry_after_ms = {}) {
  return {0, Outcome::Kind::status, code, retry_after_ms};
}

TEST_CASE("Without a rule nothing is retried, and nothing is exhausted") {
  const std::optional<config::Retry> none;
  RetryState state(none);
  CHECK(state.after(status(500)) == RetryStep{});
  CHECK(state.after({0, Outcome::Kind::network_error, 0, {}}) == RetryStep{});
  CHECK(state.attempts() == 0);
}

TEST_CASE("Retries are counted until they are used up") {
  const std::optional<config::Retry> rule = config::Retry{2, {}, false};
  RetryState state(rule);
  CHECK(state.after(status(529)) == RetryStep{What::again, 1000, false});
  CHECK(state.after(status(500)) == RetryStep{What::again, 2000, false});
  CHECK(state.retries() == 2);
  CHECK(state.after(status(500)) == RetryStep{What::exhausted, 0, false});
  CHECK(state.after(status(200)) == RetryStep{});
  CHECK(state.retries() == 2);
}

TEST_CASE("A wait that was asked for is followed and told apart from a backoff") {
  const std::optional<config::Retry> rule = config::Retry{3, {}, true};
  RetryState state(rule);
  CHECK(state.after(status(429)) == RetryStep{What::again, 1000, false});
  CHECK(state.after(status(429, 59'000)) == RetryStep{What::again, 59'000, true});
  CHECK(state.after(status(429, 1)) == RetryStep{What::gave_up, 0, false});
}

TEST_CASE("Once a wait was asked for the next backoff is none") {
  const std::optional<config::Retry> rule = config::Retry{3, {}, true};
  RetryState state(rule);
  CHECK(state.after(status(429, 10)).wait_ms == 10);
  CHECK(state.after(status(500)) == RetryStep{What::again, 0, false});
  CHECK(state.after(status(429, 20)).wait_ms == 20);
}

TEST_CASE("Backoffs double") {
  CHECK(backoff_ms(1) == 1000);
  CHECK(backoff_ms(config::k_retry_attempts_max) == 16'000);
}

}  // namespace
}  // namespace pk::route
