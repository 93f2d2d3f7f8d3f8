#include "share/record_json.h"

#include "share/sample.h"
#include "support/catch.h"

namespace pk::share {
using test::json_of;

TEST_CASE("A record comes back as it was written") {
  log::LogRecord record = sample_record();
  record.metadata = {{"team", "red \"x\""}};
  record.state = log::State::aborted;
  record.cache = log::Cache::semantic_hit;
  record.cache_score = 0.97;
  record.retry = log::Retry::failed;
  record.fallback = log::Active::active;
  record.replay_blocked_by = log::ReplayBlock::no_content;
  record.replay_of = Uuid::lowest_of(5);
  record.feedback = {3, -1.5};
  record.attempts.push_back({"config.targets[1]", "", "", {}, "no answer", 1.5, 2});
  record.response->body = std::string("\xff\x00 binary", 9);
  const auto read = read_record(json_of(record));
  REQUIRE(read);
  CHECK(*read == record);
  record.request.reset();
  record.response.reset();
  record.tracked = false;
  CHECK(*read_record(json_of(record)) == record);
}

TEST_CASE("A body that is JSON or text is that, and a joined stream its message") {
  log::LogRecord record = sample_record();
  record.request->body = "plain";
  record.response = log::Content{{{"content-type", "text/event-stream"}},
                                 "data: "
                                 "{\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{"
                                 "\"content\":\"hi\"}}]}\n\n"};
  const auto read = read_record(json_of(record));
  REQUIRE(read);
  CHECK(read->request->body == "plain");
  CHECK(read->response->body.find("\"content\":\"hi\"") != std::string::npos);
  CHECK(json_of(*read) == json_of(record));
}

TEST_CASE("What is no record is refused, and the wrong member named") {
  for (const char* text : {"", "[]", "5", "{", "{}", R"({"id":null})", R"({"id":"x"})", R"({"id":5})"})
    CHECK_FALSE(read_record(text));
  const std::string id = "{\"id\":\"" + sample_record().id.text() + "\",";
  for (const char* member : {"latency_ms", "attempts", "request", "metadata", "cache", "feedback",
                             "http_status", "tracked", "created_at"}) {
    const auto read = read_record(id + "\"" + member + "\":\"odd\"}");
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find(std::string("'") + member + "'") != std::string::npos);
  }
  CHECK(read_record(id + R"("unknown":1,"model":null})"));
}

}  // namespace pk::share
