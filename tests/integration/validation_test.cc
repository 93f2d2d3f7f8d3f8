// What pk answers to a request it does not pass on: the reference's words in the reference's order, an
// `error` object beside them, and a record of each.
#include "support/catch.h"
#include "support/serve_fixture.h"

using namespace pk::test;

namespace {

struct Refusal {
  const char* title;
  HeaderList headers;
  std::string body;
  std::string message;
};

HeaderList with_config(const char* config) {
  return {{"Content-Type", "application/json"}, {"x-portkey-config", config}};
}

HeaderList with_host(const char* host) {
  return {{"Content-Type", "application/json"},
          {"x-portkey-provider", "openai"},
          {"x-portkey-custom-host", host}};
}

const HeaderList k_demo{{"Content-Type", "application/json"}, {"x-portkey-provider", "demo"}};

const std::vector<Refusal> k_refusals{
    {"neither config nor provider",
     {{"Content-Type", "application/json"}},
     chat_request(),
     "Either x-portkey-config or x-portkey-provider header is required"},
    {"an unknown provider",
     {{"Content-Type", "application/json"}, {"x-portkey-provider", "non-existent-provider"}},
     chat_request(),
     "Invalid provider passed"},
    {"a content type that is none of ours",
     {{"Content-Type", "text/plain"}, {"x-portkey-provider", "demo"}},
     chat_request(),
     "Invalid content type passed"},
    {"a bad content type goes before a missing provider",
     {{"Content-Type", "text/plain"}},
     chat_request(),
     "Invalid content type passed"},
    {"a config that is not JSON", with_config("not json"), chat_request(),
     "Invalid config passed. You need to pass a valid json"},
    {"a custom host in the metadata range", with_host("http://169.254.169.254/v1"), chat_request(),
     "Invalid custom host"},
    {"a private custom host", with_host("http://10.0.0.1"), chat_request(), "Invalid custom host"},
    {"a private address written as one number", with_host("http://167772161"), chat_request(),
     "Invalid custom host"},
    {"credentials in a custom host", with_host("http://user@127.0.0.1"), chat_request(),
     "Invalid custom host"},
    {"a custom host that is not HTTP", with_host("ftp://127.0.0.1"), chat_request(), "Invalid custom host"},
    {"an internal name as custom host", with_host("http://a.internal"), chat_request(),
     "Invalid custom host"},
    {"0.0.0.0 as custom host", with_host("http://0.0.0.0:1"), chat_request(), "Invalid custom host"},
    {"forward-headers that names itself",
     {{"Content-Type", "application/json"},
      {"x-portkey-provider", "openai"},
      {"x-portkey-forward-headers", "x-portkey-forward-headers"}},
     chat_request(),
     "forward_headers must not contain the 'x-portkey-forward-headers' header"},
};

// Bodies that are not a JSON object of at most the depth we read.
const std::vector<std::pair<const char*, std::string>> k_bad_bodies{
    {"cut", "{bad"},
    {"empty", ""},
    {"an array", "[]"},
    {"a string", "\"x\""},
    {"two values", "{} {}"},
    {"a trailing comma", R"({"model":"m",})"},
    {"a broken literal", R"({"model":tru})"},
    {"a bare control character", "{\"model\":\"a\nb\"}"},
    {"invalid UTF-8", "{\"model\":\"\xff\xfe\"}"},
    {"an overlong UTF-8 form", "{\"model\":\"\xc0\xaf\"}"},
    {"nested 100,000 deep", R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}"},
};

void check_gateway_headers(const Reply& reply) {
  CHECK(reply.header("x-portkey-trace-id") != "");
  CHECK(reply.header("x-portkey-cache-status") == "DISABLED");
  CHECK(reply.header("x-portkey-retry-attempt-count") == "0");
  CHECK(reply.header("x-portkey-last-used-option-index") != "");
  CHECK(reply.header("x-pk-log-id").size() == 36);
}

}  // namespace

TEST_CASE("A request that breaks a rule gets the reference's message, all headers, and a record",
          "[validation]") {
  Serve serve;
  for (const Refusal& refusal : k_refusals) {
    INFO(refusal.title);
    const Reply reply = request(serve.port(), "POST", "/v1/chat/completions", refusal.headers, refusal.body);
    REQUIRE(reply.whole);
    CHECK(reply.status == 400);
    CHECK(reply.header("content-type").rfind("application/json", 0) == 0);
    const auto body = parse_json(reply.body);
    CHECK(at(body, "/status") == "failure");
    CHECK(at(body, "/message") == refusal.message);
    CHECK(at(body, "/error/message") == refusal.message);
    CHECK(at(body, "/error/type") != "(nothing)");
    CHECK(at(body, "/error/param") != "(nothing)");
    CHECK(at(body, "/error/code") != "(nothing)");
    check_gateway_headers(reply);
    const auto record = log_of(serve.data(), reply.header("x-pk-log-id"));
    CHECK(at(record, "/http_status") == "400");
    CHECK(at(record, "/ok") == "false");
    CHECK(at(record, "/error") == refusal.message);
    CHECK(at(record, "/trace_id") == reply.header("x-portkey-trace-id"));
  }
  CHECK(logs(serve.data()).size() == k_refusals.size());
}

TEST_CASE("A body that is no JSON object is 400 on the unified routes, and recorded", "[validation]") {
  Serve serve;
  for (const char* path : {"/v1/chat/completions", "/v1/completions", "/v1/embeddings"}) {
    for (const auto& [title, body] : k_bad_bodies) {
      INFO(path << ": " << title);
      const Reply reply = request(serve.port(), "POST", path, k_demo, body);
      REQUIRE(reply.whole);
      CHECK(reply.status == 400);
      CHECK(at(parse_json(reply.body), "/status") == "failure");
      CHECK(at(parse_json(reply.body), "/error/message") != "");
      check_gateway_headers(reply);
      CHECK(at(log_of(serve.data(), reply.header("x-pk-log-id")), "/ok") == "false");
    }
  }
}

TEST_CASE("A path that is no route is the reference's 404", "[validation]") {
  Serve serve;
  const Reply reply = request(serve.port(), "GET", "/nope");
  CHECK(reply.status == 404);
  CHECK(at(parse_json(reply.body), "/message") == "Not Found");
  CHECK(at(parse_json(reply.body), "/ok") == "false");
}

TEST_CASE("The deprecated proxy route refuses the addresses that every other route refuses", "[validation]") {
  Serve serve;
  for (const char* path : {"/v1/proxy/chat/completions", "/v1/files", "/v1/anything/else"}) {
    INFO(path);
    const Reply reply = request(serve.port(), "POST", path, with_host("http://10.0.0.1"), chat_request());
    CHECK(reply.status == 400);
    CHECK(at(parse_json(reply.body), "/message") == "Invalid custom host");
  }
}

TEST_CASE("pk does not call itself", "[validation]") {
  Serve serve;
  const std::string self = "http://127.0.0.1:" + std::to_string(serve.port()) + "/v1";
  const Reply reply =
      request(serve.port(), "POST", "/v1/chat/completions", with_host(self.c_str()), chat_request());
  CHECK(reply.status == 400);
  CHECK(logs(serve.data()).size() == 1);
}

TEST_CASE("Hooks and guardrails are refused by name, never ignored", "[validation]") {
  Serve serve;
  for (const char* key :
       {"before_request_hooks", "after_request_hooks", "input_guardrails", "output_guardrails"}) {
    INFO(key);
    const std::string config =
        R"({"provider":"demo",")" + std::string(key) + R"(":[{"default.contains":{}}]})";
    const Reply reply =
        request(serve.port(), "POST", "/v1/chat/completions", with_config(config.c_str()), chat_request());
    CHECK(reply.status == 400);
    CHECK(reply.body.find(key) != std::string::npos);
  }
}
