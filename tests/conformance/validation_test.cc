// V: what is refused before anybody is asked, in which words.
#include <algorithm>

#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

const HeaderList k_openai{{"x-portkey-provider", "openai"}};
constexpr std::string_view k_needs_provider =
    "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid config "
    "with "
    "provider details in it.";
constexpr std::string_view k_not_enough =
    "Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' and 'targets', or "
    "'cache', or "
    "'retry', or 'request_timeout'";

// A 400 with this message, all headers, and a record.
boost::json::value check_refused(const Serve& serve, const Reply& reply, std::string_view message) {
  REQUIRE(reply.whole);
  CHECK(reply.status == 400);
  const auto body = parse_json(reply.body);
  CHECK(at(body, "/status") == "failure");
  CHECK(at(body, "/message") == message);
  CHECK(at(body, "/error/message") == message);
  check_headers(reply);
  CHECK(at(record_of(serve, reply), "/http_status") == "400");
  return body;
}

// Whether one of the reasons holds this text.
bool tells(const boost::json::value& body, std::string_view text) {
  const auto& errors = body.at("errors").as_array();
  return std::any_of(errors.begin(), errors.end(), [&](const boost::json::value& error) {
    return std::string_view(error.as_string()).find(text) != std::string_view::npos;
  });
}

Reply post(const Serve& serve, const HeaderList& headers, const std::string& path = "/v1/chat/completions",
           const std::string& body = chat_request()) {
  return request(serve.port(), "POST", path, headers, body);
}

}  // namespace

TEST_CASE("V1 to V4: provider, content type and the config's JSON", "[validation]") {
  Serve serve;
  const std::pair<const char*, const char*> json{"Content-Type", "application/json"};
  check_refused(serve, post(serve, {json}),
                "Either x-portkey-config or x-portkey-provider header is required");
  check_refused(serve, post(serve, {json, {"x-portkey-provider", "non-existent-provider"}}),
                "Invalid provider passed");
  check_refused(serve, post(serve, {{"Content-Type", "text/plain"}, {"x-portkey-provider", "openai"}}),
                "Invalid content type passed");
  for (const char* bad : {"not json", "{", "[]", "7", "\"x\"", "null", "{} {}"})
    check_refused(serve, ask(serve, bad), "Invalid config passed. You need to pass a valid json");
  check_refused(serve, ask(serve, R"({"retry":{"attempts":1}})"), k_needs_provider);
}

TEST_CASE("V5 to V10: every fault of a config is told, where it is and in the reference's words",
          "[validation]") {
  struct Fault {
    const char* config;
    std::string_view error;
  };
  const std::string modes =
      "path: strategy,mode, message: Invalid 'mode' value. Must be one of: single, loadbalance, fallback, "
      "conditional";
  const std::string enough = "path: targets,0, message: " + std::string(k_not_enough);
  const Fault faults[] = {
      {R"({"strategy":{"mode":"x"},"targets":[]})", modes},
      {R"({"provider":"openai"})", k_not_enough},
      {R"({"retry":{}})", "path: retry,attempts, message: Required"},
      {R"({"retry":{"attempts":"3"}})", "path: retry,attempts, message: Expected number, received string"},
      {R"({"cache":{"mode":"big"}})",
       "path: cache,mode, message: Invalid 'cache.mode' value. Must be one of: simple, semantic"},
      {R"({"cache":{}})", "path: cache,mode, message: Required"},
      {R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"openai"}]})", enough},
      {R"({"strategy":{"mode":"fallback"},"targets":{}})",
       "path: targets, message: Expected array, received object"},
      {R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"demo","retry":{}}]})",
       "path: targets,0,retry,attempts, message: Required"},
      {R"({"provider":"openai","api_key":"k","custom_host":"http://10.0.0.1"})",
       "path: custom_host, message: Invalid custom host"},
      {R"({"provider":"openai","api_key":"k","forward_headers":["x-portkey-forward-headers"]})",
       "path: forward_headers, message: forward_headers must not contain the 'x-portkey-forward-headers' "
       "header"},
  };
  Serve serve;
  for (const Fault& fault : faults) {
    INFO(fault.config);
    const auto body = check_refused(serve, ask(serve, fault.config, k_openai), "Invalid config passed");
    CHECK(tells(body, fault.error));
  }
  const auto first = parse_json(ask(serve, faults[0].config, k_openai).body);
  CHECK(at(first, "/errors/0").starts_with(modes));
  // Of several faults all are told.
  const auto all = parse_json(
      ask(serve, R"({"strategy":{"mode":"x"},"targets":[{"provider":"nowhere","retry":{}}]})").body);
  CHECK(all.at("errors").as_array().size() == 3);
  CHECK(at(all, "/errors")
            .find("path: targets,0,provider, message: Invalid 'provider' value. Must be one of: ") !=
        std::string::npos);
}

TEST_CASE("V11: no call leads to an address that is not public, however it is written", "[validation]") {
  Serve serve;
  for (const char* host :
       {"http://169.254.169.254/v1", "http://10.0.0.1", "http://167772161", "http://0xa000001",
        "http://012.0.0.1", "http://10.1", "http://user@h", "http://u:p@127.0.0.1", "ftp://h",
        "http://a.internal", "http://a.local", "http://0.0.0.0", "http://[::]:80", "http://[fd00::1]",
        "http://[::ffff:10.0.0.1]", "http://h%41", "http://"}) {
    INFO(host);
    check_refused(serve,
                  post(serve, {{"Content-Type", "application/json"},
                               {"x-portkey-provider", "openai"},
                               {"x-portkey-custom-host", host}}),
                  "Invalid custom host");
    const std::string config =
        R"({"provider":"openai","api_key":"k","custom_host":")" + std::string(host) + "\"}";
    check_refused(serve, ask(serve, config), "Invalid config passed");
  }
}

TEST_CASE("V14: a path that is no route is the reference's 404", "[validation]") {
  Serve serve;
  const Reply reply = request(serve.port(), "GET", "/nope");
  CHECK(reply.status == 404);
  CHECK(reply.body == R"({"message":"Not Found","ok":false})");
}

TEST_CASE("V15: a body that is no JSON is 400, under a config too", "[validation]") {
  FakeUpstream upstream;
  Serve serve;
  const std::string config = strategy("fallback", {target(upstream), target(upstream)});
  for (const char* bad : {"{bad", "", "[]", "{}{}", "{\"a\":\xff}"}) {
    const Reply reply = ask(serve, config, {}, bad);
    CHECK(reply.status == 400);
    CHECK(at(parse_json(reply.body), "/error/type") == "invalid_request_error");
    check_headers(reply);
  }
  CHECK(upstream.seen_count() == 0);
}

TEST_CASE("V16: the deprecated proxy route is validated as the others are", "[validation]") {
  Serve serve;
  for (const char* path : {"/v1/proxy/chat/completions", "/v1/proxy/x", "/v1/files"})
    check_refused(serve,
                  post(serve,
                       {{"Content-Type", "application/json"},
                        {"x-portkey-provider", "openai"},
                        {"x-portkey-custom-host", "http://10.0.0.1"}},
                       path),
                  "Invalid custom host");
  check_refused(serve, post(serve, {{"Content-Type", "application/json"}}, "/v1/proxy/x"),
                "Either x-portkey-config or x-portkey-provider header is required");
  check_refused(serve, ask_at(serve, "/v1/proxy/x", "{", {}, "{}"),
                "Invalid config passed. You need to pass a valid json");
}

TEST_CASE("A config of an older version and one that is too much are refused", "[validation]") {
  Serve serve;
  check_refused(
      serve, ask(serve, R"({"provider":"demo","options":[]})"),
      "This version of config is not supported in this route. Please migrate to the latest version");
  const std::string deep = [] {
    std::string text = R"({"provider":"demo"})";
    for (int i = 0; i < 40; ++i) text = strategy("fallback", {text});
    return text;
  }();
  check_refused(serve, ask(serve, deep), "Invalid config passed");
  check_refused(serve, ask(serve, "pc-none-000000"),
                "Invalid config passed. There is no saved config 'pc-none-000000'");
  CHECK(at(parse_json(
               ask(serve, R"({"strategy":{"mode":"loadbalance"},"targets":[{"provider":"demo","weight":0}]})")
                   .body),
           "/errors/0") == "path: targets, message: the weights add up to 0: no target could be picked");
}

TEST_CASE("G1 to G4, R10: hooks and guardrails are refused by name, at any depth, in any form",
          "[validation]") {
  FakeUpstream upstream;
  Serve serve;
  for (const std::string key : {"before_request_hooks", "after_request_hooks", "input_guardrails",
                                "output_guardrails", "input_mutators", "output_mutators"}) {
    for (
        const char* value :
        {R"([{"type":"guardrail","id":"g","checks":[{"id":"default.contains","parameters":{}}],"deny":true}])",
         R"(["pg-1"])", "[]", "null", "7"}) {
      const std::string hook = "\"" + key + "\":" + value;
      INFO(hook);
      const Reply beside = ask(serve, target(upstream, hook));
      CHECK(beside.status == 400);
      CHECK(at(parse_json(beside.body), "/errors").find("'" + key + "' is not offered") != std::string::npos);
      const Reply below = ask(serve, strategy("fallback", {target(upstream), target(upstream, hook)}));
      CHECK(below.status == 400);
      CHECK(at(parse_json(below.body), "/errors").find("path: targets,1," + key) != std::string::npos);
    }
  }
  const Reply retried = ask(
      serve,
      target(
          upstream,
          R"("retry":{"attempts":2,"on_status_codes":[446]},"output_guardrails":[{"default.contains":{"words":["a"],"operator":"none"},"deny":true}])"));
  CHECK(retried.status == 400);
  for (const char* header : {"x-portkey-default-input-guardrails", "x-portkey-default-output-guardrails"}) {
    INFO(header);
    check_refused(serve, ask(serve, target(upstream), {{header, R"([{"default.contains":{}}])"}}),
                  "the header " + std::string(header) + " is not offered");
  }
  CHECK(upstream.seen_count() == 0);
}
