#include "replay/assertion.h"

#include "replay/records.h"
#include "support/catch.h"

namespace pk::replay {

namespace {

Result<std::string> no_file(const std::string& file) {
  return Error{Errc::not_found, file + ": no such file"};
}

log::LogRecord figures(double cost, double latency, std::int64_t tokens) {
  log::LogRecord record = test::chat_record();
  record.cost_usd = cost;
  record.latency_ms = latency;
  record.total_tokens = tokens;
  record.response = test::answered("yes");
  return record;
}

std::string failed(const std::string& text, const log::LogRecord& before, const log::LogRecord& after) {
  const auto assertion = read_assertion(text, no_file);
  REQUIRE(assertion);
  return failure(*assertion, before, after, compare(before, after)).value_or("");
}

}  // namespace

TEST_CASE("Assertions hold, or say what was found instead") {
  const log::LogRecord before = figures(0.01, 1000, 100), after = figures(0.0104, 1500, 90);
  for (const char* good :
       {"cost<=+5%", "cost<0.02", "cost < $0.02", "latency<2s", "latency<=1500ms", "latency>1000",
        "latency<+600ms", "tokens<=100", "tokens<+0%", "tokens=90", "tokens!=100", "tokens<=-10",
        "status=200", "status=2xx", "status!=5xx", "same", " same ", "cost>=-5%"}) {
    CAPTURE(good);
    CHECK(failed(good, before, after) == "");
  }
  CHECK(failed("cost<=+3%", before, after) ==
        "cost is 0.0104 USD, the original's 0.01 USD, the bound 0.0103 USD");
  CHECK(failed("latency<1s", before, after) == "latency is 1500 ms");
  CHECK(failed("tokens>90", before, after) == "tokens is 90");
  CHECK(failed("status=5xx", before, after) == "status is 200");
  log::LogRecord other = after;
  other.response = test::answered("no");
  CHECK(failed("same", before, other) == "the answer is another");
  other.ok = false;
  CHECK(failed("same", before, other) == "the replay failed");
  other.cost_usd.reset();
  other.http_status.reset();
  CHECK(failed("cost<1", before, other) == "cost is not known");
  CHECK(failed("status!=200", before, other) == "status is not known");
  CHECK(failed("cost<+1%", other, after) == "cost of the original is not known");
}

TEST_CASE("A broken assertion is refused") {
  for (const char* bad : {"", "cost", "cost<", "cost<x", "cost<5%", "cost<+-5%", "price<1", "latency<2h",
                          "status=2x", "status=99", "status=+1", "same=1", "cost~1", "json-schema",
                          "json-schema=", "tokens<1e999", "tokens<nan", "sames"}) {
    CAPTURE(bad);
    const auto read = read_assertion(bad, no_file);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::invalid);
  }
  CHECK(read_assertion("json-schema=gone", no_file).error().message == "gone: no such file");
}

TEST_CASE("An answer that broke off is not the same as any") {
  log::LogRecord half = test::chat_record();
  half.ok = false;
  half.response = log::Content{{{"content-type", "application/json"}}, R"({"choices":[)"};
  CHECK(failed("same", half, half) == "the answer broke off");
  CHECK(failed("same", figures(0, 0, 0), half) == "the replay failed");
}

TEST_CASE("An answer is held against a schema, read from a file") {
  const auto read = [](const std::string& file) -> Result<std::string> {
    CHECK(file == "a=b.json");
    return std::string(R"({"type":"object","required":["n"]})");
  };
  const auto assertion = read_assertion("json-schema=a=b.json", read);
  REQUIRE(assertion);
  const log::LogRecord before = figures(0, 0, 0);
  log::LogRecord after = before;
  const auto held = [&](const char* text) {
    after.response = log::Content{{}, std::string(R"({"choices":[{"message":{"content":)") + text + "}}]}"};
    return failure(*assertion, before, after, compare(before, after)).value_or("");
  };
  CHECK(held(R"("{\"n\":1}")") == "");
  CHECK(held(R"("{}")") == "the answer has no member 'n'");
  CHECK(held(R"("words")") == "the answer is no JSON");
  log::LogRecord error = test::chat_record();
  error.ok = false;
  error.http_status = 429;
  error.response = log::Content{{{"content-type", "application/json"}}, R"({"n":1})"};
  CHECK(failure(*assertion, error, error, compare(error, error)) == "there is no good answer");
}

}  // namespace pk::replay
