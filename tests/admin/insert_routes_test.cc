#include "admin/insert_routes.h"

#include "admin/fixture.h"

using namespace pk::test;

namespace {

std::string log_of(const std::string& more) {
  return R"({"request":{"url":"/v1/chat/completions","body":{"model":"m"}},"response":{"body":{"id":"x"}})" +
         more + "}";
}

}  // namespace

TEST_CASE("A log that was put in is there when the answer comes, where its time says") {
  ControlPlaneFixture plane;
  const Answered put = plane.ask("POST", "/v1/logs", log_of(R"(,"created_at":"2026-02-01T00:00:00Z")"));
  CHECK(put.status() == 200);
  CHECK(put.text.starts_with(R"({"status":"success","ids":[")"));
  const Answered shown = plane.ask("GET", "/v1/logs/@latest");
  CHECK(shown.text.find(R"("created_at":"2026-02-01T00:00:00.000Z")") != std::string::npos);
  CHECK(shown.text.find(R"("total_tokens":7)") != std::string::npos);
  const Answered two = plane.ask("POST", "/v1/logs", "[" + log_of("") + "," + log_of("") + "]");
  CHECK(std::ranges::count(two.text, ',') == 2);
  CHECK(plane.ask("GET", "/v1/logs/count").text == R"({"count":3})");
}

TEST_CASE("An array with a bad one is not taken at all") {
  ControlPlaneFixture plane;
  CHECK(plane.ask("POST", "/v1/logs", "[" + log_of("") + ",{}]").status() == 400);
  CHECK(plane.ask("POST", "/v1/logs", "{bad").status() == 400);
  CHECK(plane.ask("GET", "/v1/logs/count").text == R"({"count":0})");
}

TEST_CASE("Of a caller that is not tracked no content is kept, and without a ledger it is 503") {
  ControlPlaneFixture plane;
  plane.guard.caller.tracked = false;
  CHECK(plane.ask("POST", "/v1/logs", log_of("")).status() == 200);
  const Answered shown = plane.ask("GET", "/v1/logs/@latest");
  CHECK(shown.text.find(R"("request":null)") != std::string::npos);
  CHECK(shown.text.find(R"("tracked":false)") != std::string::npos);
  ControlPlaneFixture none({}, false);
  CHECK(none.ask("POST", "/v1/logs", log_of("")).status() == 503);
}
