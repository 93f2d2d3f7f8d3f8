#include "admin/feedback_body.h"

#include "support/catch.h"

namespace pk::admin {
namespace {

std::string fault_of(const std::string& body) {
  const auto read = read_feedback_body(body);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Errc::invalid);
  return read.error().message;
}

}  // namespace

TEST_CASE("One feedback or an array of them is read") {
  const auto one = read_feedback_body(
      R"( {"trace_id":"t","value":-10,"weight":0.5,"metadata":{"a":"b","n":1,"t":true,"a":"c"},"comment":"so"} )");
  REQUIRE(one);
  REQUIRE(one->size() == 1);
  CHECK(one->front() == store::Feedback{{}, "t", -10, 0.5, {{"a", "c"}, {"n", "1"}, {"t", "true"}}, "so", 0});
  const auto two =
      read_feedback_body(R"([{"traceID":"t","value":10.0},{"trace_id":"u","value":0,"weight":null}])");
  REQUIRE(two);
  REQUIRE(two->size() == 2);
  CHECK(two->at(0) == store::Feedback{{}, "t", 10, 1, {}, "", 0});
  CHECK(two->at(1).weight == 1);
  const auto numbered =
      read_feedback_body(R"({"0":{"traceID":"t","value":1},"1":{"traceID":"t","value":2}})");
  REQUIRE(numbered);
  CHECK(numbered->size() == 2);
  CHECK(fault_of(R"({"0":{"traceID":"t","value":1},"2":{}})").find("'0' is unknown") == 0);
  CHECK(fault_of(R"({"0":{"traceID":"t","value":1},"1":{}})").starts_with("[1]:"));
  const auto text = read_feedback_body(R"({"trace_id":"t","value":1,"metadata":"{\"_user\":\"ann\"}"})");
  REQUIRE(text);
  CHECK(text->front().metadata == log::Metadata{{"_user", "ann"}});
}

TEST_CASE("Wrong types and ranges are named, and where they stand") {
  CHECK(fault_of(R"({"trace_id":"t"})") == "value: must be given");
  CHECK(fault_of(R"({"value":1})") == "trace_id: must be given, and not empty");
  CHECK(fault_of(R"({"trace_id":"","value":1})").starts_with("trace_id:"));
  CHECK(fault_of(R"({"trace_id":5,"value":1})") == "trace_id: must be a text");
  for (const char* value : {"11", "-11", "1.5", "\"5\"", "null", "true", "1e999", "[1]", "{}"})
    CHECK(fault_of(std::string(R"({"trace_id":"t","value":)") + value + "}").starts_with("value: must be"));
  for (const char* weight : {"1.1", "-0.1", "\"1\"", "true", "1e999", "[]"})
    CHECK(fault_of(std::string(R"({"trace_id":"t","value":1,"weight":)") + weight + "}")
              .starts_with("weight: must be"));
  for (const char* metadata : {"[]", "5", "\"no\"", "{\"a\":{}}", "{\"a\":[1]}"})
    CHECK(fault_of(std::string(R"({"trace_id":"t","value":1,"metadata":)") + metadata + "}")
              .starts_with("metadata"));
  CHECK(fault_of(R"({"trace_id":"t","value":1,"comment":1})") == "comment: must be a text");
  CHECK(fault_of(R"({"trace_id":"t","value":1,"wieght":1})").find("'wieght' is unknown") == 0);
  CHECK(fault_of(R"([{"trace_id":"t","value":1},{"trace_id":"t","value":99}])").starts_with("[1]: value:"));
  CHECK(fault_of(R"([{"trace_id":"t","value":1},5])").starts_with("[1]:"));
  for (const char* body : {"", "null", "5", "\"x\"", "{", "[", "[1"}) CHECK_FALSE(fault_of(body).empty());
  CHECK(fault_of("[]").find("no feedback") != std::string::npos);
  CHECK(fault_of(R"({"trace_id":")" + std::string(k_trace_id_bytes_max + 1, 'x') + R"(","value":1})")
            .find("at most") != std::string::npos);
  std::string many = "[";
  for (std::size_t i = 0; i <= k_feedback_batch_max; ++i) many += (i ? "," : "") + std::string("{}");
  CHECK(fault_of(many + "]").find("at most") != std::string::npos);
}

TEST_CASE("An update changes what it gives, and wants a value") {
  store::Feedback feedback{{}, "t", 1, 0.5, {{"a", "b"}}, "so", 7};
  REQUIRE(apply_feedback_update(feedback, R"({"value":-3,"feedbackID":"x","traceID":"other"})"));
  CHECK(feedback == store::Feedback{{}, "t", -3, 0.5, {{"a", "b"}}, "so", 7});
  REQUIRE(apply_feedback_update(feedback, R"({"value":2,"weight":1,"metadata":{},"comment":null})"));
  CHECK(feedback == store::Feedback{{}, "t", 2, 1, {}, "", 7});
  for (const char* bad : {"", "[]", "{}", R"({"value":11})", R"({"value":1,"odd":1})", R"({"weight":1})"})
    CHECK_FALSE(apply_feedback_update(feedback, bad));
}

TEST_CASE("Feedback as JSON has all its fields") {
  const store::Feedback feedback{Uuid::lowest_of(0), "t\"", 1, 0.5, {{"a", "b"}}, "", 1'772'357'400'000};
  CHECK(
      json_of(feedback) ==
      R"({"id":")" + feedback.id.text() +
          R"(","trace_id":"t\"","value":1,"weight":0.5,"metadata":{"a":"b"},"comment":null,"created_at":"2026-03-01T09:30:00.000Z"})");
}

}  // namespace pk::admin
