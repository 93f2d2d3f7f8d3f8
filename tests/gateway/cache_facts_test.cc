#include "gateway/cache_facts.h"

#include "gateway/saved_things.h"
#include "provider/target.h"
#include "support/catch.h"

using namespace pk::gateway;
using pk::http::Headers;

namespace {

// What the first target of the headers' plan makes of a chat request.
CacheFacts facts_of(const Headers& headers, const std::string& query = "",
                    const std::string& path = "/v1/chat/completions") {
  PlanRules rules;
  rules.trusted_hosts = pk::test::trusting_loopback();
  const CallOptions options = read_options(headers);
  PlanAsk ask;
  ask.provider = options.provider;
  ask.config = options.config;
  ask.custom_host = options.custom_host;
  ask.strict_off = options.strict_off;
  ask.options = options.provider_options;
  const auto plan = std::get<std::shared_ptr<const Plan>>(make_plan(ask, rules));
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":5})";
  const auto facts = pk::provider::BodyReader().read(body).value();
  const auto endpoint = pk::provider::endpoint_of_path("POST", path);
  const Inbound in{endpoint, "POST", path, query, headers, options, body, facts, 0};
  const Target& target = plan->targets[0];
  Outbound out;
  REQUIRE_FALSE(make_outbound(target, in, rules.trusted_hosts, out));
  return cache_facts(target, in, out, target.key_of_request ? options.key : std::string_view(target.key));
}

Headers openai(Headers more = {}) {
  more.emplace_back("x-portkey-provider", "openai");
  more.emplace_back("Authorization", "Bearer sk-1");
  return more;
}

bool same_but_for_headers(const CacheFacts& a, const CacheFacts& b) {
  return a.path == b.path && a.host == b.host && a.credential == b.credential && a.body == b.body;
}

}  // namespace

TEST_CASE("Path, host and key are those of the call") {
  const CacheFacts facts = facts_of(openai({{"x-portkey-custom-host", "http://127.0.0.1:99/v1"}}), "a=b");
  CHECK(facts.path == "/v1/chat/completions?a=b");
  CHECK(facts.host == "http://127.0.0.1:99");
  CHECK(facts.credential == "sk-1");
  CHECK(facts.headers.empty());
  CHECK(facts.name_space.empty());
  CHECK_FALSE(facts.refresh);
  CHECK(facts.body.empty());
  CHECK(facts_of(openai()).host == "https://api.openai.com");
}

TEST_CASE("Headers that go along and could change the answer count, whatever their order and case") {
  const CacheFacts facts =
      facts_of(openai({{"OpenAI-Project", "p"}, {"openai-beta", "b"}, {"X-Else", "no"}}));
  CHECK(facts.headers == pk::log::Headers{{"openai-beta", "b"}, {"openai-project", "p"}});
  CHECK(facts.headers == facts_of(openai({{"openai-beta", "b"}, {"openai-project", "p"}})).headers);
  CHECK(facts_of(openai({{"x-portkey-openai-project", "p"}})).headers ==
        pk::log::Headers{{"openai-project", "p"}});
}

TEST_CASE("Who calls, in which trace, and how it travels does not count, not even where it is passed on") {
  const Headers forwarded{
      {"x-portkey-forward-headers", "user-agent, traceparent, x-stainless-lang, x-request-id"},
      {"User-Agent", "a"},
      {"traceparent", "00-1"},
      {"X-Stainless-Lang", "js"},
      {"x-request-id", "1"},
      {"Accept", "text/event-stream"}};
  CHECK(facts_of(openai(forwarded)).headers.empty());
}

TEST_CASE("A secret header that is passed on is part of the credential") {
  const auto with = [](const char* token) {
    return facts_of(openai({{"x-portkey-forward-headers", "x-user-token"}, {"X-User-Token", token}}));
  };
  CHECK(with("t1").headers.empty());
  CHECK(with("t1").credential != with("t2").credential);
  CHECK(with("t1").credential == with("t1").credential);
}

TEST_CASE("A target's options count: the secret ones as credentials, the others as the place") {
  const auto azure = [](const char* deployment, const char* token) {
    return facts_of({{"x-portkey-provider", "azure-openai"},
                     {"x-portkey-azure-resource-name", "r"},
                     {"x-portkey-azure-deployment-id", deployment},
                     {"x-portkey-azure-ad-token", token},
                     {"x-portkey-azure-api-version", "2024-10-21"}});
  };
  const CacheFacts one = azure("d1", "k1");
  CHECK(same_but_for_headers(one, azure("d1", "k1")));
  CHECK(one.host != azure("d2", "k1").host);
  CHECK(one.credential == azure("d2", "k1").credential);
  CHECK(one.credential != azure("d1", "k2").credential);
  CHECK(one.host == azure("d1", "k2").host);
}

TEST_CASE("An answer that is not held to OpenAI's form is another answer") {
  const Headers loose = openai({{"x-portkey-strict-open-ai-compliance", "false"}});
  CHECK(facts_of(loose).path != facts_of(openai()).path);
}

TEST_CASE("Namespace and refresh are taken from their headers") {
  const CacheFacts facts =
      facts_of(openai({{"x-portkey-cache-namespace", "n"}, {"x-portkey-cache-force-refresh", "true"}}));
  CHECK(facts.name_space == "n");
  CHECK(facts.refresh);
  CHECK(facts.headers.empty());
}
