#include "admin/fixture.h"
#include "admin/saved_routes.h"

using namespace pk::test;

namespace {

std::string id_in(const std::string& json) {
  const std::size_t at = json.find("\"id\":\"") + 6;
  return json.substr(at, json.find('"', at) - at);
}

}  // namespace

TEST_CASE("A prompt is kept with versions and labels, a partial with its text") {
  ControlPlaneFixture plane;
  const Answered made = plane.ask("POST", "/v1/prompts", R"({"name":"hello","template":{"model":"m"}})");
  CHECK(made.status() == 201);
  CHECK(made.text.ends_with(R"("partial":false})"));
  const std::string id = id_in(made.text);
  CHECK(plane.ask("PUT", "/v1/prompts/" + id, R"({"template":{"model":"n"}})").text.find(R"("version":2)") !=
        std::string::npos);
  CHECK(plane.ask("PUT", "/v1/prompts/" + id, R"({"template":{"model":"n"},"version":1})").status() == 409);
  CHECK(plane.ask("POST", "/v1/prompts/" + id + "/labels", R"({"label":"published","version":1})")
            .text.find(R"("published":1)") != std::string::npos);
  CHECK(plane.ask("GET", "/v1/prompts/" + id + "@published").text.find(R"("version":1)") !=
        std::string::npos);
  CHECK(plane.ask("DELETE", "/v1/prompts/" + id + "/labels/published").status() == 200);
  CHECK(plane.ask("GET", "/v1/prompts/" + id + "/versions").status() == 200);
  const Answered partial = plane.ask("POST", "/v1/prompts", R"({"name":"sign","partial":true,"text":"Bye"})");
  CHECK(partial.status() == 201);
  CHECK(partial.text.ends_with(R"("partial":true})"));
  CHECK(plane.ask("DELETE", "/v1/prompts/hello@1").status() == 400);
  CHECK(plane.ask("GET", "/v1/prompts/hello").status() == 200);
  CHECK(plane.ask("DELETE", "/v1/prompts/hello").status() == 200);
  CHECK(plane.ask("GET", "/v1/prompts/hello").status() == 404);
}

TEST_CASE("What is no prompt is refused, and calling one is not the control plane's") {
  ControlPlaneFixture plane;
  for (const char* body :
       {"", "{}", R"({"name":"a"})", R"({"name":"a","text":"x","partial":false})",
        R"({"name":"a","template":{"x":"bad"}})", R"({"name":"a","partial":true,"template":{}})"}) {
    INFO(body);
    CHECK(plane.ask("POST", "/v1/prompts", body).status() == 400);
  }
  CHECK(plane.ask("POST", "/v1/prompts/none/labels", R"({"label":"a","version":1})").status() == 404);
  CHECK(plane.ask("POST", "/v1/prompts/none/labels", R"({"label":"a","version":0})").status() == 400);
  CHECK(plane.ask("POST", "/v1/prompts/x/completions", "{}").status() == 299);
  CHECK(plane.ask("POST", "/v1/prompts/x/render", "{}").status() == 299);
}
