#include "gateway/call_plan.h"

#include <map>
#include <set>

#include "base/text.h"
#include "support/catch.h"

using namespace pk::gateway;
using pk::config::Trust;
using pk::config::TrustedHosts;
using pk::http::Headers;
using pk::http::Request;
using pk::log::Endpoint;
using pk::provider::BodyFacts;

namespace {

PlanRules rules(std::string default_provider = "") {
  return {TrustedHosts::make(true, {}).value(), std::move(default_provider)};
}

struct Planned {
  std::optional<Refusal> refusal;
  CallPlan plan;
};

// `headers` must outlive the call, as a request's do.
Planned planned(const Headers& headers, Endpoint endpoint = Endpoint::chat_completions,
                const PlanRules& by = rules()) {
  Planned result;
  result.refusal = plan_call(read_options(headers), endpoint, by, result.plan);
  return result;
}

std::string message_of(const Headers& headers, Endpoint endpoint = Endpoint::chat_completions) {
  const Planned result = planned(headers, endpoint);
  return result.refusal ? result.refusal->message : "";
}

struct Sent {
  std::optional<Refusal> refusal;
  Outbound out;

  // The value, "" if it is not sent; several joined by a bar.
  std::string header(std::string_view name) const {
    std::string joined;
    for (const auto& [key, value] : out.headers)
      if (pk::iequals(key, name)) joined += (joined.empty() ? "" : "|") + value;
    return joined;
  }
};

Sent sent(Headers headers, std::string target = "/v1/chat/completions", std::string method = "POST",
          BodyFacts facts = {}) {
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = std::move(headers);
  const Endpoint endpoint = request.method == "POST" && request.path() == "/v1/chat/completions"
                                ? Endpoint::chat_completions
                                : Endpoint::other;
  const Planned result = planned(request.headers, endpoint);
  Sent sent;
  REQUIRE_FALSE(result.refusal);
  sent.refusal = outbound(result.plan, request, endpoint, facts, rules(), sent.out);
  return sent;
}

constexpr const char* k_local = "http://127.0.0.1:9/v1";

}  // namespace

TEST_CASE("Each rule of the reference has its text") {
  const std::string json = "application/json";
  struct Case {
    const char* title;
    Headers headers;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"a content type",
       {{"content-type", "text/plain"}, {"x-portkey-provider", "demo"}},
       "Invalid content type passed"},
      {"no provider",
       {{"content-type", json}},
       "Either x-portkey-config or x-portkey-provider header is required"},
      {"an unknown provider", {{"x-portkey-provider", "nobody"}}, "Invalid provider passed"},
      {"a provider in capitals", {{"x-portkey-provider", "OpenAI"}}, "Invalid provider passed"},
      {"a custom host",
       {{"x-portkey-provider", "openai"}, {"x-portkey-custom-host", "http://10.0.0.1"}},
       "Invalid custom host"},
      {"a config that is no JSON",
       {{"x-portkey-config", "not json"}},
       "Invalid config passed. You need to pass a valid json"},
      {"a config without a provider",
       {{"x-portkey-config", "{}"}},
       "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid "
       "config "
       "with provider details in it."},
      {"a config with errors", {{"x-portkey-config", R"({"provider":5})"}}, "Invalid config passed"},
      {"forward-headers that name themselves",
       {{"x-portkey-provider", "demo"}, {"x-portkey-forward-headers", "a, X-PORTKEY-forward-headers"}},
       "forward_headers must not contain the 'x-portkey-forward-headers' header"},
  };
  for (const Case& c : cases) {
    INFO(c.title);
    const Planned result = planned(c.headers);
    REQUIRE(result.refusal);
    CHECK(result.refusal->status == 400);
    CHECK(result.refusal->message == c.message);
    CHECK_FALSE(result.refusal->counted_only);
  }
}

TEST_CASE("The rules are asked in the reference's order") {
  // Each pair breaks two of them; the first one speaks.
  Headers headers = {{"x-portkey-forward-headers", "x-portkey-forward-headers"}};
  headers.emplace_back("x-portkey-config", "not json");
  headers.emplace_back("x-portkey-custom-host", "ftp://x");
  headers.emplace_back("x-portkey-provider", "nobody");
  headers.emplace_back("content-type", "text/html");
  const std::vector<std::string> in_order = {
      "Invalid content type passed",
      "Invalid provider passed",
      "Invalid custom host",
      "Invalid config passed. You need to pass a valid json",
      "Invalid config passed",
      "forward_headers must not contain the 'x-portkey-forward-headers' header"};
  CHECK(message_of(headers) == in_order[0]);
  headers[4].second = "application/json";
  CHECK(message_of(headers) == in_order[1]);
  headers[3].second = "openai";
  CHECK(message_of(headers) == in_order[2]);
  headers[2].second = k_local;
  CHECK(message_of(headers) == in_order[3]);
  headers[1].second = R"({"retry":{}})";
  CHECK(message_of(headers) == in_order[4]);
  headers[1].second = R"({"request_timeout":5})";
  CHECK(message_of(headers) == in_order[5]);
  headers[0].second = "x-mine";
  CHECK(message_of(headers).empty());
}

TEST_CASE("Content types that are taken, and routes that take all") {
  for (const char* type : {"", "application/json", "Application/JSON; charset=utf-8",
                           "multipart/form-data; boundary=x", "audio/mpeg"})
    CHECK(message_of({{"content-type", type}, {"x-portkey-provider", "demo"}}).empty());
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "application/xml", "image/png"}) {
    CHECK(message_of({{"content-type", type}, {"x-portkey-provider", "demo"}}) ==
          "Invalid content type passed");
    CHECK(message_of({{"content-type", type}, {"x-portkey-provider", "demo"}}, Endpoint::other).empty());
  }
}

TEST_CASE("A provider that pk does not offer is told apart from one that is none") {
  for (const char* slug : {"bedrock", "vertex-ai", "@my-provider"}) {
    INFO(slug);
    CHECK(message_of({{"x-portkey-provider", slug}}).find(slug) != std::string::npos);
  }
}

TEST_CASE("The default provider serves clients that name none") {
  const Planned result = planned({}, Endpoint::chat_completions, rules("demo"));
  REQUIRE_FALSE(result.refusal);
  CHECK(result.plan.provider->slug == "demo");
  const Headers named = {{"x-portkey-provider", "openai"}};
  CHECK(planned(named, Endpoint::chat_completions, rules("demo")).plan.provider->slug == "openai");
  const Headers config = {{"x-portkey-config", R"({"provider":"ollama"})"}};
  CHECK(planned(config, Endpoint::chat_completions, rules("demo")).plan.provider->slug == "ollama");
}

TEST_CASE(
    "Header beats config for time-out, custom host and forwarded headers; the config's provider and key "
    "stand") {
  const Headers headers = {
      {"Authorization", "Bearer header-key"},
      {"x-portkey-provider", "groq"},
      {"x-portkey-request-timeout", "300"},
      {"x-portkey-custom-host", "http://127.0.0.1:1"},
      {"x-portkey-forward-headers", "x-a"},
      {"x-portkey-config", R"({"provider":"openai","api_key":"config-key","request_timeout":5000,
                               "custom_host":"http://127.0.0.1:2","forward_headers":["x-b"]})"}};
  const CallPlan plan = planned(headers).plan;
  CHECK(plan.provider->slug == "openai");
  CHECK(plan.key == "config-key");
  CHECK(plan.request_timeout_ms == 300);
  CHECK(plan.custom_host == "http://127.0.0.1:1");
  CHECK(plan.forward_headers == std::vector<std::string>{"x-a"});

  const Headers config_alone = {headers[0], headers[5]};
  const CallPlan of_config = planned(config_alone).plan;
  CHECK(of_config.request_timeout_ms == 5000);
  CHECK(of_config.custom_host == "http://127.0.0.1:2");
  CHECK(of_config.forward_headers == std::vector<std::string>{"x-b"});
  // A config without a key takes the header's: the reference would send "Bearer undefined".
  const Headers no_key = {headers[0], {"x-portkey-config", R"({"provider":"openai","request_timeout":1})"}};
  CHECK(planned(no_key).plan.key == "header-key");
}

TEST_CASE("A call goes to the provider's URL, or to the custom host") {
  CHECK(sent({{"x-portkey-provider", "openai"}}).out.url == "https://api.openai.com/v1/chat/completions");
  const Sent local = sent({{"x-portkey-provider", "openai"}, {"x-portkey-custom-host", k_local}});
  CHECK(local.out.url == std::string(k_local) + "/chat/completions");
  CHECK(local.out.trust == Trust::loopback);
  CHECK(sent({{"x-portkey-provider", "openai"}}).out.trust == Trust::none);
  const Sent files = sent({{"x-portkey-provider", "openai"}}, "/v1/files/f-1?limit=2", "GET");
  CHECK(files.out.url == "https://api.openai.com/v1/files/f-1?limit=2");
}

TEST_CASE("An endpoint that a provider does not have is the reference's 500 with its mark") {
  const Sent result = sent({{"x-portkey-provider", "anthropic"}});
  REQUIRE(result.refusal);
  CHECK(result.refusal->status == 500);
  CHECK(result.refusal->gateway_exception);
  CHECK(result.refusal->message == "chatComplete is not supported by anthropic");
  const Sent no_host = sent({{"x-portkey-provider", "ollama"}});
  REQUIRE(no_host.refusal);
  CHECK(no_host.refusal->status == 400);
  CHECK_FALSE(no_host.refusal->gateway_exception);
}

namespace {

// What a client may send, as a browser or an SDK would; each value names its header.
const std::vector<std::string> k_client_headers = {
    "Content-Type", "Accept", "User-Agent", "OpenAI-Organization", "openai-beta", "anthropic-version",
    "anthropic-beta", "X-Custom", "Cookie", "Referer", "Accept-Language", "traceparent", "Range",
    "If-None-Match",
    // for the gateway
    "x-portkey-trace-id", "x-portkey-metadata", "x-portkey-debug", "x-portkey-api-key",
    "x-portkey-virtual-key", "X-Portkey-Anything",
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

}  // namespace

TEST_CASE("On a unified route the provider gets its own headers and no others") {
  CHECK(names_of(sent(client_headers()).out.headers) ==
        std::set<std::string>{"content-type", "accept", "openai-organization", "openai-beta",
                              "anthropic-version", "anthropic-beta"});
}

TEST_CASE("On a passed-through route the provider gets all but the gateway's and the connection's") {
  CHECK(names_of(sent(client_headers(), "/v1/files", "GET").out.headers) ==
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
  for (const char* never : {"Host", "Content-Length", "Expect", "Accept-Encoding", "TE", "Trailer",
                            "Connection", "Transfer-Encoding", "Upgrade", "Keep-Alive", "Proxy-Authorization",
                            "Proxy-Connection", "X-Of-This-Hop"}) {
    INFO(never);
    CHECK(result.header(never).empty());
  }
}

TEST_CASE("The key travels as the provider wants it, once") {
  CHECK(sent({{"x-portkey-provider", "openai"}, {"Authorization", "Bearer sk-1"}}).header("authorization") ==
        "Bearer sk-1");
  CHECK(sent({{"x-portkey-provider", "openai"}, {"x-api-key", "sk-2"}}).header("authorization") ==
        "Bearer sk-2");
  CHECK(sent({{"x-portkey-provider", "openai"}}).header("authorization").empty());
  for (const char* target : {"/v1/files", "/v1/chat/completions"}) {
    const Sent result = sent(
        {{"x-portkey-provider", "openai"}, {"Authorization", "Bearer sk-1"}, {"X-Api-Key", "sk-2"}}, target);
    CHECK(result.header("authorization") == "Bearer sk-1");
    CHECK(result.header("x-api-key").empty());
  }
  const Sent messages = sent({{"x-portkey-provider", "anthropic"}, {"Authorization", "Bearer sk-ant"}},
                             "/v1/messages/count_tokens");
  CHECK(messages.header("x-api-key") == "sk-ant");
  CHECK(messages.header("authorization").empty());
  CHECK_FALSE(messages.header("anthropic-version").empty());
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
    for (const char* provider : {"openai", "anthropic"})
      for (const char* target : {"/v1/files", "/v1/proxy/x", "/v1/chat/completions"})
        for (const bool forwarded : {false, true}) {
          if (std::string(provider) == "anthropic" && std::string(target) == "/v1/chat/completions") continue;
          Headers headers = place;
          headers.emplace_back("x-portkey-provider", provider);
          if (forwarded) headers.emplace_back("x-portkey-forward-headers", forward);
          INFO(place[0].first << ": " << place[0].second << " to " << target << " of " << provider
                              << forwarded);
          for (const auto& [name, value] : sent(headers, target).out.headers)
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

TEST_CASE("A JSON body is called one, where the client did not say it") {
  CHECK(sent({{"x-portkey-provider", "openai"}}).header("content-type") == "application/json");
  CHECK(sent({{"x-portkey-provider", "openai"}}, "/v1/files").header("content-type").empty());
}
