#include "log/outcome.h"

#include "support/catch.h"

namespace pk::log {

namespace {

Attempt at(std::string option) {
  Attempt attempt;
  attempt.option = std::move(option);
  return attempt;
}

}  // namespace

TEST_CASE("Retries are attempts at the option before; a fallback is none") {
  LogRecord record;
  record.ok = true;
  CHECK(retries(record) == 0);
  CHECK_FALSE(is_rescued(record));
  record.attempts = {at("config")};
  CHECK(retries(record) == 0);
  CHECK_FALSE(is_rescued(record));
  record.attempts = {at("config.targets[0]"), at("config.targets[0]"), at("config.targets[1]")};
  CHECK(retries(record) == 1);
  CHECK(is_rescued(record));
  record.ok = false;
  CHECK_FALSE(is_rescued(record));
}

TEST_CASE("Of a record without attempts counts what it says itself") {
  LogRecord record;
  record.ok = true;
  record.retry = Retry::success;
  record.retry_attempts = 2;
  CHECK(retries(record) == 2);
  CHECK(is_rescued(record));
}

}  // namespace pk::log
