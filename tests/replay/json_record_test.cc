#include "replay/json_record.h"

#include "replay/records.h"
#include "support/catch.h"
#include "support/sample_ledger.h"

namespace pk::replay {

using test::json_of;

TEST_CASE("What is written of a record is read back as the same") {
  for (unsigned n = 0; n < 20; ++n) {
    log::LogRecord record = test::sample_record(1'772'357'400'000, n);
    if (n == 3) record.replay_of = record.id;
    const std::string json = json_of(record);
    const auto read = read_record(json);
    REQUIRE(read);
    CHECK(json_of(*read) == json);
    CHECK(read->seed != 0);
  }
}

TEST_CASE("Bodies come back as they were") {
  for (const char* body : {R"({"a": 0.70})", "plain words", "\xff\x00z", "[1]"}) {
    log::LogRecord record = test::chat_record({{"A", "1"}, {"B", "2"}}, body);
    const auto read = read_record(json_of(record));
    REQUIRE(read);
    CHECK(read->request == record.request);
  }
}

TEST_CASE("A replay's choices are drawn from its original's id") {
  log::LogRecord record = test::chat_record(), replay = test::chat_record();
  replay.id = *Uuid::parse("01890a5d-ac96-774b-bcce-b30209000000");
  replay.replay_of = record.id;
  CHECK(read_record(json_of(replay))->seed == read_record(json_of(record))->seed);
}

TEST_CASE("What is no record is refused") {
  for (const char* bad : {"", "[]", "{}", "{\"id\":1}", "{\"id\":\"x\"}", "<html>", "{\"id\":\"01890a5d",
                          R"({"id":"01890a5d-ac96-774b-bcce-b302099a8057","stream":"yes"})",
                          R"({"id":"01890a5d-ac96-774b-bcce-b302099a8057","endpoint":"chat"})",
                          R"({"id":"01890a5d-ac96-774b-bcce-b302099a8057","request":[]})",
                          R"({"id":"01890a5d-ac96-774b-bcce-b302099a8057","metadata":{"a":1}})",
                          R"({"id":"01890a5d-ac96-774b-bcce-b302099a8057","attempts":[1]})"}) {
    CAPTURE(bad);
    const auto read = read_record(bad);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::invalid);
  }
}

}  // namespace pk::replay
