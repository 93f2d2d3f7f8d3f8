#include "query/row_screen.h"

#include "store/codec.h"
#include "support/catch.h"
#include "support/sample_record.h"

namespace pk::query {
namespace {

using log::LogRecord;

Filter filter_of(std::string_view text) {
  const auto filter = parse_text(text, 0);
  REQUIRE(filter);
  return *filter;
}

std::string row_of(const LogRecord& record) {
  std::string row;
  store::append_row(row, record);
  return row;
}

TEST_CASE("A row that a filter holds for is never screened out") {
  LogRecord record = test::sample_record(1'700'000'000'000, 7);
  record.user = "anna";
  record.model = "gpt-4o-mini-2024-07-18";
  record.requested_model = "gpt-4o-mini";
  record.provider = "openai";
  record.config_id = "pc-main-000001";
  record.metadata = {{"team", "red"}, {"empty", ""}};
  const std::string row = row_of(record);
  for (const char* text :
       {"user:anna", "user:an*", "user:*", "model:gpt-4o-mini", "model:gpt-4o-mini-2024-07-18", "model:gpt-*",
        "provider:openai", "config-id:pc-main-000001", "metadata:team=red",
        "metadata:empty=", "user:anna user:nobody", "model:gpt-4o-mini model:none",
        "provider:openai user:anna metadata:team=red", "cost>=0", ""}) {
    INFO(text);
    const Filter filter = filter_of(text);
    CHECK(RowScreen(filter).may_match(row));
  }
}

TEST_CASE("A row without a text that the filter needs is screened out") {
  LogRecord record = test::sample_record(1'700'000'000'000, 7);
  record.user = "anna";
  record.metadata = {{"team", "red"}};
  const std::string row = row_of(record);
  for (const char* text : {"user:nobody", "user:ann", "user:nna", "metadata:team=blue", "model:no-such-model",
                           "user:anna metadata:team=blue"}) {
    INFO(text);
    const Filter filter = filter_of(text);
    CHECK_FALSE(RowScreen(filter).may_match(row));
  }
}

}  // namespace
}  // namespace pk::query
