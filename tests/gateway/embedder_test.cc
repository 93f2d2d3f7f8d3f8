#include "gateway/embedder.h"

#include "gateway/fakes.h"
#include "support/catch.h"

using namespace pk;
using namespace pk::gateway;
using namespace pk::test;

namespace {

std::string embeddings(std::string_view numbers) {
  return R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[)" + std::string(numbers) +
         R"(]}],"model":"m","usage":{"prompt_tokens":1,"total_tokens":1}})";
}

std::shared_ptr<EmbedderTarget> target_at(const FakeUpstream& upstream) {
  auto target = std::make_shared<EmbedderTarget>();
  target->url = upstream.url() + "/embeddings";
  target->headers = {{"Authorization", "Bearer sk-embed"}, {"Content-Type", "application/json"}};
  target->trust = config::Trust::loopback;
  target->model = "small";
  return target;
}

// A worker's embedder on a loop that the test turns.
class Bench {
 public:
  explicit Bench(std::shared_ptr<const EmbedderTarget> target) {
    timers.holds = true;
    embedder.set_target(std::move(target));
  }

  Result<std::vector<float>> embed(std::string words) {
    std::optional<Result<std::vector<float>>> answer;
    run(std::move(words), answer).detach();
    turn_until(loop, [&] { return answer.has_value(); });
    return *std::move(answer);
  }
  Task<void> run(std::string words, std::optional<Result<std::vector<float>>>& answer) {
    answer = co_await embedder.embed(std::move(words));
  }

  boost::asio::io_context loop{1};
  upstream::Client client{(static_cast<void>(upstream::Client::global_init()), loop),
                          TestGateway::client_options()};
  FakeTimers timers{loop};
  FakeClock clock;
  Stats stats;
  ProviderEmbedder embedder{client, timers, clock, stats};
};

config::Settings settings_of(std::string provider, std::string host = {}) {
  config::Settings settings;
  settings.semantic_cache_provider = std::move(provider);
  settings.semantic_cache_model = "small";
  settings.semantic_cache_custom_host = std::move(host);
  return settings;
}

std::optional<std::string> environment(const std::string& name) {
  return name == "OPENAI_API_KEY" ? std::optional<std::string>("sk-of-the-environment") : std::nullopt;
}

auto target_of(const config::Settings& settings, const config::Saved& saved = {}) {
  return embedder_target(settings, saved, config::TrustedHosts::make(true, {}).value(), environment);
}

}  // namespace

TEST_CASE("Words are sent in OpenAI's form with the embedder's own key, and the vector is read") {
  FakeUpstream upstream;
  upstream.handle([](const SeenRequest&) { return Answer::json(200, embeddings("0.5,-1,1e-3")); });
  auto target = target_at(upstream);
  target->dimensions = 3;
  Bench bench(target);
  const auto vector = bench.embed("say \"hi\"");
  REQUIRE(vector);
  CHECK(*vector == std::vector<float>{0.5f, -1.0f, 0.001f});
  REQUIRE(upstream.seen_count() == 1);
  const SeenRequest seen = upstream.seen(0);
  CHECK(seen.method == "POST");
  CHECK(seen.target == "/v1/embeddings");
  CHECK(seen.header("authorization") == "Bearer sk-embed");
  CHECK(seen.body == R"({"model":"small","input":"say \"hi\"","dimensions":3})");
}

TEST_CASE("Recent words are not embedded again, until the target is another one") {
  FakeUpstream upstream;
  upstream.handle([](const SeenRequest&) { return Answer::json(200, embeddings("1,0")); });
  Bench bench(target_at(upstream));
  for (int i = 0; i < 3; ++i) CHECK(bench.embed("one"));
  CHECK(bench.embed("two"));
  CHECK(upstream.seen_count() == 2);
  for (std::size_t i = 0; i < k_embeddings_kept - 1; ++i) CHECK(bench.embed("more " + std::to_string(i)));
  CHECK(bench.embed("two"));
  CHECK(upstream.seen_count() == 1 + k_embeddings_kept);
  CHECK(bench.embed("one"));
  CHECK(upstream.seen_count() == 2 + k_embeddings_kept);
  auto other = target_at(upstream);
  other->model = "large";
  bench.embedder.set_target(other);
  CHECK(bench.embed("one"));
  CHECK(upstream.seen_count() == 3 + k_embeddings_kept);
  CHECK(bench.stats.embeddings == 3 + k_embeddings_kept);
  CHECK(bench.stats.embedding_failures == 0);
}

TEST_CASE("An answer that is no embedding is an error, and is counted") {
  const std::string_view bodies[] = {"",
                                     "[]",
                                     "{}",
                                     R"({"data":[]})",
                                     R"({"data":[{"index":0}]})",
                                     R"({"data":[{"embedding":"AAAA"}]})",
                                     R"({"data":[{"embedding":[]}]})",
                                     R"({"data":[{"embedding":[1,"2"]}]})",
                                     R"({"data":[{"embedding":[1,1e999]}]})",
                                     R"({"data":[{"embedding":[1,2)",
                                     R"({"data":[{"embedding":[1,2]}])",
                                     R"({"error":{"message":"no"}})"};
  for (const std::string_view body : bodies) {
    CAPTURE(body);
    CHECK_FALSE(read_embedding(body));
  }
  CHECK(read_embedding(R"({"model":"m","data":[{"index":0,"embedding":[1, 2.5]},{"embedding":[9]}]})")
            .value() == std::vector<float>{1, 2.5f});
  std::string many = R"({"data":[{"embedding":[0)";
  for (std::size_t i = 0; i < k_embedding_dimensions_max; ++i) many += ",0";
  CHECK_FALSE(read_embedding(many + "]}]}"));

  FakeUpstream upstream;
  upstream.always(Answer::json(200, R"({"data":[{"embedding":[1,2]}]})"));
  auto target = target_at(upstream);
  target->dimensions = 3;
  Bench bench(target);
  const auto vector = bench.embed("hi");
  REQUIRE_FALSE(vector);
  CHECK(vector.error().code == Errc::invalid);
  CHECK(bench.stats.embedding_failures == 1);
}

TEST_CASE("A dead embedder is asked three times, then left alone for half a minute, then tried once") {
  std::atomic<bool> well{false};
  FakeUpstream upstream;
  upstream.handle([&](const SeenRequest&) {
    return well ? Answer::json(200, embeddings("1,0")) : Answer::json(500, R"({"error":"down"})");
  });
  Bench bench(target_at(upstream));
  for (int i = 0; i < 10; ++i) CHECK_FALSE(bench.embed("word " + std::to_string(i)));
  CHECK(upstream.seen_count() == k_embedding_failures_max);
  CHECK(bench.embed("more").error().code == Errc::limit);
  bench.clock.advance_ms(k_embedding_pause_ms);
  CHECK_FALSE(bench.embed("more"));
  CHECK_FALSE(bench.embed("more"));
  CHECK(upstream.seen_count() == k_embedding_failures_max + 1);
  bench.clock.advance_ms(k_embedding_pause_ms);
  well = true;
  CHECK(bench.embed("more"));
  CHECK(bench.embed("still more"));
}

TEST_CASE("An embedder that takes too long is given up") {
  FakeUpstream upstream;
  upstream.handle([](const SeenRequest&) { return Answer::script().hang(); });
  Bench bench(target_at(upstream));
  bench.timers.holds = false;  // over with the loop's next turn
  const auto vector = bench.embed("hi");
  REQUIRE_FALSE(vector);
  CHECK(vector.error().code == Errc::timeout);
  CHECK(bench.timers.waits == std::vector<std::int64_t>{k_embedding_ms_max});
}

TEST_CASE("Without a target nobody is asked") {
  Bench bench(nullptr);
  CHECK_FALSE(bench.embed("hi"));
  CHECK(bench.stats.embeddings == 0);
}

TEST_CASE("The target is the settings': provider, host, and the key of the environment") {
  CHECK(*target_of(config::Settings()) == nullptr);
  const auto plain = target_of(settings_of("openai")).value();
  CHECK(plain->url == "https://api.openai.com/v1/embeddings");
  CHECK(plain->trust == config::Trust::none);
  CHECK(header_of(plain->headers, "authorization") == "Bearer sk-of-the-environment");
  const auto local = target_of(settings_of("ollama", "http://127.0.0.1:11434")).value();
  CHECK(local->url == "http://127.0.0.1:11434/v1/embeddings");
  CHECK(local->trust == config::Trust::loopback);
  CHECK(header_of(local->headers, "authorization").empty());
  CHECK(plain->identity() != local->identity());
}

TEST_CASE("A virtual key gives provider, host and secret") {
  config::VirtualKey key;
  key.id = "vk-1";
  key.name = "embed";
  key.provider = "openai";
  key.secret = config::Secret("sk-of-the-key");
  config::Saved saved;
  saved.add(key);
  config::Settings settings = settings_of("");
  settings.semantic_cache_virtual_key = "embed";
  const auto target = target_of(settings, saved).value();
  CHECK(header_of(target->headers, "authorization") == "Bearer sk-of-the-key");
  CHECK(target->identity().find("sk-") == std::string::npos);
  settings.semantic_cache_provider = "mistral-ai";
  CHECK_FALSE(target_of(settings, saved));
  CHECK(target_of(settings_of("openai"), {}));
  settings.semantic_cache_virtual_key = "nobody";
  CHECK(target_of(settings, saved).error().code == Errc::not_found);
  key.archived = true;
  saved.add(key);
  settings = settings_of("");
  settings.semantic_cache_virtual_key = "embed";
  CHECK(target_of(settings, saved).error().code == Errc::not_found);
}

TEST_CASE("A target that cannot be is refused with its reason") {
  CHECK(target_of(settings_of("nobody")).error().code == Errc::invalid);
  CHECK(target_of(settings_of("anthropic")).error().code == Errc::invalid);
  CHECK(target_of(settings_of("openai", "http://10.0.0.1")).error().code == Errc::invalid);
  const auto keyless = target_of(settings_of("mistral-ai"));
  REQUIRE_FALSE(keyless);
  CHECK(keyless.error().message.find("MISTRAL_AI_API_KEY") != std::string::npos);
}
