#include "admin/session_routes.h"

#include "admin/fixture.h"
#include "admin/session.h"

using namespace pk::test;

TEST_CASE("Who is asked for a key logs in with it and gets a cookie that scripts cannot read") {
  ControlPlaneFixture plane;
  plane.guard.caller.login_wanted = true;
  plane.guard.caller.key_id = "pk-ann-1";
  const Answered in = plane.ask("POST", "/v1/session", R"({"key":"pk-right"})");
  CHECK(in.status() == 204);
  const std::string cookie = in.header("set-cookie");
  CHECK(cookie.starts_with("pk_session="));
  for (const char* part : {"; HttpOnly", "; SameSite=Strict", "; Path=/"})
    CHECK(cookie.find(part) != std::string::npos);
  const std::string token = cookie.substr(11, cookie.find(';') - 11);
  CHECK(plane.sessions.open(token, plane.clock.wall_ms()) == "pk-ann-1");
  CHECK(plane.ask("DELETE", "/v1/session").header("set-cookie").find("Max-Age=0") != std::string::npos);
  const Answered out = plane.ask("DELETE", "/v1/session", {}, 0, {{"Cookie", "pk_session=" + token}});
  CHECK(out.status() == 204);
  CHECK_FALSE(plane.sessions.open(token, plane.clock.wall_ms()));  // nor for who kept a copy
  CHECK(cookie.find("Secure") == std::string::npos);
  plane.services->tls = true;
  const std::string safe = plane.ask("POST", "/v1/session", R"({"key":"pk-right"})").header("set-cookie");
  CHECK(safe.ends_with("; Secure"));
}

TEST_CASE("A wrong key is 401, and after many of them 429 also for the right one") {
  ControlPlaneFixture plane;
  plane.guard.caller.login_wanted = true;
  CHECK(plane.ask("POST", "/v1/session", R"({"key":7})").status() == 400);
  CHECK(plane.ask("POST", "/v1/session", "{}").status() == 400);
  for (std::size_t i = 0; i < pk::admin::k_wrong_logins_max; ++i)
    CHECK(plane.ask("POST", "/v1/session", R"({"key":"pk-wrong"})").status() == 401);
  const Answered slow = plane.ask("POST", "/v1/session", R"({"key":"pk-right"})");
  CHECK(slow.status() == 429);
  CHECK(slow.header("retry-after") == "10");
}

TEST_CASE("The session says whether a login is wanted, what its key may, and which pk this is") {
  ControlPlaneFixture plane;
  plane.guard.caller.scopes = 7;
  CHECK(plane.ask("GET", "/v1/session").text ==
        R"({"login_required":false,"scopes":["proxy","read","admin"],"version":"1.2.3"})");
  CHECK(plane.ask("POST", "/v1/session", R"({"key":"pk-right"})").status() == 400);
  plane.guard.caller = {};
  plane.guard.caller.login_wanted = true;
  CHECK(plane.ask("GET", "/v1/session").text == R"({"login_required":true,"scopes":[],"version":"1.2.3"})");
}
