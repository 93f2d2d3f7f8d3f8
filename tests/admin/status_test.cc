#include "admin/status.h"

#include <string>
#include <vector>

#include "support/catch.h"

namespace pk::admin {

namespace {

// Takes an answer as one text.
class Answer final : public http::Responder {
 public:
  void head(const http::ResponseHead& head) override { m_head = head; }
  void body(std::string_view piece) override { m_body += piece; }
  void end() override { m_ended = true; }
  Task<bool> flush() override { co_return true; }
  void cut() override {}
  void unstage() override {}
  bool head_sent() const override { return false; }
  bool client_left() const override { return false; }
  void on_client_left(std::function<void()>) override {}

  http::ResponseHead m_head;
  std::string m_body;
  bool m_ended = false;
};

http::Request get(std::string method) {
  http::Request request;
  request.method = std::move(method);
  request.target = "/health";
  return request;
}

}  // namespace

TEST_CASE("Health is ok without reasons and degraded with them") {
  CHECK(health_json({}) == R"({"status":"ok","reasons":[]})");
  CHECK(health_json({"no space left", "a \"b\""}) ==
        R"({"status":"degraded","reasons":["no space left","a \"b\""]})");
}

TEST_CASE("Metrics are in the text exposition format") {
  const std::vector<Metric> metrics = {
      {"pk_requests_total", "Requests.", Metric::Kind::counter, {{"", 3}}},
      {"pk_responses_total", "By class.", Metric::Kind::counter, {{"code=\"2xx\"", 2}, {"code=\"5xx\"", 1}}},
      {"pk_log_healthy", "1 if so.", Metric::Kind::gauge, {{"", 0}}}};
  CHECK(metrics_text(metrics) ==
        "# HELP pk_requests_total Requests.\n# TYPE pk_requests_total counter\npk_requests_total 3\n"
        "# HELP pk_responses_total By class.\n# TYPE pk_responses_total counter\n"
        "pk_responses_total{code=\"2xx\"} 2\npk_responses_total{code=\"5xx\"} 1\n"
        "# HELP pk_log_healthy 1 if so.\n# TYPE pk_log_healthy gauge\npk_log_healthy 0\n");
}

TEST_CASE("Health is asked anew for each request") {
  std::vector<std::string> reasons;
  HealthHandler handler([&reasons] { return reasons; });
  for (const char* status : {"\"ok\"", "\"degraded\""}) {
    Answer answer;
    http::Request request = get("GET");
    handler.handle(request, answer).detach();
    CHECK(answer.m_head.status == 200);
    CHECK(answer.m_head.content_length == answer.m_body.size());
    CHECK(answer.m_body.find(status) != std::string::npos);
    CHECK(answer.m_ended);
    reasons.push_back("no space left");
  }
}

TEST_CASE("Status can only be read") {
  MetricsHandler metrics([] { return std::vector<Metric>{}; });
  Answer answer;
  http::Request request = get("POST");
  metrics.handle(request, answer).detach();
  CHECK(answer.m_head.status == 405);
  CHECK(answer.m_ended);
}

}  // namespace pk::admin
