// Two gateways that share a Redis, and what becomes of their requests without it.
#include <csignal>

#include "support/catch.h"
#include "support/redis_server.h"
#include "support/serve_fixture.h"
#include "support/wait_until.h"

using namespace pk::test;

namespace {

Reply ask(const Serve& serve, const FakeUpstream& upstream, const std::string& words) {
  const std::string config = R"({"provider":"openai","api_key":"sk-0123456789abcdef0","custom_host":")" +
                             upstream.url() + R"(","cache":{"mode":"simple"}})";
  return request(serve.port(), "POST", "/v1/chat/completions",
                 {{"content-type", "application/json"}, {"x-portkey-config", config}}, chat_request(words));
}

std::string status(const Reply& reply) {
  return reply.header("x-portkey-cache-status");
}

// A machine that is busy for a moment makes Redis late, which is a miss: asked again until it is a hit.
Reply hit(const Serve& serve, const FakeUpstream& upstream, const std::string& words) {
  Reply reply;
  wait_until("\"" + words + "\" is a hit", [&] {
    reply = ask(serve, upstream, words);
    return status(reply) == "HIT";
  });
  return reply;
}

bool says(const Serve& serve, const std::string& words) {
  return request(serve.port(), "GET", "/health").body.find(words) != std::string::npos ||
         serve.errors().find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("What one gateway was answered the other gives, and pk cache clears it for both",
          "[shared_cache]") {
  FakeUpstream upstream;
  const RedisServer redis({"--requirepass", "s3cret"});
  const std::string url = redis.url(":s3cret@");
  Serve one({.flags = {"--cache", url}}), other({.environment = {"PK_CACHE_URL=" + url}});
  // A question that the other is asked once, and has from the first one: its own answer would be a miss.
  int questions = 0;
  std::string body, shared;
  wait_until("the other has an answer of the first one's", [&] {
    const std::string words = "question " + std::to_string(++questions);
    body = hit(one, upstream, words).body;
    const Reply reply = ask(other, upstream, words);
    shared = status(reply) == "HIT" ? reply.body : "";
    return !shared.empty();
  });
  CHECK(shared == body);
  CHECK_FALSE(std::filesystem::exists(other.data() / "cache.mdb"));

  CHECK(run_pk(other.data(), {"cache", "stats", "--cache", url, "--jq", ".entries"}).out ==
        std::to_string(questions) + "\n");
  CHECK(run_pk(other.data(), {"cache", "clear", "--yes", "--cache", url}).err.starts_with("removed "));
  CHECK(status(ask(one, upstream, "question 1")) == "MISS");
  CHECK_FALSE(says(one, "s3cret"));
}

TEST_CASE("Without its Redis a gateway serves and says so; when it is back it is used again",
          "[shared_cache]") {
  FakeUpstream upstream;
  RedisServer redis;
  Serve serve({.flags = {"--cache", redis.url()}});
  hit(serve, upstream, "one");
  redis.kill9();
  for (int i = 0; i < 20; ++i) CHECK(ask(serve, upstream, "one").status == 200);
  CHECK(status(ask(serve, upstream, "one")) == "MISS");
  wait_until("the server says that its cache does not work",
             [&] { return says(serve, "the cache does not work: Redis at redis+unix://"); });
  redis.start();
  hit(serve, upstream, "two");
  CHECK(serve.terminate() == 0);
}

TEST_CASE("A Redis that stands still fails no request, nor the end of the server", "[shared_cache]") {
  FakeUpstream upstream;
  RedisServer redis;
  Serve serve({.flags = {"--cache", redis.url()}});
  hit(serve, upstream, "one");
  redis.pause();
  for (int i = 0; i < 20; ++i) {
    const Reply reply = ask(serve, upstream, "one");
    CHECK(reply.status == 200);
    CHECK(status(reply) == "MISS");
  }
  CHECK(serve.terminate() == 0);
  CHECK(redis.stands_still());
  redis.go_on();
}
