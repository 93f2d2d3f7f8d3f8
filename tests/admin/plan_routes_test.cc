#include "admin/plan_routes.h"

#include "admin/fixture.h"

using namespace pk::test;

TEST_CASE("The plan is shown with what is used of it, and set") {
  ControlPlaneFixture plane;
  CHECK(plane.ask("GET", "/v1/plan").text == R"({"plan":"enterprise","used":0})");
  CHECK(plane.ask("PUT", "/v1/plan", R"({"plan":"production"})").text == R"({"plan":"production","used":0})");
  CHECK(plane.ask("GET", "/v1/plan").text == R"({"plan":"production","used":0})");
  for (const char* body : {R"({"plan":"gold"})", R"({"plan":1})", "{}", "x"})
    CHECK(plane.ask("PUT", "/v1/plan", body).status() == 400);
  plane.services->plan = "developer";
  CHECK(plane.ask("GET", "/v1/plan").text == R"({"plan":"developer","used":0})");
  CHECK(plane.ask("PUT", "/v1/plan", R"({"plan":"production"})").status() == 409);
}
