#include "gateway/outbound.h"

#include <set>

#include "base/text.h"
#include "gateway/saved_things.h"
#include "provider/target.h"
#include "support/catch.h"

using namespace pk::gateway;
using pk::config::Trust;
using pk::http::Headers;
using pk::log::Endpoint;
using pk::test::trusting_loopback;

namespace {

constexpr const char* k_local = "http://127.0.0.1:9/v1";
const std::string k_body = R"({"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":5})";

struct Sent {
  std::optional<Refusal> refusal;
  Outbound out;

  // The value, "" if it is not sent; several joined by a bar.
  std::string header(std::string_view name) const {
    std::string joined;
    for (const auto& [key, value] : out.wire.headers)
      if (pk::iequals(key, name)) joined += (joined.empty() ? "" : "|") + value;
    return joined;
  }
};

PlanRules some_rules() {
  PlanRules rules;
  rules.trusted_hosts = trusting_loopback();
  pk::config::Saved saved;
  saved.add(pk::test::virtual_key("team", "openai", "sk-of-the-team"));
  rules.saved = std::make_shared<pk::config::Saved>(std::move(saved));
  return rules;
}

// What the first target of the headers' plan would be sent.
Sent sent(const Headers& headers, const std::string& path = "/v1/chat/completions", std::string query = "",
          const std::string& method = "POST") {
  const PlanRules rules = some_rules();
  const CallOptions options = read_options(headers);
  PlanAsk ask;
  ask.provider = options.provider;
  ask.virtual_key = options.virtual_key;
  ask.config = options.config;
  ask.custom_host = options.custom_host;
  ask.options = options.provider_options;
  PlanOrRefusal made = make_plan(ask, rules);
  REQUIRE(std::holds_alternative<std::shared_ptr<const Plan>>(made));
  const auto plan = std::get<std::shared_ptr<const Plan>>(std::move(made));
  pk::provider::BodyFacts facts;
  facts.model = "m";
  const Inbound in{
      pk::provider::endpoint_of_path(method, path), method, path, query, headers, options, k_body, facts};
  Sent sent;
  sent.refusal = make_outbound(plan->targets[0], in, rules.trusted_hosts, sent.out);
  return sent;
}

}  // namespace

TEST_CASE("A call goes to the provider's URL, or to the custom host") {
  CHECK(sent({{"x-portkey-provider", "openai"}}).out.wire.url ==
        "https://api.openai.com/v1/chat/completions");
  const Sent local = sent({{"x-portkey-provider", "openai"}, {"x-portkey-custom-host", k_local}});
  CHECK(local.out.wire.url == std::string(k_local) + "/chat/completions");
  CHECK(local.out.trust == Trust::loopback);
  CHECK(local.out.wire.method == "POST");
  CHECK(sent({{"x-portkey-provider", "openai"}}).out.trust == Trust::none);
  const Sent files = sent({{"x-portkey-provider", "openai"}}, "/v1/files/f-1", "limit=2", "GET");
  CHECK(files.out.wire.url == "https://api.openai.com/v1/files/f-1?limit=2");
  CHECK(files.out.wire.method == "GET");
}

TEST_CASE("A host that an option names is trusted for what it is, not for what the provider's own is") {
  const Sent result =
      sent({{"x-portkey-provider", "huggingface"}, {"x-portkey-huggingface-base-url", "http://127.0.0.1:9"}});
  REQUIRE_FALSE(result.refusal);
  CHECK(result.out.wire.url.starts_with("http://127.0.0.1:9/"));
  CHECK(result.out.trust == Trust::loopback);
  const Sent far = sent({{"x-portkey-provider", "huggingface"},
                         {"x-portkey-huggingface-base-url", "https://models.example.com"}});
  REQUIRE_FALSE(far.refusal);
  CHECK(far.out.trust == Trust::none);
}

TEST_CASE("An endpoint that a provider does not have is the reference's 500 with its mark") {
  const Sent result = sent({{"x-portkey-provider", "anthropic"}}, "/v1/embeddings");
  REQUIRE(result.refusal);
  CHECK(result.refusal->status == 500);
  CHECK(result.refusal->gateway_exception);
  CHECK(result.refusal->message == "embed is not supported by anthropic");
  const Sent no_host = sent({{"x-portkey-provider", "ollama"}});
  REQUIRE(no_host.refusal);
  CHECK(no_host.refusal->status == 400);
  CHECK_FALSE(no_host.refusal->gateway_exception);
}

TEST_CASE("A body passes as it is, or is made anew for a provider with a form of its own") {
  const Sent passed = sent({{"x-portkey-provider", "openai"}});
  CHECK(passed.out.wire.body_is_clients);
  CHECK(passed.out.wire.body.empty());
  const Sent made =
      sent({{"x-portkey-provider", "anthropic"}, {"Content-Type", "application/json; charset=utf-8"}});
  REQUIRE_FALSE(made.refusal);
  CHECK_FALSE(made.out.wire.body_is_clients);
  CHECK(made.out.wire.body.find("\"max_tokens\":5") != std::string::npos);
  // What the client called its body is not what this one is.
  CHECK(made.header("content-type") == "application/json");
  CHECK(made.out.wire.url == "https://api.anthropic.com/v1/messages");
}

namespace {

// What a client may send, as a browser or an SDK would; each value names its header.
const std::vector<std::string> k_client_headers = {
    "Content-Type", "Accept", "User-Agent", "OpenAI-Organization", "openai-beta", "anthropic-version",
    "anthropic-beta", "X-Custom", "Cookie", "Referer", "Accept-Language", "traceparent", "Range",
    "If-None-Match",
    // for the gateway
    "x-portkey-trace-id", "x-portkey-metadata", "x-portkey-debug", "x-portkey-api-key", "X-Portkey-Anything",
    // of this connection and transfer
    "Host", "Content-Length", "Expect", "Accept-Encoding", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    "Keep-Alive", "Proxy-Authorization", "Proxy-Connection", "X-Of-This-Hop"};

Headers client_headers() {
  Headers headers = {{"x-portkey-provider", "openai"}, {"Connection", "close, X-Of-This-Hop"}};
  for (const std::string& name : k_client_headers)
    headers.emplace_back(name, name == "Content-Type" ? "application/json" : "of " + name);
  return headers;
}

std::set<std::string> names_of(const Headers& headers) {
  std::set<std::string> names;
  for (const auto& [name, value] : headers) names.insert(pk::ascii_lower(name));
  return names;
}

void check_connection_stays(const Sent& result) {
  for (const char* never : {"Host", "Content-Length", "Expect", "Accept-Encoding", "TE", "Trailer",
                            "Connection", "Transfer-Encoding", "Upgrade", "Keep-Alive", "Proxy-Authorization",
                            "Proxy-Connection", "X-Of-This-Hop"}) {
    INFO(never);
    CHECK(result.header(never).empty());
  }
}

}  // namespace

TEST_CASE("On a unified route the provider gets its own headers and no others") {
  CHECK(names_of(sent(client_headers()).out.wire.headers) ==
        std::set<std::string>{"content-type", "accept", "openai-organization", "openai-beta",
                              "anthropic-version", "anthropic-beta"});
}

TEST_CASE("On a passed-through route the provider gets all but the gateway's and the connection's") {
  CHECK(names_of(sent(client_headers(), "/v1/files", "", "GET").out.wire.headers) ==
        std::set<std::string>{"content-type", "accept", "user-agent", "openai-organization", "openai-beta",
                              "anthropic-version", "anthropic-beta", "x-custom", "cookie", "referer",
                              "accept-language", "traceparent", "range", "if-none-match"});
}

TEST_CASE("Headers named to be forwarded go too, but never those of the connection") {
  Headers headers = client_headers();
  std::string all;
  for (const std::string& name : k_client_headers) all += name + ",";
  headers.emplace_back("x-portkey-forward-headers", all);
  const Sent result = sent(headers);
  CHECK(result.header("X-Custom") == "of X-Custom");
  CHECK(result.header("x-portkey-trace-id") == "of x-portkey-trace-id");
  check_connection_stays(result);
}

TEST_CASE("The config names headers to forward where the request does not") {
  Headers headers = client_headers();
  headers[0] = {"x-portkey-config",
                R"({"provider":"openai","api_key":"k","forward_headers":["x-custom","Host"]})"};
  const Sent by_config = sent(headers);
  CHECK(by_config.header("X-Custom") == "of X-Custom");
  CHECK(by_config.header("Cookie").empty());
  check_connection_stays(by_config);
  headers.emplace_back("x-portkey-forward-headers", "cookie");
  const Sent by_header = sent(headers);
  CHECK(by_header.header("X-Custom").empty());
  CHECK(by_header.header("Cookie") == "of Cookie");
}

TEST_CASE("A list of headers that names itself is found in any case") {
  for (const char* list : {"x-portkey-forward-headers", "a, X-PORTKEY-forward-headers"}) {
    const Headers headers = {{"x-portkey-forward-headers", list}};
    CHECK(names_itself(read_options(headers)));
  }
  const Headers other = {{"x-portkey-forward-headers", "x-portkey-forward,a"}};
  CHECK_FALSE(names_itself(read_options(other)));
}

TEST_CASE("The key travels as the provider wants it, once") {
  CHECK(sent({{"x-portkey-provider", "openai"}, {"Authorization", "Bearer sk-1"}}).header("authorization") ==
        "Bearer sk-1");
  CHECK(sent({{"x-portkey-provider", "openai"}, {"x-api-key", "sk-2"}}).header("authorization") ==
        "Bearer sk-2");
  CHECK(sent({{"x-portkey-provider", "openai"}}).header("authorization").empty());
  for (const char* path : {"/v1/files", "/v1/chat/completions"}) {
    const Sent result = sent(
        {{"x-portkey-provider", "openai"}, {"Authorization", "Bearer sk-1"}, {"X-Api-Key", "sk-2"}}, path);
    CHECK(result.header("authorization") == "Bearer sk-1");
    CHECK(result.header("x-api-key").empty());
  }
  const Sent messages = sent({{"x-portkey-provider", "anthropic"}, {"Authorization", "Bearer sk-ant"}},
                             "/v1/messages/count_tokens");
  CHECK(messages.header("x-api-key") == "sk-ant");
  CHECK(messages.header("authorization").empty());
  CHECK_FALSE(messages.header("anthropic-version").empty());
}

TEST_CASE("A key of the config's or of a virtual key goes in place of the client's, which goes nowhere") {
  const std::vector<std::pair<Headers, std::string>> cases = {
      {{{"x-portkey-config", R"({"provider":"openai","api_key":"sk-config"})"}}, "Bearer sk-config"},
      {{{"x-portkey-virtual-key", "team"}}, "Bearer sk-of-the-team"},
      {{{"x-portkey-provider", "@team"}}, "Bearer sk-of-the-team"}};
  for (const auto& [more, authorization] : cases)
    for (const char* path : {"/v1/chat/completions", "/v1/files"}) {
      Headers headers = more;
      headers.emplace_back("Authorization", "Bearer sk-client");
      headers.emplace_back("x-api-key", "sk-client");
      const Sent result = sent(headers, path);
      CHECK(result.header("authorization") == authorization);
      for (const auto& [name, value] : result.out.wire.headers)
        CHECK(value.find("sk-client") == std::string::npos);
    }
}

TEST_CASE("A client's own credentials are for the provider that it names, under whatever name") {
  const std::vector<std::string> credentials = {"api-key",  "x-goog-api-key", "ocp-apim-subscription-key",
                                                "cookie",   "x-auth-token",   "authorization",
                                                "x-api-key"};
  const std::vector<Headers> kept = {
      {{"x-portkey-config", R"({"provider":"azure-openai","api_key":"sk-config","azure_resource_name":"r",)"
                            R"("azure_api_version":"v1"})"}},
      {{"x-portkey-config", R"({"provider":"google","api_key":"sk-config"})"}},
      {{"x-portkey-provider", "@team"}}};
  for (Headers headers : kept) {
    const std::string first = headers[0].second;
    for (const std::string& name : credentials) headers.emplace_back(name, "of-the-client");
    headers.emplace_back("idempotency-key", "one");
    const Sent result = sent(headers, "/v1/files");
    INFO(first);
    REQUIRE_FALSE(result.refusal);
    for (const auto& [name, value] : result.out.wire.headers)
      CHECK(value.find("of-the-client") == std::string::npos);
    CHECK(result.header("idempotency-key") == "one");
    CHECK((result.header("api-key") == "sk-config" || result.header("x-goog-api-key") == "sk-config" ||
           result.header("authorization") == "Bearer sk-of-the-team"));
    // Unless the client says that they are.
    headers.emplace_back("x-portkey-forward-headers", "x-auth-token");
    CHECK(sent(headers, "/v1/files").header("x-auth-token") == "of-the-client");
  }
  const Sent own = sent({{"x-portkey-provider", "google"}, {"x-goog-api-key", "of-the-client"}}, "/v1/files");
  CHECK(own.header("x-goog-api-key") == "of-the-client");
}

TEST_CASE("A key of ours never goes to a provider, wherever it stands") {
  const std::string own = "pk-secret-of-ours";
  const std::vector<Headers> places = {
      {{"Authorization", "Bearer " + own}},
      {{"Authorization", own}},
      {{"authorization", "bearer\t" + own}},
      {{"x-api-key", own}},
      {{"X-Api-Key", "Bearer " + own}},
      {{"api-key", own}},
      {{"x-goog-api-key", own}},
      {{"x-portkey-api-key", own}},
      {{"Authorization", "Bearer " + own}, {"x-api-key", own}, {"x-portkey-api-key", own}},
      {{"Authorization", "Bearer sk-1"}, {"Authorization", "Bearer " + own}},
  };
  const std::string forward = "authorization,x-api-key,api-key,x-goog-api-key,x-portkey-api-key";
  for (const Headers& place : places)
    for (const char* provider : {"openai", "anthropic", "@team"})
      for (const char* path : {"/v1/files", "/v1/proxy/x", "/v1/chat/completions"})
        for (const bool forwarded : {false, true}) {
          Headers headers = place;
          headers.emplace_back("x-portkey-provider", provider);
          if (forwarded) headers.emplace_back("x-portkey-forward-headers", forward);
          INFO(place[0].first << ": " << place[0].second << " to " << path << " of " << provider
                              << forwarded);
          const Sent result = sent(headers, path);
          REQUIRE_FALSE(result.refusal);
          for (const auto& [name, value] : result.out.wire.headers)
            CHECK(value.find(own) == std::string::npos);
        }
}

TEST_CASE("A forwarded Authorization goes as it is, and no other is made beside it") {
  const Sent result = sent({{"x-portkey-provider", "openai"},
                            {"Authorization", "Basic dXNlcjpwYXNz"},
                            {"x-portkey-forward-headers", "Authorization"}});
  CHECK(result.header("authorization") == "Basic dXNlcjpwYXNz");
}

TEST_CASE("Headers that the SDKs send with a prefix reach the provider without it") {
  const Sent result = sent({{"x-portkey-provider", "openai"},
                            {"x-portkey-openai-organization", "org-1"},
                            {"X-Portkey-OpenAI-Project", "proj-1"},
                            {"x-portkey-anthropic-beta", "b"},
                            {"openai-beta", "own"},
                            {"x-portkey-openai-beta", "prefixed"}});
  CHECK(result.header("openai-organization") == "org-1");
  CHECK(result.header("openai-project") == "proj-1");
  CHECK(result.header("anthropic-beta") == "b");
  CHECK(result.header("openai-beta") == "own");
}

TEST_CASE("The same from a config, where the request does not say it") {
  Headers headers = {
      {"x-portkey-config",
       R"({"provider":"openai","api_key":"k","openai_organization":"org-1","openai_project":"p"})"}};
  CHECK(sent(headers).header("openai-organization") == "org-1");
  headers.emplace_back("OpenAI-Organization", "org-2");
  CHECK(sent(headers).header("openai-organization") == "org-2");
  CHECK(sent(headers).header("openai-project") == "p");
}

TEST_CASE("A JSON body is called one, where the client did not say it") {
  CHECK(sent({{"x-portkey-provider", "openai"}}).header("content-type") == "application/json");
  CHECK(sent({{"x-portkey-provider", "openai"}}, "/v1/files").header("content-type").empty());
}

TEST_CASE("A key that would begin another header is refused") {
  const Sent result = sent({{"x-portkey-config", R"({"provider":"openai","api_key":"k\r\nX-Evil: 1"})"}});
  REQUIRE(result.refusal);
  CHECK(result.refusal->status == 400);
  CHECK(result.refusal->message.find("X-Evil") == std::string::npos);
}

TEST_CASE("Where we sign, what an AWS SDK signed with stays here") {
  const Headers sdk = {{"X-Amz-Date", "20200101T000000Z"},
                       {"X-Amz-Security-Token", "of-the-client"},
                       {"x-amz-content-sha256", "of-the-client"},
                       {"X-Amzn-Trace", "t"},
                       {"Authorization", "AWS4-HMAC-SHA256 of-the-client"}};
  Headers signing = sdk;
  for (const auto& [name, value] : Headers{{"x-portkey-provider", "bedrock"},
                                           {"x-portkey-aws-region", "us-east-1"},
                                           {"x-portkey-aws-access-key-id", "AKID"},
                                           {"x-portkey-aws-secret-access-key", "secret"},
                                           {"x-portkey-forward-headers", "x-amz-date"}})
    signing.emplace_back(name, value);
  const Sent signed_by_us = sent(signing, "/v1/proxy/model/m/converse");
  REQUIRE_FALSE(signed_by_us.refusal);
  CHECK(signed_by_us.header("x-amz-date") == "19700101T000000Z");
  CHECK(signed_by_us.header("x-amz-security-token").empty());
  CHECK(signed_by_us.header("x-amz-content-sha256") != "of-the-client");
  CHECK(signed_by_us.header("x-amzn-trace") == "t");
  CHECK(signed_by_us.header("authorization").find("of-the-client") == std::string::npos);

  Headers passing = sdk;
  passing.emplace_back("x-portkey-provider", "openai");
  const Sent passed = sent(passing, "/v1/proxy/x");
  REQUIRE_FALSE(passed.refusal);
  CHECK(passed.header("x-amz-date") == "20200101T000000Z");
}
