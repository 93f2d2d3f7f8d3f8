#include "admin/feedback_routes.h"

#include "admin/fixture.h"
#include "base/json.h"
#include "config/json_value.h"
#include "store/feedback.h"

using namespace pk::test;

namespace {

constexpr std::int64_t k_start_ms = 1'772'357'400'000;

struct Traced : ControlPlaneFixture {
  Traced() : ControlPlaneFixture({of_trace()}) {}
  static pk::log::LogRecord of_trace() {
    auto record = sample_record(k_start_ms, 1);
    record.trace_id = "t";
    return record;
  }
  // The ids of an answer.
  static std::vector<std::string> ids(const Answered& answered) {
    std::vector<std::string> ids;
    for (const auto& [name, value] : pk::config::json_members(answered.text))
      if (name == "feedback_ids")
        for (const auto& id : pk::config::json_elements(value.text))
          ids.push_back(pk::config::json_plain(id));
    return ids;
  }
  pk::log::FeedbackSummary summary() const { return *pk::store::feedback_summary(*services->env, "t"); }
};

}  // namespace

TEST_CASE_METHOD(Traced, "Feedback is kept, one or an array, and counts for its trace's logs") {
  const Answered one = ask("POST", "/v1/feedback", R"({"trace_id":"t","value":10})");
  CHECK(one.status() == 200);
  CHECK(one.text.starts_with(R"({"status":"success","message":")"));
  CHECK(ids(one).size() == 1);
  CHECK(guard.asked->scope == pk::config::Scope::proxy);
  const Answered two = ask("POST", "/v1/feedback",
                           R"([{"trace_id":"t","value":-10,"weight":0.5},{"trace_id":"later","value":1}])");
  CHECK(ids(two).size() == 2);
  CHECK(summary() == pk::log::FeedbackSummary{2, 5 / 1.5});
  CHECK(ask("GET", "/v1/logs/@latest").text.find(R"("feedback":{"count":2,)") != std::string::npos);
}

TEST_CASE_METHOD(Traced, "An array is taken whole or not at all") {
  const Answered refused =
      ask("POST", "/v1/feedback", R"([{"trace_id":"t","value":1},{"trace_id":"t","value":11}])");
  CHECK(refused.status() == 400);
  CHECK(refused.text.find("[1]: value: must be") != std::string::npos);
  CHECK(summary().count == 0);
  CHECK(ask("POST", "/v1/feedback", "").status() == 400);
}

TEST_CASE_METHOD(Traced, "An update takes the old one's place; an unknown id is 404, a wrong body 400") {
  const std::string id =
      ids(ask("POST", "/v1/feedback", R"({"trace_id":"t","value":1,"weight":0.5,"metadata":{"a":"b"}})"))[0];
  const Answered updated = ask("PUT", "/v1/feedback/" + id, R"({"value":-4,"feedbackID":")" + id + "\"}");
  CHECK(updated.status() == 200);
  CHECK(ids(updated) == std::vector<std::string>{id});
  CHECK(summary() == pk::log::FeedbackSummary{1, -4.0});
  CHECK(ask("GET", "/v1/feedback").text.find(R"("value":-4,"weight":0.5,"metadata":{"a":"b"})") !=
        std::string::npos);
  CHECK(ask("PUT", "/v1/feedback/" + id, R"({"value":40})").status() == 400);
  CHECK(ask("PUT", "/v1/feedback/" + id, R"({"weight":1})").status() == 400);
  CHECK(ask("PUT", "/v1/feedback/018e0a3c-5c00-7000-8000-000000000001", R"({"value":1})").status() == 404);
  CHECK(ask("PUT", "/v1/feedback/nonsense", R"({"value":1})").status() == 404);
  CHECK(summary() == pk::log::FeedbackSummary{1, -4.0});
}

TEST_CASE_METHOD(Traced, "The list goes page by page, of all or of one trace") {
  std::string body = "[";
  for (int i = 0; i < 5; ++i)
    body += (i ? "," : "") + std::string(R"({"trace_id":")") + (i % 2 ? "t" : "other") + R"(","value":)" +
            std::to_string(i) + "}";
  const auto given = ids(ask("POST", "/v1/feedback", body + "]"));
  REQUIRE(given.size() == 5);
  const Answered page = ask("GET", "/v1/feedback?limit=2");
  CHECK(page.text.find(given[4]) < page.text.find(given[3]));
  CHECK(page.text.ends_with(R"("next":")" + given[3] + "\"}"));
  const Answered rest = ask("GET", "/v1/feedback?limit=3&after=" + given[3]);
  CHECK(rest.text.find(given[0]) != std::string::npos);
  CHECK(rest.text.ends_with(R"("next":null})"));
  const Answered traced = ask("GET", "/v1/feedback?trace-id=t&limit=1");
  CHECK(traced.text.find(given[3]) != std::string::npos);
  CHECK(traced.text.ends_with(R"("next":")" + given[3] + "\"}"));
  CHECK(ask("GET", "/v1/feedback?trace-id=t&after=" + given[3]).text.find(given[1]) != std::string::npos);
  CHECK(ask("GET", "/v1/feedback?trace-id=none").text == R"({"object":"list","data":[],"next":null})");
  CHECK(ask("GET", "/v1/feedback?after=x").status() == 400);
  CHECK(ask("GET", "/v1/feedback?limit=0").status() == 400);
  CHECK(ask("GET", "/v1/feedback?trace_id=t").status() == 400);  // not all there is
}

TEST_CASE_METHOD(Traced, "Statistics have value, model and time") {
  ask("POST", "/v1/feedback", R"([{"trace_id":"t","value":4},{"trace_id":"t","value":4}])");
  const Answered answered = ask("GET", "/v1/feedback/stats");
  CHECK(answered.text.starts_with(
      R"({"count":2,"weighted_average":4,"by_value":[{"value":4,"count":2}],"by_model":[{"model":"gpt-4o-mini","count":2,"weighted_average":4}],"over_time":[{"time":")"));
  CHECK(pk::is_json(answered.text));
  CHECK(ask("GET", "/v1/feedback/stats?model=gpt-4o-mini").text == answered.text);
  CHECK(ask("GET", "/v1/feedback/stats?model=none").text.starts_with(R"({"count":0,)"));
  CHECK(ask("GET", "/v1/feedback/stats?nonsense=1").status() == 400);
}

TEST_CASE("Without a ledger feedback is refused, not lost") {
  ControlPlaneFixture fixture({}, false);
  CHECK(fixture.ask("POST", "/v1/feedback", R"({"trace_id":"t","value":1})").status() == 503);
}
