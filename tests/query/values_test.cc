#include "query/values.h"

#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::query {

namespace {

using test::sample_record;
using test::SampleLedger;

constexpr std::int64_t k_time = 1'772'357'400'000;

struct Fixture {
  Fixture() {
    std::vector<log::LogRecord> records;
    for (unsigned i = 0; i < 10; ++i) {
      records.push_back(sample_record(k_time + i, i));
      records.back().model = i < 3 ? "gpt-4o" : i < 9 ? "gpt-4o-mini" : "claude";
      records.back().user = i == 4 ? "ann" : "";
      records.back().metadata = {{"team", i % 2 == 0 ? "red" : "blue"}};
      if (i == 0) records.back().metadata.emplace_back("env", "prod");
    }
    ledger.write(records);
  }
  // "gpt-4o-mini 6, gpt-4o 3"
  std::string of(std::string_view field, std::string_view prefix = "", std::size_t most = 50) const {
    const store::LogReader reader(ledger.open());
    const auto found = values(reader, field, prefix, most);
    if (!found) FAIL(found.error().message);
    std::string out;
    for (const ValueCount& one : *found)
      out += (out.empty() ? "" : ", ") + one.value + " " + std::to_string(one.records);
    return out;
  }
  SampleLedger ledger;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "Values come with the most frequent first, at most so many, by their prefix") {
  CHECK(of("model") == "gpt-4o-mini 6, gpt-4o 3, claude 1");
  CHECK(of("model", "gpt") == "gpt-4o-mini 6, gpt-4o 3");
  CHECK(of("model", "", 1) == "gpt-4o-mini 6");
  CHECK(of("model", "none").empty());
  CHECK(of("user") == "ann 1");
  CHECK(of("config_id").empty());
  CHECK(of("requested-model") == "gpt-4o-mini 10");
}

TEST_CASE_METHOD(Fixture, "Metadata has keys, and each key its values") {
  CHECK(of("metadata") == "team 10, env 1");
  CHECK(of("metadata.team") == "blue 5, red 5");
  CHECK(of("metadata.team", "r") == "red 5");
  CHECK(of("metadata.nothing").empty());
}

TEST_CASE_METHOD(Fixture, "A field that has no values to choose from is refused with those that have") {
  const store::LogReader reader(ledger.open());
  for (const char* bad : {"latency_ms", "", "metadata.", "model.x", "Model"}) {
    const auto found = values(reader, bad, "", 50);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Errc::invalid);
    CHECK(found.error().message.find("model") != std::string::npos);
  }
}

}  // namespace pk::query
