#include "admin/status.h"

#include "admin/answered.h"
#include "base/json.h"
#include "support/catch.h"

using namespace pk::admin;
using pk::http::Request;
using pk::test::Answered;

namespace {

Answered answer_of(pk::http::Handler& handler, std::string method) {
  Request request;
  request.method = std::move(method);
  Answered answered;
  handler.handle(request, answered).detach();
  CHECK(answered.flushed);
  CHECK(answered.length() == answered.text.size());
  return answered;
}

}  // namespace

TEST_CASE("Health is ok without reasons, and degraded with them") {
  CHECK(health_json({}) == R"({"status":"ok","reasons":[]})");
  CHECK(health_json({}, {"no cache"}) == R"({"status":"ok","reasons":[],"notes":["no cache"]})");
  CHECK(health_json({"no space left"}) == R"({"status":"degraded","reasons":["no space left"]})");
  CHECK(health_json({"a \"quoted\" one", "two"}) ==
        R"({"status":"degraded","reasons":["a \"quoted\" one","two"]})");
  CHECK(pk::is_json(health_json({std::string("\x01\xff", 2)})));
}

TEST_CASE("Metrics are in the text format: help, type, then each sample") {
  Metric requests{"pk_requests_total", "Requests served.", Metric::Kind::counter, {}};
  requests.samples = {{R"(code="2xx")", 5}, {R"(code="5xx")", 0}};
  Metric memory{"pk_bytes", "Bytes.", Metric::Kind::gauge, {{"", 1.5}}};
  Metric none{"pk_none", "Nothing yet.", Metric::Kind::gauge, {}};
  CHECK(metrics_text({requests, memory, none}) ==
        "# HELP pk_requests_total Requests served.\n# TYPE pk_requests_total counter\n"
        "pk_requests_total{code=\"2xx\"} 5\npk_requests_total{code=\"5xx\"} 0\n"
        "# HELP pk_bytes Bytes.\n# TYPE pk_bytes gauge\npk_bytes 1.5\n"
        "# HELP pk_none Nothing yet.\n# TYPE pk_none gauge\n");
  CHECK(metrics_text({}).empty());
}

TEST_CASE("Large counters keep all their digits") {
  Metric metric{"pk_x", "X.", Metric::Kind::counter, {{"", 123456789012345.0}}};
  CHECK(metrics_text({metric}).find("pk_x 123456789012345\n") != std::string::npos);
}

TEST_CASE("Health and metrics are asked anew each time") {
  std::vector<std::string> reasons;
  HealthHandler health([&] { return reasons; });
  CHECK(answer_of(health, "GET").text == R"({"status":"ok","reasons":[]})");
  reasons = {"the store is read-only"};
  const Answered degraded = answer_of(health, "GET");
  CHECK(degraded.status() == 200);
  CHECK(degraded.text.find("read-only") != std::string::npos);
  CHECK(degraded.header("content-type") == "application/json");
  CHECK(degraded.header("x-content-type-options") == "nosniff");
  CHECK(degraded.header("cache-control") == "no-store");

  double count = 1;
  MetricsHandler metrics([&] {
    return std::vector<Metric>{{"pk_x", "X.", Metric::Kind::counter, {{"", count}}}};
  });
  CHECK(answer_of(metrics, "GET").text.ends_with("pk_x 1\n"));
  count = 2;
  const Answered answered = answer_of(metrics, "HEAD");
  CHECK(answered.text.ends_with("pk_x 2\n"));
  CHECK(answered.header("content-type").starts_with("text/plain; version=0.0.4"));
}

TEST_CASE("Only reading is allowed") {
  HealthHandler health([] { return std::vector<std::string>{}; });
  MetricsHandler metrics([] { return std::vector<Metric>{}; });
  for (pk::http::Handler* handler :
       {static_cast<pk::http::Handler*>(&health), static_cast<pk::http::Handler*>(&metrics)})
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get"}) {
      const Answered answered = answer_of(*handler, method);
      CHECK(answered.status() == 405);
      CHECK(answered.header("allow") == "GET, HEAD");
      CHECK(pk::is_json(answered.text));
    }
}
