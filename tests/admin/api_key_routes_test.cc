#include "admin/fixture.h"
#include "admin/saved_routes.h"

using namespace pk::test;

TEST_CASE("An API key is told once, listed without its secret, and removed") {
  ControlPlaneFixture plane;
  const Answered made = plane.ask("POST", "/v1/api-keys", R"({"name":"ci","scope":"proxy,read"})");
  CHECK(made.status() == 201);
  CHECK(made.text.find(R"("scopes":3,"key":"pk-ci-)") != std::string::npos);
  const std::string secret = made.text.substr(made.text.find("\"key\":\"") + 7, 60);
  for (const char* path : {"/v1/api-keys", "/v1/api-keys/ci"}) {
    const Answered shown = plane.ask("GET", path);
    CHECK(shown.status() == 200);
    CHECK(shown.text.find(secret.substr(0, 30)) == std::string::npos);
  }
  CHECK(plane.ask("POST", "/v1/api-keys", R"({"name":"ci"})").status() == 409);
  CHECK(plane.ask("POST", "/v1/api-keys", R"({"name":"b","scopes":["admin"]})").text.find(R"("scopes":4)") !=
        std::string::npos);
  CHECK(plane.ask("DELETE", "/v1/api-keys/ci").status() == 200);
  CHECK(plane.ask("DELETE", "/v1/api-keys/ci").status() == 404);
}

TEST_CASE("What is no API key is refused") {
  ControlPlaneFixture plane;
  for (const char* body :
       {"{}", R"({"name":"a","scope":"all"})", R"({"name":"a","scope":[]})", R"({"name":"a","scopes":7})",
        R"({"name":"a","default_provider":"bad"})", R"({"name":"pk-a"})"}) {
    INFO(body);
    CHECK(plane.ask("POST", "/v1/api-keys", body).status() == 400);
  }
  CHECK(plane.ask("POST", "/v1/api-keys", R"({"name":"a","default_config":"none"})").status() == 404);
}
