#include "replay/compare.h"

#include "replay/records.h"
#include "support/catch.h"

namespace pk::replay {

TEST_CASE("A replay is the same, another, or failed") {
  log::LogRecord before = test::chat_record(), after = test::chat_record();
  before.response = after.response = test::answered("yes");
  CHECK(compare(before, after).verdict == Verdict::same);
  after.response = test::answered("no");
  CHECK(compare(before, after).verdict == Verdict::changed);
  after.response = before.response;
  after.http_status = 201;
  CHECK(compare(before, after).verdict == Verdict::changed);
  after.ok = false;
  CHECK(compare(before, after).verdict == Verdict::failed);
  before.ok = false;
  before.http_status = 201;
  CHECK(compare(before, after).verdict == Verdict::same);
}

TEST_CASE("What one of the two said is not known: that is not the same") {
  log::LogRecord before = test::chat_record(), after = test::chat_record();
  CHECK(compare(before, after).verdict == Verdict::changed);
  before.response = test::answered("");
  CHECK(compare(before, after).verdict == Verdict::changed);
  // Both cut at the same place.
  before.response = after.response = log::Content{{{"content-type", "text/event-stream"}},
                                                  "data: "
                                                  "{\"object\":\"chat.completion.chunk\",\"choices\":[{"
                                                  "\"index\":0,\"delta\":{\"content\":\"He\"}}]}\n\n"};
  CHECK(compare(before, after).verdict == Verdict::same);
  before.ok = after.ok = false;
  CHECK(compare(before, after).verdict == Verdict::changed);
  for (log::LogRecord* record : {&before, &after})
    record->response->body += "data: {\"error\":{\"message\":\"overloaded\"}}\n\n";
  CHECK(compare(before, after).verdict == Verdict::same);
}

TEST_CASE("Differences are the replay's less the original's, and unknown where one of them is") {
  log::LogRecord before = test::chat_record(), after = test::chat_record();
  before.total_tokens = 12;
  after.total_tokens = 10;
  before.cost_usd = 0.5;
  after.latency_ms = 150;
  const Comparison comparison = compare(before, after);
  CHECK(comparison.tokens == -2);
  CHECK_FALSE(comparison.cost_usd);
  CHECK(comparison.latency_ms == 50);
}

}  // namespace pk::replay
