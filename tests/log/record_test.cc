#include "log/record.h"

#include "support/catch.h"

using namespace pk::log;

TEST_CASE("The words of endpoints and states lead back to them") {
  for (const Endpoint e : {Endpoint::other, Endpoint::chat_completions, Endpoint::completions,
                           Endpoint::embeddings, Endpoint::messages, Endpoint::responses})
    CHECK(endpoint_of(slug(e)) == e);
  for (const State s : {State::complete, State::interrupted, State::aborted}) CHECK(state_of(slug(s)) == s);
  CHECK_FALSE(endpoint_of("chat_completions").has_value());
  CHECK_FALSE(endpoint_of("").has_value());
  CHECK_FALSE(state_of("Complete").has_value());
}

TEST_CASE("The status of a record is its four slugs") {
  LogRecord record;
  CHECK(status_slugs(record) == std::vector<std::string>{"cache-disabled", "retry-not-triggered",
                                                         "fallback-disabled", "loadbalance-disabled"});
  record.cache = Cache::semantic_hit;
  record.retry = Retry::failed;
  record.fallback = record.loadbalance = Active::active;
  CHECK(status_slugs(record) == std::vector<std::string>{"cache-semantic-hit", "retry-failed",
                                                         "fallback-active", "loadbalance-active"});
}

TEST_CASE("A reason that is none has no word") {
  CHECK(slug(ReplayBlock::none).empty());
  CHECK(slug(ReplayBlock::provider_archived) == "provider-archived");
  CHECK(slug(ReplayBlock::no_content) == "no-content");
}

TEST_CASE("Records copy and compare as values") {
  LogRecord a;
  a.request = Content{{{"x", "y"}}, "body"};
  a.attempts.push_back({"config", "openai", "gpt", 200, "", 1, 0});
  LogRecord b = a;
  CHECK(a == b);
  b.attempts[0].http_status = 500;
  CHECK_FALSE(a == b);
}
