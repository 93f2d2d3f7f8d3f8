#include "admin/call.h"

#include "admin/fixture.h"

using namespace pk::test;

TEST_CASE("Without a ledger a route says so, and why") {
  ControlPlaneFixture plane({}, false);
  for (const char* target : {"/v1/logs", "/v1/logs/@latest"}) {
    const Answered answered = plane.ask("GET", target);
    CHECK(answered.status() == 503);
    CHECK(answered.text.find("the disk is away") != std::string::npos);
  }
}

TEST_CASE("Where no thread is left to take the work the answer is 503, and when to come again") {
  ControlPlaneFixture plane;
  plane.pool.stop();
  const Answered answered = plane.ask("GET", "/v1/logs");
  CHECK(answered.status() == 503);
  CHECK(answered.header("retry-after") == "1");
}
