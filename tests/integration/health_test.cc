// /health, /metrics and the provider that needs nothing.
#include <algorithm>

#include "support/catch.h"
#include "support/serve_fixture.h"

using namespace pk::test;

namespace {

double metric(const std::string& text, const std::string& name) {
  const std::size_t line = text.find("\n" + name + " ");
  if (line == std::string::npos) return -1;
  return std::strtod(text.c_str() + line + name.size() + 2, nullptr);
}

}  // namespace

TEST_CASE("A server that is well says so", "[health]") {
  Serve serve;
  const Reply reply = request(serve.port(), "GET", "/health");
  CHECK(reply.status == 200);
  CHECK(reply.header("content-type").rfind("application/json", 0) == 0);
  CHECK(at(parse_json(reply.body), "/status") == "ok");
  CHECK(at(parse_json(reply.body), "/reasons") == "[]");
  CHECK(logs(serve.data()).empty());
}

TEST_CASE("The metrics are Prometheus text and count", "[health]") {
  FakeUpstream upstream;
  Serve serve;
  for (int i = 0; i < 7; ++i) chat(serve, upstream);
  const Reply reply = request(serve.port(), "GET", "/metrics");
  CHECK(reply.status == 200);
  CHECK(reply.header("content-type").rfind("text/plain", 0) == 0);
  CHECK(metric("\n" + reply.body, "pk_log_records_lost_total") == 0);
  CHECK(metric("\n" + reply.body, "pk_log_bodies_dropped_total") == 0);
  CHECK(reply.body.find("# TYPE pk_") != std::string::npos);
  CHECK(reply.body.back() == '\n');
}

TEST_CASE("The demo provider answers chat, completions and embeddings with no key and no network",
          "[health]") {
  Serve serve;
  const HeaderList demo{{"Content-Type", "application/json"}, {"x-portkey-provider", "demo"}};
  const Reply plain = request(serve.port(), "POST", "/v1/chat/completions", demo, chat_request());
  CHECK(plain.status == 200);
  CHECK(at(parse_json(plain.body), "/choices/0/message/role") == "assistant");
  CHECK(plain.header("x-portkey-provider") == "demo");
  const Reply stream = request(
      serve.port(), "POST", "/v1/chat/completions", demo,
      R"({"model":"demo","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]})");
  CHECK(stream.whole);
  CHECK(stream.header("content-type").rfind("text/event-stream", 0) == 0);
  CHECK(stream.body.size() > 20);
  CHECK(stream.body.substr(stream.body.size() - 14) == "data: [DONE]\n\n");
  const Reply completion =
      request(serve.port(), "POST", "/v1/completions", demo, R"({"model":"demo","prompt":"once"})");
  CHECK(completion.status == 200);
  CHECK(at(parse_json(completion.body), "/choices/0/text") != "(nothing)");
  const Reply embedding =
      request(serve.port(), "POST", "/v1/embeddings", demo, R"({"model":"demo","input":["a","b"]})");
  CHECK(embedding.status == 200);
  CHECK(at(parse_json(embedding.body), "/data/1/embedding/0") != "(nothing)");
  const auto rows = logs(serve.data());
  REQUIRE(rows.size() == 4);
  // Of two in one millisecond, on two threads of the server, either may be the newer.
  CHECK(std::ranges::count_if(rows, [](const auto& row) { return at(row, "/endpoint") == "embeddings"; }) ==
        1);
  for (const auto& row : rows) {
    CHECK(at(row, "/ok") == "true");
    CHECK(std::stoi(at(row, "/total_tokens")) > 0);
  }
}

TEST_CASE("A config may name its provider, key and host", "[health]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string config =
      R"({"provider":"openai","api_key":"sk-config-0123456789","custom_host":")" + upstream.url() + "\"}";
  const Reply reply =
      request(serve.port(), "POST", "/v1/chat/completions",
              {{"Content-Type", "application/json"}, {"x-portkey-config", config}}, chat_request());
  CHECK(reply.status == 200);
  CHECK(upstream.seen(0).header("authorization") == "Bearer sk-config-0123456789");
  const std::string shown = run_pk(serve.data(), {"logs", "show", reply.header("x-pk-log-id"), "--json"}).out;
  CHECK(shown.find("sk-config-0123456789") == std::string::npos);
}
