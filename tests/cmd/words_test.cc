#include "cmd/words.h"

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::cmd {

namespace {

std::string status(const log::LogRecord& record) {
  std::string text;
  for (const Span& span : status_cell(record)) text += span.text;
  return text;
}

}  // namespace

TEST_CASE("Tokens and cost, where they are known") {
  log::LogRecord record;
  CHECK(tokens_and_cost(record) == "–");
  record.total_tokens = 1204;
  CHECK(tokens_and_cost(record) == "1,204 (–)");
  record.cost_usd = 0.0031;
  CHECK(tokens_and_cost(record) == "1,204 (0.31 ¢)");
}

TEST_CASE("Paths have friendly names, others are shown as they are, made visible") {
  log::LogRecord record;
  record.method = "POST";
  record.path = "/v1/images\x1b[2J";
  CHECK(friendly_path(record) == "/v1/images\\u001b[2J");
  record.method = "GET";
  record.path = "/v1/models";
  CHECK(friendly_path(record) == "GET /v1/models");
  record.endpoint = log::Endpoint::chat_completions;
  CHECK(friendly_path(record) == "Chat Completion");
}

TEST_CASE("Status says what took part, and the HTTP status only where it is not 2xx") {
  auto record = test::sample_record(1'772'357'400'000, 1);
  CHECK(status(record) == "ok");
  record.cache = log::Cache::semantic_hit;
  CHECK(status(record) == "semantic hit");
  record.cache = log::Cache::miss;
  record.retry = log::Retry::success;
  record.retry_attempts = 2;
  record.fallback = record.loadbalance = log::Active::active;
  CHECK(status(record) == "cache miss · retry ×2 · fallback · balanced");
  record = test::sample_record(0, 1);
  record.http_status = 429;
  record.ok = false;
  CHECK(status(record) == "429");
  record.http_status = 200;
  CHECK(status(record) == "error");
  record.http_status = {};
  record.state = log::State::aborted;
  record.tracked = false;
  CHECK(status(record) == "aborted · untracked");
}

}  // namespace pk::cmd
