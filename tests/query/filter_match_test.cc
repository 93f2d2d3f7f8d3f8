#include "query/filter_words.h"

#include "support/catch.h"

namespace pk::query {

namespace {

constexpr std::int64_t k_now = 1'772'357'400'000;

log::LogRecord sample() {
  log::LogRecord record;
  record.id = Uuid::lowest_of(k_now - 1000);
  record.created_at = k_now - 1000;
  record.trace_id = "t-1";
  record.endpoint = log::Endpoint::chat_completions;
  record.http_status = 200;
  record.ok = true;
  record.provider = "openai";
  record.model = "gpt-4o-mini";
  record.requested_model = "o3";
  record.virtual_key = "vk-1";
  record.user = "ann";
  record.cache = log::Cache::hit;
  record.retry = log::Retry::success;
  record.retry_attempts = 2;
  record.fallback = log::Active::active;
  record.stream = true;
  record.total_tokens = 500;
  record.cost_usd = 0.01;
  record.latency_ms = 250;
  record.config_id = "pc-1";
  record.prompt_id = "pp-1";
  record.metadata = {{"team", "red"}, {"tier", "a=b"}};
  record.tracked = true;
  record.replay_of = Uuid::parse("0195a3c5-0000-7000-8000-000000000001");
  record.feedback = {2, 3.5};
  return record;
}

bool holds(std::string_view text, const log::LogRecord& record = sample()) {
  const auto filter = parse_text(text, k_now);
  if (!filter) FAIL(filter.error().message);
  return matches(*filter, record);
}

}  // namespace

TEST_CASE("Terms that hold") {
  for (const char* text : {"",
                           "status:cache-hit",
                           "status:cache-miss,cache-hit",
                           "status:cache-hit,fallback-active",
                           "status:retry-success",
                           "status:retry-success-2",
                           "status:retry-success-1,retry-success-2",
                           "status:loadbalance-disabled",
                           "since:1s",
                           "since:1m",
                           "until:now",
                           "model:gpt-4o-mini",
                           "model:gpt-4o*",
                           "model:x model:gpt-4o-mini",
                           "model:o3",
                           "provider:openai,anthropic",
                           "user:ann",
                           "user:*",
                           "endpoint:chat-completions,other",
                           "http-status:200",
                           "http-status:2xx",
                           "http-status:5xx,200-204",
                           "state:complete",
                           "trace-id:t-1",
                           "config-id:pc-1",
                           "prompt-id:pp-1",
                           "virtual-key:vk-1",
                           "metadata:team=red",
                           "metadata:team=blue metadata:team=red",
                           "metadata:tier=a=b metadata:team=red",
                           "cost>=0.01",
                           "cost:0.01",
                           "cost<=0.01",
                           "tokens>499 tokens<501",
                           "latency>=250",
                           "latency<1s",
                           "feedback>=3.5",
                           "feedback>-1",
                           "stream:true",
                           "errors:false",
                           "untracked:false",
                           "replay-of:0195A3C5-0000-7000-8000-000000000001",
                           "anything"}) {
    CAPTURE(text);
    CHECK(holds(text));
  }
}

TEST_CASE("Terms that do not hold") {
  for (const char* text : {"status:cache-miss",
                           "status:cache-hit,fallback-disabled",
                           "status:cache-miss,fallback-active",
                           "status:retry-success-3",
                           "status:retry-failed",
                           "since:now",
                           "until:1s",
                           "model:gpt-4o",
                           "model:*gpt",
                           "provider:azure",
                           "user:an",
                           "endpoint:other",
                           "http-status:4xx",
                           "state:aborted",
                           "trace-id:t",
                           "metadata:team=blue",
                           "metadata:team=red metadata:tier=c",
                           "cost>0.01",
                           "cost<0.01",
                           "tokens>500",
                           "latency>250",
                           "feedback>3.5",
                           "feedback>=0 feedback<=3",
                           "stream:false",
                           "errors:true",
                           "untracked:true",
                           "replay-of:0195a3c5-0000-7000-8000-000000000002",
                           "since:2h since:now"}) {
    CAPTURE(text);
    CHECK_FALSE(holds(text));
  }
}

TEST_CASE("What is not known matches no value, bound or feedback") {
  const log::LogRecord empty;
  for (const char* text :
       {"http-status:100-999", "cost>=0", "cost<=1", "tokens>=0", "feedback>=-10", "feedback<=10",
        "model:gpt", "replay-of:00000000-0000-0000-0000-000000000000", "metadata:a=b"}) {
    CAPTURE(text);
    CHECK_FALSE(holds(text, empty));
  }
  CHECK(holds("errors:true untracked:true status:cache-disabled", empty));
}

TEST_CASE("Stars stand for any text") {
  const std::tuple<const char*, const char*, bool> cases[] = {
      {"a", "a", true},
      {"a", "ab", false},
      {"*", "", true},
      {"a*", "a", true},
      {"*b*", "abc", true},
      {"a*c", "abcbc", true},
      {"a*d", "abc", false},
      {"**x**", "x", true},
      {"a*b*c", "axxbyyc", true},
      {"a*b*c", "axxc", false},
      {"", "", true},
      {"", "x", false},
      {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false}};
  for (const auto& [pattern, text, expected] : cases) {
    CAPTURE(pattern, text);
    CHECK(glob(pattern, text) == expected);
  }
}

TEST_CASE("Only searches need content") {
  CHECK(needs_content(parse_text("\"x\"", k_now).value()));
  CHECK_FALSE(needs_content(parse_text("model:x since:2h", k_now).value()));
}

TEST_CASE("The range of ids holds every record that the times let through") {
  const auto range = time_range(
      parse_text("since:2026-03-01T09:00:00Z since:2026-03-01T08:00:00Z until:2026-03-01T10:00:00Z", 0)
          .value());
  REQUIRE(range.from);
  REQUIRE(range.before);
  CHECK(range.from->time_ms() <= k_now - 30 * 60'000);
  CHECK(range.from->time_ms() > k_now - 40 * 60'000);
  CHECK(range.before->time_ms() >= k_now + 30 * 60'000);
  CHECK(range.before->time_ms() < k_now + 40 * 60'000);
  CHECK_FALSE(time_range(Filter{}).from);
  CHECK_FALSE(time_range(Filter{}).before);
}

}  // namespace pk::query
