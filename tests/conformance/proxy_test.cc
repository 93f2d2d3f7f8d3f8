// P: routes that are passed on as they are.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

HeaderList through(const FakeUpstream& upstream, std::string_view provider = "openai",
                   std::string_view path = "/v1") {
  return {{"x-portkey-provider", std::string(provider)},
          {"Authorization", "Bearer k1"},
          {"x-portkey-custom-host", upstream.url(path)}};
}

}  // namespace

TEST_CASE("P1: models are listed by the provider", "[proxy]") {
  FakeUpstream upstream;
  upstream.always(Answer::json(200, R"({"object":"list","data":[]})"));
  Serve serve;
  const Reply reply = request(serve.port(), "GET", "/v1/models", through(upstream));
  CHECK(reply.status == 200);
  CHECK(reply.body == R"({"object":"list","data":[]})");
  CHECK(upstream.seen(0).target == "/v1/models");
  CHECK(upstream.seen(0).header("authorization") == "Bearer k1");
  check_headers(reply);
}

TEST_CASE("P2: any other path goes with its query and its body, by any method", "[proxy]") {
  FakeUpstream upstream;
  upstream.always(Answer::json(200, "{ \"any\" : 1 }"));
  Serve serve;
  std::size_t calls = 0;
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "GET"}) {
    INFO(method);
    const std::string body = std::string(method) == "GET" ? "" : std::string("\0\xff{bad", 6);
    const Reply reply = request(serve.port(), method, "/v1/foo/bar?x=1&y=%20", through(upstream), body);
    CHECK(reply.body == "{ \"any\" : 1 }");
    const SeenRequest seen = upstream.seen(calls++);
    CHECK(seen.method == method);
    CHECK(seen.target == "/v1/foo/bar?x=1&y=%20");
    CHECK(seen.body == body);
  }
  for (int status : {400, 404, 500}) {
    upstream.always(Answer::json(status, "{ \"as\":\"it is\"}"));
    const Reply reply = request(serve.port(), "POST", "/v1/foo", through(upstream), "{}");
    CHECK(reply.status == status);
    CHECK(reply.body == "{ \"as\":\"it is\"}");
  }
}

TEST_CASE("P2: the deprecated route does the same for paths without /v1", "[proxy]") {
  FakeUpstream upstream;
  Serve serve;
  request(serve.port(), "POST", "/v1/proxy/foo/bar?x=1", through(upstream), "{}");
  CHECK(upstream.seen(0).target == "/v1/foo/bar?x=1");
}

TEST_CASE("P3: a doubled /v1 of Anthropic's clients becomes one", "[proxy]") {
  FakeUpstream upstream;
  Serve serve;
  request(serve.port(), "POST", "/v1/v1/messages", through(upstream, "anthropic"), "{}");
  CHECK(upstream.seen(0).target == "/v1/messages");
  CHECK(upstream.seen(0).header("x-api-key") == "k1");
  CHECK(upstream.seen(0).header("anthropic-version") == "2023-06-01");
}

TEST_CASE("P4: a path that names an Azure host other than the configured one is refused", "[proxy]") {
  Serve serve;
  const HeaderList headers{{"x-portkey-provider", "azure-openai"},
                           {"Authorization", "Bearer k"},
                           {"x-portkey-azure-resource-name", "mine"}};
  const Reply reply = request(
      serve.port(), "POST",
      "/v1/proxy/other.openai.azure.com/openai/deployments/d/chat/completions?api-version=1", headers, "{}");
  CHECK(reply.status == 400);
  check_headers(reply);
}

TEST_CASE("P6: an upload arrives byte for byte", "[proxy]") {
  FakeUpstream upstream;
  Serve serve;
  std::string bytes;
  for (int i = 0; i < 100'000; ++i) bytes += static_cast<char>(i * 7 % 256);
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: "
      "form-data; name=\"file\"; filename=\"a\"\r\n\r\n" +
      bytes + "\r\n--b--\r\n";
  HeaderList headers = through(upstream);
  headers.emplace_back("Content-Type", "multipart/form-data; boundary=b");
  CHECK(request(serve.port(), "POST", "/v1/files", headers, body).status == 200);
  CHECK(upstream.seen(0).body == body);
  CHECK(upstream.seen(0).header("content-type") == "multipart/form-data; boundary=b");
}

TEST_CASE("Routes that are passed on run under a config too, and its overrides leave their bodies alone",
          "[proxy]") {
  FakeUpstream a, b;
  a.always(refused(500));
  b.always(Answer::json(200, "{}"));
  Serve serve;
  const std::string config =
      strategy("fallback", {target(a), target(b)}, R"("override_params":{"model":"z"})");
  const Reply reply = ask_at(serve, "/v1/images/generations", config, {}, R"({"model":"m"})");
  CHECK(reply.status == 200);
  CHECK(reply.header("x-portkey-last-used-option-index") == "config.targets[1]");
  CHECK(b.seen(0).body == R"({"model":"m"})");
  CHECK(b.seen(0).header("authorization") == "Bearer k-of-target");
}
