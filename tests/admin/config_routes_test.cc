#include "admin/fixture.h"
#include "admin/saved_routes.h"
#include "base/json.h"

using namespace pk::test;

namespace {

std::string id_in(const std::string& json) {
  const std::size_t at = json.find("\"id\":\"") + 6;
  return json.substr(at, json.find('"', at) - at);
}

}  // namespace

TEST_CASE("A config is kept with its versions, changed from the newest, and removed") {
  ControlPlaneFixture plane;
  const Answered made =
      plane.ask("POST", "/v1/configs", R"({"name":"two words","config":{"provider":"demo"}})");
  CHECK(made.status() == 201);
  const std::string id = id_in(made.text);
  for (const std::string& which : {id, std::string("two%20words")})
    CHECK(plane.ask("GET", "/v1/configs/" + which).text.find(R"("config":{"provider":"demo"})") !=
          std::string::npos);
  const Answered next =
      plane.ask("PUT", "/v1/configs/" + id, R"({"config":{"provider":"openai"},"version":1})");
  CHECK(next.status() == 200);
  CHECK(next.text.find(R"("version":2)") != std::string::npos);
  CHECK(plane.ask("PUT", "/v1/configs/" + id, R"({"config":{"provider":"x"},"version":1})").status() == 409);
  CHECK(plane.ask("GET", "/v1/configs/" + id + "@1").text.find("demo") != std::string::npos);
  CHECK(plane.ask("GET", "/v1/configs/" + id + "@9").status() == 404);
  const std::string versions = plane.ask("GET", "/v1/configs/" + id + "/versions").text;
  CHECK(versions.find("openai") < versions.find("demo"));
  CHECK(pk::is_json(versions));
  CHECK(plane.ask("GET", "/v1/configs").text.find(id) != std::string::npos);
  CHECK(plane.ask("DELETE", "/v1/configs/" + id).text == R"({"id":")" + id + R"(","deleted":true})");
  CHECK(plane.ask("DELETE", "/v1/configs/" + id).status() == 404);
}

TEST_CASE("A config that is none, or has a masked secret, is not kept") {
  ControlPlaneFixture plane;
  for (const char* body :
       {"", "{}", R"({"name":"a"})", R"({"config":{}})", R"({"name":"a","config":"{}"})",
        R"({"name":"a","config":{"x":"bad"}})", R"({"name":"pc-a","config":{}})",
        R"({"name":"a","config":{"api_key":"sk********789"}})", R"({"name":"a","config":{},"x":1})"}) {
    INFO(body);
    CHECK(plane.ask("POST", "/v1/configs", body).status() == 400);
  }
  CHECK(plane.ask("PUT", "/v1/configs/none", R"({"config":{}})").status() == 404);
  CHECK(plane.ask("PUT", "/v1/configs/none", R"({"config":{"api_key":"********"}})").status() == 404);
  CHECK(plane.ask("GET", "/v1/configs").text == R"({"object":"list","data":[],"next":null})");
}

TEST_CASE("A config that is a key's default stays") {
  ControlPlaneFixture plane;
  const std::string id = id_in(plane.ask("POST", "/v1/configs", R"({"name":"a","config":{}})").text);
  CHECK(plane.ask("POST", "/v1/api-keys", R"({"name":"ui","default_config":"a"})").status() == 201);
  CHECK(plane.ask("DELETE", "/v1/configs/" + id).status() == 409);
}

TEST_CASE("Removing a config by one of its versions removes nothing") {
  ControlPlaneFixture plane;
  const std::string id = id_in(plane.ask("POST", "/v1/configs", R"({"name":"a","config":{}})").text);
  CHECK(plane.ask("DELETE", "/v1/configs/" + id + "@1").status() == 400);
  CHECK(plane.ask("DELETE", "/v1/configs/a@9").status() == 400);
  CHECK(plane.ask("GET", "/v1/configs/" + id).status() == 200);
}

TEST_CASE("A config that is the settings' default stays, until they name another") {
  ControlPlaneFixture plane;
  const std::string id = id_in(plane.ask("POST", "/v1/configs", R"({"name":"a","config":{}})").text);
  const auto prefer = [&](const std::string& config) {
    plane.preferences.with([&](pk::admin::Preferences& now) { now.default_config = config; });
  };
  prefer(id);
  const Answered refused = plane.ask("DELETE", "/v1/configs/a");
  CHECK(refused.status() == 409);
  CHECK(refused.text.find("default_config") != std::string::npos);
  prefer("pc-another");
  CHECK(plane.ask("DELETE", "/v1/configs/a").status() == 200);
}

TEST_CASE("A config that is changed as it was shown keeps its secrets, of the version that was edited") {
  ControlPlaneFixture plane;
  const std::string id = id_in(
      plane.ask("POST", "/v1/configs", R"({"name":"a","config":{"api_key":"sk-0123456789-old"}})").text);
  const auto change = [&](const std::string& body) { return plane.ask("PUT", "/v1/configs/" + id, body); };
  CHECK(change(R"({"config":{"api_key":"sk********old","retry":{"attempts":1}}})")
            .text.find(R"("config":{"api_key":"sk-0123456789-old","retry")") != std::string::npos);
  CHECK(change(R"({"config":{"api_key":"sk-0123456789-new"}})").status() == 200);
  CHECK(change(R"({"config":{"api_key":"sk********old"}})").status() == 400);
  CHECK(change(R"({"config":{"api_key":"sk********old"},"edited":1})").text.find("0123456789-old") !=
        std::string::npos);
  CHECK(change(R"({"config":{"api_key":"sk********old"},"edited":9})").status() == 400);
  CHECK(change(R"({"config":{"api_key":"sk********old","x":"bad"},"edited":1})").status() == 400);
  CHECK(change(R"({"config":{"api_key":"sk********old","custom_host":"https://a.example.com"}})").status() ==
        400);
}
