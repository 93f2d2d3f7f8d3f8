#include "http/router.h"

#include "support/catch.h"

using pk::Task;
using pk::http::Malformed;
using pk::http::Request;
using pk::http::Responder;
using pk::http::Router;

namespace {

struct NoResponder final : Responder {
  void head(const pk::http::ResponseHead&) override {}
  void body(std::string_view) override {}
  void end() override {}
  Task<bool> flush() override { co_return true; }
  void cut() override {}
  void unstage() override {}
  bool head_sent() const override { return false; }
  bool client_left() const override { return false; }
  void on_client_left(std::function<void()>) override {}
};

// Counts what it is given.
struct Counter final : pk::http::Handler {
  Task<void> handle(Request&, Responder&) override {
    ++handled;
    co_return;
  }
  Task<void> handle_malformed(Request&, const Malformed&, Responder&) override {
    ++malformed;
    co_return;
  }
  int handled = 0;
  int malformed = 0;
};

void route(Router& router, std::string method, std::string target) {
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  NoResponder responder;
  router.handle(request, responder).detach();
}

}  // namespace

TEST_CASE("A path goes to its handler with any method and query, all others to the last") {
  Counter health, metrics, otherwise;
  Router router(otherwise);
  router.add("/health", health);
  router.add("/metrics", metrics);
  route(router, "GET", "/health");
  route(router, "POST", "/health?verbose");
  CHECK(health.handled == 2);
  route(router, "GET", "/metrics");
  CHECK(metrics.handled == 1);
  CHECK(otherwise.handled == 0);
  for (const char* other :
       {"/", "/healthy", "/health/", "/Health", "//health", "/v1/health", "/?/health", ""})
    route(router, "GET", other);
  CHECK(otherwise.handled == 8);
  CHECK(health.handled == 2);
}

TEST_CASE("A malformed request goes to the last handler, whatever its path") {
  Counter health, otherwise;
  Router router(otherwise);
  router.add("/health", health);
  Request request;
  request.target = "/health";
  NoResponder responder;
  router.handle_malformed(request, Malformed{}, responder).detach();
  CHECK(otherwise.malformed == 1);
  CHECK(health.malformed == 0);
}
