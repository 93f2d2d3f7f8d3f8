// Who may call once pk has keys of its own, and where these never go.
#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

struct Keyed {
  FakeUpstream upstream;
  Serve serve;
  std::string key;

  // Serves with a key made, which counts by now.
  Keyed() {
    CHECK(call({}).status == 200);  // none is needed while there is none
    key = keep(serve.data(), {"key", "add", "laptop"});
    REQUIRE(comes_true([&] { return call({}).status == 401; }));
  }
  // Waits until a key made after the first counts.
  void wait_for(const std::string& secret) const {
    REQUIRE(comes_true([&] { return call({{"x-portkey-api-key", secret}}).status != 401; }));
  }
  Reply call(const HeaderList& more) const { return chat_without_key(openai_headers(more)); }
  Reply chat_without_key(const HeaderList& headers) const {
    return request(serve.port(), "POST", "/v1/chat/completions", headers, chat_request());
  }
  HeaderList openai_headers(const HeaderList& more) const {
    HeaderList headers{{"Content-Type", "application/json"},
                       {"x-portkey-provider", "openai"},
                       {"x-portkey-custom-host", upstream.url()}};
    headers.insert(headers.end(), more.begin(), more.end());
    return headers;
  }
  SeenRequest last_seen() { return upstream.seen(upstream.seen_count() - 1); }
};

}  // namespace

TEST_CASE_METHOD(Keyed, "A key made while serving counts; without it, or with another, 401", "[api_keys]") {
  CHECK(key.starts_with("pk-"));
  const std::size_t served = upstream.seen_count();
  for (const HeaderList& headers : {HeaderList{},
                                    {{"x-portkey-api-key", "pk-wrong"}},
                                    {{"Authorization", "Bearer pk-wrong"}},
                                    {{"Authorization", "Bearer sk-of-the-provider"}},
                                    {{"x-api-key", "pk-wrong"}}}) {
    const Reply reply = call(headers);
    CHECK(reply.status == 401);
    CHECK(at(parse_json(reply.body), "/error/type") == "authentication_error");
    CHECK_FALSE(reply.header("x-portkey-trace-id").empty());
    CHECK(reply.header("x-pk-log-id").empty());
  }
  for (const char* path : {"/v1/models", "/v1/files", "/v1/proxy/x"})
    CHECK(request(serve.port(), "GET", path, openai_headers({})).status == 401);
  CHECK(request(serve.port(), "GET", "/health").status == 200);
  CHECK(upstream.seen_count() == served);
  CHECK(logs(serve.data()).size() == served);  // a refusal of a stranger is counted and not kept
}

TEST_CASE_METHOD(Keyed, "The metrics are for who may read, health is for everybody", "[api_keys]") {
  const std::string reader = keep(serve.data(), {"key", "add", "reader", "--scope", "read"});
  wait_for(reader);
  const auto metrics = [&](const HeaderList& headers) {
    return request(serve.port(), "GET", "/metrics", headers).status;
  };
  CHECK(metrics({}) == 401);
  CHECK(metrics({{"x-portkey-api-key", key}}) == 403);
  CHECK(metrics({{"Authorization", "Bearer " + reader}}) == 200);
  CHECK(request(serve.port(), "GET", "/health").status == 200);
  for (const char* path : {"/health", "/metrics"}) {
    CHECK(request(serve.port(), "GET", path, {{"Host", "evil.example"}}).status == 400);
    CHECK(request(serve.port(), "GET", path, {{"Origin", "https://evil.example"}}).status == 403);
  }
}

TEST_CASE_METHOD(Keyed, "A key is taken in three places, is named in the record and never goes upstream",
                 "[api_keys]") {
  for (const HeaderList& headers :
       {HeaderList{{"x-portkey-api-key", key}}, {{"Authorization", "Bearer " + key}}, {{"x-api-key", key}}}) {
    HeaderList forwarded = headers;
    forwarded.emplace_back("x-portkey-forward-headers", "authorization, x-api-key, x-portkey-api-key");
    for (const HeaderList& more : {headers, forwarded}) {
      const Reply reply = call(more);
      CHECK(reply.status == 200);
      for (const auto& [name, value] : last_seen().headers) CHECK(value.find(key) == std::string::npos);
      const auto record = record_of(serve, reply);
      CHECK_FALSE(at(record, "/api_key") == "null");
      CHECK(run_pk(serve.data(), {"logs", "show", reply.header("x-pk-log-id"), "--json"}).out.find(key) ==
            std::string::npos);
    }
    const Reply passed = request(serve.port(), "POST", "/v1/any/thing", openai_headers(headers), key);
    CHECK(passed.status == 200);
    for (const auto& [name, value] : last_seen().headers) CHECK(value.find(key) == std::string::npos);
  }
}

TEST_CASE_METHOD(Keyed, "Beside a key of pk the provider's goes to the provider", "[api_keys]") {
  CHECK(call({{"x-portkey-api-key", key}, {"Authorization", "Bearer sk-of-the-provider"}}).status == 200);
  CHECK(last_seen().header("authorization") == "Bearer sk-of-the-provider");
  CHECK(call({{"Authorization", "Bearer " + key}, {"x-api-key", "sk-of-the-provider"}}).status == 200);
  CHECK(last_seen().header("authorization") == "Bearer sk-of-the-provider");
}

TEST_CASE_METHOD(Keyed, "A key without the scope is 403", "[api_keys]") {
  const std::string reader = keep(serve.data(), {"key", "add", "reader", "--scope", "read"});
  const std::string admin = keep(serve.data(), {"key", "add", "admin", "--scope", "admin"});
  wait_for(admin);
  const Reply reply = call({{"x-portkey-api-key", reader}});
  CHECK(reply.status == 403);
  CHECK(at(parse_json(reply.body), "/error/type") == "permission_error");
  CHECK(call({{"x-portkey-api-key", admin}}).status == 200);
}

TEST_CASE_METHOD(Keyed, "A key brings a config or a provider for clients that can set no header",
                 "[api_keys]") {
  const std::string config =
      keep(serve.data(), {"config", "add", "main"}, strategy("fallback", {target(upstream)}));
  const std::string by_config = keep(serve.data(), {"key", "add", "ui", "--default-config", config});
  const std::string by_provider = keep(serve.data(), {"key", "add", "other", "--default-provider", "demo"});
  wait_for(by_provider);
  const auto bare = [](const std::string& secret) {
    return HeaderList{{"Content-Type", "application/json"}, {"Authorization", "Bearer " + secret}};
  };
  const Reply routed = chat_without_key(bare(by_config));
  CHECK(routed.status == 200);
  CHECK(routed.header("x-portkey-last-used-option-index") == "config.targets[0]");
  CHECK(at(record_of(serve, routed), "/config_id") == config);
  CHECK(last_seen().header("authorization") == "Bearer k-of-target");
  CHECK(chat_without_key(bare(by_provider)).header("x-portkey-provider") == "demo");
  CHECK(chat_without_key(bare(key)).status == 400);
  // What the request says goes first.
  HeaderList named = bare(by_config);
  named.emplace_back("x-portkey-provider", "demo");
  CHECK(chat_without_key(named).header("x-portkey-provider") == "demo");
}

TEST_CASE_METHOD(Keyed, "A key that is removed while serving counts no more", "[api_keys]") {
  const std::string other = keep(serve.data(), {"key", "add", "other"});
  wait_for(other);
  keep(serve.data(), {"key", "rm", "other"});
  CHECK(comes_true([&] { return call({{"x-portkey-api-key", other}}).status == 401; }));
  CHECK(call({{"x-portkey-api-key", key}}).status == 200);
}

TEST_CASE_METHOD(Keyed, "Requests of a key without debug are not tracked", "[api_keys]") {
  const std::string quiet = keep(serve.data(), {"key", "add", "quiet", "--no-debug"});
  wait_for(quiet);
  const auto record = record_of(serve, call({{"x-portkey-api-key", quiet}}));
  CHECK(at(record, "/tracked") == "false");
  CHECK(at(record, "/request") == "null");
}
