#include "admin/fixture.h"
#include "admin/saved_routes.h"
#include "store/saved_load.h"

using namespace pk::test;

TEST_CASE("A virtual key is kept, archived, changed and removed, and its secret never comes back") {
  ControlPlaneFixture plane;
  const Answered made = plane.ask("POST", "/v1/virtual-keys",
                                  R"({"name":"main","provider":"openai","secret":"sk-very-secret-0123"})");
  CHECK(made.status() == 201);
  CHECK(plane.ask("POST", "/v1/virtual-keys", R"({"name":"main","provider":"openai"})").status() == 409);
  CHECK(plane.ask("PUT", "/v1/virtual-keys/main", R"({"archived":true})").text.find(R"("archived":true)") !=
        std::string::npos);
  CHECK(plane
            .ask("PUT", "/v1/virtual-keys/main",
                 R"({"secret":"sk-other-0123456789","provider":"mistral-ai","archived":false})")
            .text.find(R"("provider":"mistral-ai","archived":false)") != std::string::npos);
  CHECK(plane.ask("PUT", "/v1/virtual-keys/main", R"({"options":{"aws_region":"eu-central-1"}})").status() ==
        200);
  for (const char* path : {"/v1/virtual-keys", "/v1/virtual-keys/main", "/v1/virtual-keys/@main"}) {
    const Answered shown = plane.ask("GET", path);
    CHECK(shown.status() == 200);
    CHECK(shown.text.find("sk-") == std::string::npos);
  }
  CHECK(plane.ask("DELETE", "/v1/virtual-keys/main").status() == 200);
  CHECK(plane.ask("GET", "/v1/virtual-keys/main").status() == 404);
}

TEST_CASE("What is no virtual key is refused") {
  ControlPlaneFixture plane;
  for (const char* body : {"{}", R"({"name":"a"})", R"({"name":"a","provider":"bad"})",
                           R"({"name":"a b","provider":"x"})", R"({"name":"a","provider":"x","secret":""})",
                           R"({"name":"a","provider":"x","options":{"zz":"1"}})"}) {
    INFO(body);
    CHECK(plane.ask("POST", "/v1/virtual-keys", body).status() == 400);
  }
  CHECK(plane.ask("PUT", "/v1/virtual-keys/none", R"({"archived":true})").status() == 404);
  CHECK(plane.ask("PUT", "/v1/virtual-keys/none", "{}").status() == 400);
}

TEST_CASE("What is changed and archived in one body is changed at once, or not at all") {
  ControlPlaneFixture plane;
  REQUIRE(plane.ask("POST", "/v1/virtual-keys", R"({"name":"main","provider":"openai"})").status() == 201);
  const auto before = *pk::store::saved_changes(*plane.env);
  const Answered both = plane.ask("PUT", "/v1/virtual-keys/main", R"({"provider":"x","archived":true})");
  CHECK(both.text.find(R"("provider":"x","archived":true)") != std::string::npos);
  CHECK(*pk::store::saved_changes(*plane.env) == before + 1);
}

TEST_CASE("A virtual key that is an API key's default stays, and in use") {
  ControlPlaneFixture plane;
  for (const char* name : {"main", "spare"})
    REQUIRE(plane.ask("POST", "/v1/virtual-keys", fmt::format(R"({{"name":"{}","provider":"x"}})", name))
                .status() == 201);
  for (const char* name : {"ci", "laptop"})
    REQUIRE(
        plane.ask("POST", "/v1/api-keys", fmt::format(R"({{"name":"{}","default_provider":"@main"}})", name))
            .status() == 201);
  for (const auto& [method, body] : {std::pair("DELETE", ""), std::pair("PUT", R"({"archived":true})")}) {
    const Answered refused = plane.ask(method, "/v1/virtual-keys/main", body);
    INFO(method << refused.text);
    CHECK(refused.status() == 409);
    CHECK(refused.text.find("default provider of API key 'ci'") != std::string::npos);
    CHECK(refused.text.find("'laptop'") != std::string::npos);
  }
  CHECK(plane.ask("GET", "/v1/virtual-keys/main").text.find(R"("archived":false)") != std::string::npos);
  CHECK(plane.ask("PUT", "/v1/virtual-keys/main", R"({"archived":false})").status() == 200);
  CHECK(plane.ask("PUT", "/v1/virtual-keys/spare", R"({"archived":true})").status() == 200);
  for (const char* name : {"ci", "laptop"}) plane.ask("DELETE", std::string("/v1/api-keys/") + name);
  CHECK(plane.ask("DELETE", "/v1/virtual-keys/main").status() == 200);
}
