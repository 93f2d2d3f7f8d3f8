#include "admin/page_routes.h"

#include "admin/assets.h"
#include "admin/fixture.h"

using namespace pk::test;
using pk::admin::assets;

TEST_CASE("Every page's address gives the shell, or says that there is none") {
  ControlPlaneFixture plane;
  for (const char* path : {"/", "/logs/x", "/replay/x", "/analytics", "/configs", "/configs/pc-x", "/prompts",
                           "/prompts/x", "/keys", "/plan", "/login"}) {
    const Answered page = plane.ask("GET", path);
    INFO(path);
    CHECK(page.header("x-content-type-options") == "nosniff");
    if (assets().empty()) {
      CHECK(page.status() == 404);
      CHECK(page.text.find("-DPK_UI=OFF") != std::string::npos);
      continue;
    }
    CHECK(page.status() == 200);
    CHECK(page.text.find("<!doctype html>") == 0);
    CHECK(page.header("cache-control") == "no-cache");
    CHECK(page.header("content-security-policy").find("frame-ancestors 'none'") != std::string::npos);
    CHECK(page.header("content-security-policy").find("unsafe") == std::string::npos);
    CHECK(page.header("referrer-policy") == "no-referrer");
  }
}

TEST_CASE("Who has no key gets the page to log in on, and its status says so") {
  ControlPlaneFixture plane;
  plane.guard.refuses = 401;
  const Answered page = plane.ask("GET", "/logs/x");
  CHECK(page.status() == (assets().empty() ? 404 : 401));
  plane.guard.refuses = 400;
  CHECK(plane.ask("GET", "/logs/x").status() == 400);
}

TEST_CASE("Files are kept for ever, compressed where that is taken") {
  ControlPlaneFixture plane;
  CHECK(plane.ask("GET", "/assets/none-12345678.js").status() == 404);
  for (const auto& asset : assets()) {
    if (asset.path == "/index.html") continue;
    const Answered plain = plane.ask("GET", std::string(asset.path));
    CHECK(plain.text.size() == asset.bytes);
    CHECK(plain.header("cache-control").find("immutable") != std::string::npos);
    CHECK(plain.header("content-encoding").empty());
    const Answered packed =
        plane.ask("GET", std::string(asset.path), "", 0, {{"Accept-Encoding", "br, gzip"}});
    CHECK(packed.header("content-encoding") == "gzip");
    CHECK(packed.text == asset.gzip);
    CHECK(packed.header("vary") == "accept-encoding");
  }
}
