#include "admin/control_plane.h"

#include "admin/fixture.h"
#include "base/json.h"

using namespace pk::test;

TEST_CASE("What is the control plane's is answered, everything else goes on to the data plane") {
  ControlPlaneFixture plane;
  CHECK(plane.ask("GET", "/v1/logs").status() == 200);
  for (const char* target :
       {"/v1/models", "/v1/prompts/x/completions", "/v1/embeddings", "/nope", "/v1/logs/a/b"})
    CHECK(plane.ask("POST", target).status() == 299);
  CHECK(plane.data_plane.seen.size() == 5);
}

TEST_CASE("Another method is 405 with those there are, OPTIONS lists them, HEAD has no body of its own") {
  ControlPlaneFixture plane;
  const Answered wrong = plane.ask("PATCH", "/v1/logs/x");
  CHECK(wrong.status() == 405);
  CHECK(wrong.header("allow") == "GET, HEAD, DELETE, OPTIONS");
  CHECK(pk::is_json(wrong.text));
  const Answered options = plane.ask("OPTIONS", "/v1/logs/x");
  CHECK(options.status() == 204);
  CHECK(options.header("allow") == "GET, HEAD, DELETE, OPTIONS");
  CHECK(options.text.empty());
  CHECK(plane.ask("HEAD", "/v1/logs").status() == 200);
}

TEST_CASE("Who may not is told before anything is looked at") {
  ControlPlaneFixture plane;
  plane.guard.refuses = 403;
  for (const char* method : {"GET", "PATCH", "OPTIONS"})
    CHECK(plane.ask(method, "/v1/logs?nonsense=1").status() == 403);
  CHECK(plane.ask("GET", "/v1/models").status() == 299);
}

TEST_CASE("The guard is asked for what the route needs") {
  ControlPlaneFixture plane;
  plane.ask("GET", "/v1/logs");
  CHECK(plane.guard.asked->scope == pk::config::Scope::read);
  plane.ask("DELETE", "/v1/logs/x");
  CHECK(plane.guard.asked->scope == pk::config::Scope::admin);
}

TEST_CASE(
    "Its own paths have a limit for bodies, which is not the data plane's; a query that is none is 400") {
  ControlPlaneFixture plane;
  const auto limit = [&](const char* method, const char* target) {
    pk::http::Request head;
    head.method = method;
    head.target = target;
    return plane.plane->body_bytes_max(head);
  };
  for (const char* own : {"/v1/logs", "/v1/configs?a=b"})
    CHECK(limit("POST", own) == pk::admin::k_body_bytes_max);
  for (const char* open : {"/v1/session", "/s/x", "/v1/logs/x"})  // or no such method
    CHECK(limit("POST", open) == pk::admin::k_open_body_bytes_max);
  for (const char* other : {"/v1/chat/completions", "/v1/prompts/x/completions", "/v1/files"})
    CHECK_FALSE(limit("POST", other));
  CHECK(plane.ask("GET", "/v1/logs?model=%ff").status() == 400);
}

TEST_CASE("A malformed request to one of its paths has its answer in shape") {
  ControlPlaneFixture plane;
  pk::http::Request request;
  request.method = "POST";
  request.target = "/v1/logs";
  Answered answered;
  plane.plane->handle_malformed(request, {413, "too much", true}, answered).detach();
  CHECK(answered.status() == 413);
  CHECK(answered.text.find(R"("status":"failure","message":"too much")") != std::string::npos);
  CHECK(plane.data_plane.seen.empty());
  Answered headless;
  plane.plane->handle_malformed(request, {400, "no head", false}, headless).detach();
  CHECK(plane.data_plane.seen.size() == 1);
}

TEST_CASE("Who may not call may send no body, and is told why and not how long it was") {
  ControlPlaneFixture plane;
  plane.guard.refuses = 401;
  pk::http::Request request;
  request.method = "POST";
  request.target = "/v1/logs";
  CHECK(plane.plane->body_bytes_max(request) == 0);
  Answered answered;
  plane.plane->handle_malformed(request, {413, "too much", true}, answered).detach();
  CHECK(answered.status() == 401);
}
