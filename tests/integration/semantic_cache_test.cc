// The semantic cache through the built pk, with an upstream that answers and embeds.
#include <algorithm>

#include "support/catch.h"
#include "support/semantic_provider.h"
#include "support/serve_fixture.h"
#include "support/temp_folder.h"
#include "support/wait_until.h"

using namespace pk::test;

namespace {

std::string status(const Reply& reply) {
  return reply.header("x-portkey-cache-status");
}

std::string field(const Serve& serve, const Reply& reply, std::string_view name) {
  return at(log_of(serve.data(), reply.header("x-pk-log-id")), "/" + std::string(name));
}

}  // namespace

TEST_CASE("A question that means the same is answered from the cache, one that only looks so is not",
          "[semantic_cache]") {
  SemanticProvider provider;
  TempFolder data;
  Serve serve(provider.serve(data));
  const Reply first = provider.ask(serve, "What is the capital of France?");
  REQUIRE(first.status == 200);
  CHECK(status(first) == "MISS");
  CHECK(field(serve, first, "cache_verdict") == "null");

  const Reply hit = provider.ask(serve, "Please tell me what the capital of France is.");
  CHECK(status(hit) == "SEMANTIC HIT");
  CHECK(hit.body == first.body);
  CHECK(provider.chats == 1);
  CHECK(field(serve, hit, "cache") == "semantic-hit");
  CHECK(field(serve, hit, "cache_verdict") == "hit");
  CHECK(field(serve, hit, "cache_neighbour") == first.header("x-pk-log-id"));
  CHECK(std::stod(field(serve, hit, "cache_score")) > 0.8);

  const Reply guarded = provider.ask(serve, "What is not the capital of France?");
  CHECK(status(guarded) == "SEMANTIC MISS");
  CHECK(provider.chats == 2);
  CHECK(field(serve, guarded, "cache") == "miss");
  CHECK(field(serve, guarded, "cache_verdict") == "negation");
  CHECK(field(serve, guarded, "cache_neighbour") == first.header("x-pk-log-id"));

  const Reply far = provider.ask(serve, "How do plants grow?");
  CHECK(status(far) == "SEMANTIC MISS");
  CHECK(field(serve, far, "cache_verdict") == "below-threshold");

  const SeenRequest embedded = provider.upstream.seen(0);
  CHECK(embedded.target == "/v1/embeddings");
  CHECK(embedded.header("authorization") == "Bearer sk-embedder-of-the-operator");
}

TEST_CASE("The same words are a plain hit, and need no embedding", "[semantic_cache]") {
  SemanticProvider provider;
  TempFolder data;
  Serve serve(provider.serve(data));
  CHECK(status(provider.ask(serve, "Why is the sky blue?")) == "MISS");
  CHECK(status(provider.ask(serve, "Why is the sky blue?")) == "HIT");
  CHECK(provider.embeddings == 1);
}

TEST_CASE("Another caller, namespace or metadata has other neighbours", "[semantic_cache]") {
  SemanticProvider provider;
  TempFolder data;
  Serve serve(provider.serve(data));
  CHECK(status(provider.ask(serve, "Why is the sky blue?")) == "MISS");
  CHECK(status(provider.ask(serve, "why is the sky blue", {{"x-portkey-metadata", R"({"team":"red"})"}})) ==
        "MISS");
  CHECK(status(provider.ask(serve, "why is the sky blue", {{"x-portkey-cache-namespace", "other"}})) ==
        "MISS");
  CHECK(status(provider.ask(serve, "why is the sky blue")) == "SEMANTIC HIT");
}

TEST_CASE("What was kept is found again by the next server", "[semantic_cache]") {
  SemanticProvider provider;
  TempFolder data;
  std::string kept;
  {
    Serve serve(provider.serve(data));
    kept = provider.ask(serve, "Why is the sky blue?").header("x-pk-log-id");
    CHECK(serve.terminate() == 0);
  }
  // Entries are read while requests are served. Who asks before that is answered upstream, and that answer
  // would be found from then on: so each try is with a server of its own, and one that has had more time.
  std::chrono::milliseconds time(0);
  CHECK(comes_true([&] {
    TempFolder copy;
    std::filesystem::copy(data.path(), copy.path(), std::filesystem::copy_options::recursive);
    Serve serve(provider.serve(copy));
    std::this_thread::sleep_for(time += std::chrono::milliseconds(20));
    const Reply reply = provider.ask(serve, "Can you explain why the sky is blue?");
    return status(reply) == "SEMANTIC HIT" && field(serve, reply, "cache_neighbour") == kept;
  }));
}

TEST_CASE("Vectors of another model are no neighbours", "[semantic_cache]") {
  SemanticProvider provider;
  TempFolder data;
  {
    Serve serve(provider.serve(data));
    CHECK(status(provider.ask(serve, "Why is the sky blue?")) == "MISS");
    CHECK(serve.terminate() == 0);
  }
  Serve serve(provider.serve(data, {"--semantic-cache-model", "large"}));
  CHECK(status(provider.ask(serve, "why is the sky blue")) == "MISS");
  CHECK(status(provider.ask(serve, "Why is the sky blue?")) == "HIT");
}

TEST_CASE("A dead embedder makes misses, and is soon left alone", "[semantic_cache]") {
  SemanticProvider provider;
  provider.dead = true;
  TempFolder data;
  Serve serve(provider.serve(data, {"--workers", "1"}));
  for (int i = 0; i < 6; ++i) {
    const Reply reply = provider.ask(serve, "Question " + std::to_string(i));
    CHECK(reply.status == 200);
    CHECK(status(reply) == "SEMANTIC MISS");
    CHECK(field(serve, reply, "cache_verdict") == "embedding-failed");
    CHECK(field(serve, reply, "cache_neighbour") == "null");
  }
  CHECK(provider.embeddings == 3);
  // What is the same is found all the same.
  CHECK(status(provider.ask(serve, "Question 1")) == "HIT");
  const Reply metrics = request(serve.port(), "GET", "/metrics", {});
  CHECK(metrics.body.find("pk_cache_embedding_failures_total 6") == std::string::npos);
  CHECK(metrics.body.find("pk_cache_embedding_failures_total 3") != std::string::npos);
}

TEST_CASE("A refresh makes anew what is alike", "[semantic_cache]") {
  SemanticProvider provider;
  TempFolder data;
  Serve serve(provider.serve(data));
  const Reply first = provider.ask(serve, "Why is the sky blue?");
  const Reply fresh = provider.ask(serve, "why is the sky blue", {{"x-portkey-cache-force-refresh", "true"}});
  CHECK(status(fresh) == "REFRESH");
  CHECK(fresh.body != first.body);
  const Reply later = provider.ask(serve, "Why is the sky blue?");
  CHECK(status(later) == "SEMANTIC HIT");
  CHECK(later.body == fresh.body);
}

TEST_CASE("Shadows ask upstream too, with a record of their own, and are counted across restarts",
          "[semantic_cache]") {
  SemanticProvider provider;
  TempFolder data;
  std::string hit_id;
  {
    Serve serve(provider.serve(data, {"--semantic-cache-shadow-rate", "1"}));
    CHECK(status(provider.ask(serve, "Why is the sky blue?")) == "MISS");
    const Reply hit = provider.ask(serve, "why is the sky blue", {{"x-portkey-trace-id", "trace-1"}});
    CHECK(status(hit) == "SEMANTIC HIT");
    hit_id = hit.header("x-pk-log-id");
    const auto rows = logs_until(data.path(), [](const auto& all) {
      return all.size() == 3 && at(all[0], "/state") == "complete" && at(all[1], "/state") == "complete";
    });
    const auto shadow = std::find_if(
        rows.begin(), rows.end(), [&](const auto& row) { return at(row, "/metadata/_shadow_of") == hit_id; });
    REQUIRE(shadow != rows.end());
    CHECK(at(*shadow, "/trace_id") == "trace-1");
    CHECK(at(*shadow, "/cache") == "disabled");
    CHECK(at(*shadow, "/http_status") == "200");
    CHECK(provider.chats == 2);
    CHECK(serve.terminate() == 0);
  }
  // "Answer 1" and "Answer 2" are not the same.
  const PkRun stats = run_pk(data.path(), {"cache", "stats", "--json"});
  CHECK(stats.exit == 0);
  CHECK(at(parse_json(stats.out), "/shadow_different") == "1");
  CHECK(at(parse_json(stats.out), "/semantic_precision").starts_with("0"));
  CHECK(at(parse_json(stats.out), "/semantic_precision_high").starts_with("7.9"));
}

TEST_CASE("An embedder that cannot be is refused at the start", "[semantic_cache]") {
  TempFolder data;
  SemanticProvider provider;
  ServeOptions options = provider.serve(data);
  options.flags[1] = "anthropic";
  Serve serve(options);
  CHECK_FALSE(serve.listening());
  CHECK(serve.errors().find("semantic_cache_provider") != std::string::npos);
}
