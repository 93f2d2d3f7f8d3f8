#include "gateway/attempt.h"

#include "gateway/fakes.h"
#include "gateway/saved_things.h"
#include "provider/body.h"
#include "support/catch.h"

using namespace pk;
using namespace pk::gateway;
using namespace pk::test;
using Kind = route::Outcome::Kind;

namespace {

const std::string k_chat = R"({"model":"m", "temperature":0.70,"messages":[{"role":"user","content":"hi"}]})";

// One request, planned; its first target is asked.
struct Asked {
  explicit Asked(http::Headers given, std::string text = k_chat,
                 log::Endpoint at = log::Endpoint::chat_completions)
      : headers(std::move(given)), options(read_options(headers)), body(std::move(text)), endpoint(at) {
    rules.trusted_hosts = trusting_loopback();
    config::Saved saved;
    saved.add(virtual_key("team", "openai", "sk-of-the-team"));
    rules.saved = std::make_shared<config::Saved>(std::move(saved));
    if (endpoint != log::Endpoint::other) facts = provider::BodyReader().read(body).value();
    PlanAsk ask;
    ask.provider = options.provider;
    ask.config = options.config;
    ask.custom_host = options.custom_host;
    if (facts.model.starts_with('@'))
      ask.model_slug = std::string_view(facts.model).substr(1, facts.model.find('/') - 1);
    PlanOrRefusal made = make_plan(ask, rules);
    REQUIRE(std::holds_alternative<std::shared_ptr<const Plan>>(made));
    plan = std::get<std::shared_ptr<const Plan>>(std::move(made));
    attempt.emplace(plan->targets[0], std::uint16_t{0});
    path = endpoint == log::Endpoint::messages           ? "/v1/messages"
           : endpoint == log::Endpoint::embeddings       ? "/v1/embeddings"
           : endpoint == log::Endpoint::chat_completions ? "/v1/chat/completions"
                                                         : "/v1/files";
    refusal =
        attempt->prepare({endpoint, "POST", path, "", headers, options, body, facts}, rules.trusted_hosts);
  }

  http::Headers headers;
  CallOptions options;
  std::string body, path;
  log::Endpoint endpoint;
  PlanRules rules;
  provider::BodyFacts facts;
  std::shared_ptr<const Plan> plan;
  std::optional<Attempt> attempt;
  std::optional<Refusal> refusal;
};

// Sends what was prepared, up to the head of the answer. Outlives what it sent.
class Sender {
 public:
  Sender()
      : m_client((static_cast<void>(upstream::Client::global_init()), m_loop), TestGateway::client_options()),
        timers(m_loop) {}

  void send(Asked& asked) {
    m_record.id = Uuid::lowest_of(FakeClock::k_start_ms);
    asked.attempt->start(m_client, asked.body, m_record);
    run(asked.attempt->head());
  }
  std::string passed_over(Asked& asked) {
    std::string words;
    run(take(asked.attempt->passed_over(timers), words));
    return words;
  }
  const log::LogRecord& record() const { return m_record; }

 private:
  Task<void> take(Task<std::string> task, std::string& into) { into = co_await std::move(task); }
  Task<void> until_done(Task<void> task, bool& done) {
    co_await std::move(task);
    done = true;
  }
  void run(Task<void> task) {
    bool done = false;
    until_done(std::move(task), done).detach();
    turn_until(m_loop, [&] { return done; });
  }

  boost::asio::io_context m_loop{1};
  upstream::Client m_client;
  log::LogRecord m_record;

 public:
  FakeTimers timers;
};

http::Headers to(const FakeUpstream& upstream, const std::string& config = R"({"request_timeout":0})",
                 const std::string& provider = "openai") {
  return {{"x-portkey-provider", provider},
          {"x-portkey-custom-host", upstream.url()},
          {"x-portkey-config", config},
          {"Authorization", "Bearer sk-1"}};
}

}  // namespace

TEST_CASE("A body that nobody changes is sent byte for byte") {
  FakeUpstream upstream;
  Sender sender;
  Asked asked(to(upstream));
  REQUIRE_FALSE(asked.refusal);
  CHECK(asked.attempt->key() == "sk-1");
  CHECK(asked.attempt->model() == "m");
  sender.send(asked);
  CHECK(upstream.seen(0).body == k_chat);
  REQUIRE(asked.attempt->answer());
  CHECK(asked.attempt->answer()->status == 200);
  CHECK_FALSE(asked.attempt->error());
  CHECK(asked.attempt->outcome(0) == route::Outcome{0, Kind::status, 200, {}});
}

TEST_CASE("A target's edits make the body, default, override and drop in turn, with all other bytes left") {
  FakeUpstream upstream;
  Sender sender;
  Asked asked(to(
      upstream,
      R"({"default_params":{"n":1,"model":"no"},"override_params":{"model":"z"},"drop_params":["messages"]})"));
  REQUIRE_FALSE(asked.refusal);
  CHECK(asked.attempt->model() == "z");
  sender.send(asked);
  const std::string sent = upstream.seen(0).body;
  CHECK(sent.find(R"("temperature":0.70)") != std::string::npos);
  CHECK(sent.find(R"("model":"z")") != std::string::npos);
  CHECK(sent.find(R"("n":1)") != std::string::npos);
  CHECK(sent.find("messages") == std::string::npos);
}

TEST_CASE("The slug that a target was found by does not go on; a slug that means nothing does") {
  const std::string body = R"({"model":"@team/gpt","messages":[]})";
  Asked found({}, body);
  REQUIRE_FALSE(found.refusal);
  CHECK(found.attempt->model() == "gpt");
  CHECK(found.attempt->key() == "sk-of-the-team");
  Asked overridden({{"x-portkey-config", R"({"override_params":{"model":"@team/other"}})"}}, body);
  REQUIRE_FALSE(overridden.refusal);
  CHECK(overridden.attempt->model() == "other");
  Asked named({{"x-portkey-provider", "groq"}}, body);
  CHECK(named.attempt->model() == "@team/gpt");
}

TEST_CASE("What cannot be sent is a refusal that says why") {
  const Asked not_offered({{"x-portkey-provider", "anthropic"}}, R"({"model":"m","input":"x"})",
                          log::Endpoint::embeddings);
  REQUIRE(not_offered.refusal);
  CHECK(not_offered.refusal->status == 500);
  CHECK(not_offered.refusal->gateway_exception);
  const Asked unknown({{"x-portkey-config", R"({"virtual_key":"none"})"}}, k_chat);
  REQUIRE(unknown.refusal);
  CHECK(unknown.refusal->status == 400);
  CHECK(unknown.attempt->key().empty());
  CHECK(unknown.attempt->model() == "m");
}

TEST_CASE("The time-out is the header's, else the config's, where 0 is none") {
  const auto timeout_of = [](http::Headers headers) {
    return Asked(std::move(headers)).attempt->timeout_ms();
  };
  CHECK_FALSE(timeout_of({{"x-portkey-provider", "demo"}}));
  const std::pair<std::string, std::string> config = {"x-portkey-config",
                                                      R"({"provider":"demo","request_timeout":5000})"};
  CHECK(timeout_of({config}) == 5000);
  CHECK(timeout_of({config, {"x-portkey-request-timeout", "300"}}) == 300);
  CHECK(timeout_of({{"x-portkey-config", R"({"provider":"demo","request_timeout":0})"}}) == 0);
}

TEST_CASE("How an attempt ended is told apart") {
  FakeUpstream upstream;
  Sender sender;

  upstream.next(Answer::script().head(429, {{"retry-after", "3"}, {"Content-Length", "0"}}));
  Asked limited(to(upstream));
  sender.send(limited);
  CHECK(limited.attempt->outcome(0) == route::Outcome{0, Kind::status, 429, 3000});

  upstream.next(Answer::script().head(200, {{"retry-after", "3"}, {"Content-Length", "0"}}));
  Asked good(to(upstream));
  sender.send(good);
  CHECK_FALSE(good.attempt->outcome(0).retry_after_ms);

  upstream.next(Answer::script().bytes("no http\r\n\r\n").close());
  Asked broken(to(upstream));
  sender.send(broken);
  CHECK(broken.attempt->outcome(0).kind == Kind::network_error);
  CHECK_FALSE(broken.attempt->timed_out());

  upstream.next(Answer::script().hang());
  Asked slow(to(upstream, R"({"request_timeout":1})"));
  sender.send(slow);
  CHECK(slow.attempt->outcome(0).kind == Kind::timeout);
  CHECK(slow.attempt->timed_out());
}

TEST_CASE("What the client does not get is read for its words, and no further; then the call is over") {
  FakeUpstream upstream;
  Sender sender;
  upstream.next(Answer::json(500, R"({"error":"in words"})"));
  Asked one(to(upstream));
  sender.send(one);
  CHECK(sender.passed_over(one) == R"({"error":"in words"})");
  CHECK_FALSE(one.attempt->answer());

  upstream.next(Answer::script().head(500, {{"Transfer-Encoding", "chunked"}}).flood(10'000'000).hang());
  Asked large(to(upstream));
  sender.send(large);
  CHECK(sender.passed_over(large).size() == k_passed_over_bytes_max);
  upstream.wait_peer_left(1);

  // Of an answer that is no error there are no words to be had.
  upstream.next(Answer::script().head(200, {{"Content-Length", "100"}}).bytes("some").hang());
  Asked good(to(upstream));
  sender.send(good);
  CHECK(sender.passed_over(good).empty());
  upstream.wait_peer_left(2);

  upstream.next(Answer::script().bytes("no http\r\n\r\n").close());
  Asked failed(to(upstream));
  sender.send(failed);
  CHECK(sender.passed_over(failed).empty());
  CHECK(sender.timers.running() == 0);
}

TEST_CASE("The built-in provider is asked without a network, for messages too") {
  Sender sender;
  Asked chat({{"x-portkey-provider", "demo"}},
             R"({"model":"demo-1","messages":[{"role":"user","content":"hi"}]})");
  REQUIRE_FALSE(chat.refusal);
  sender.send(chat);
  CHECK(chat.attempt->answer()->status == 200);
  CHECK_FALSE(chat.attempt->decoder(sender.record()));
  Asked message({{"x-portkey-provider", "demo"}},
                R"({"model":"demo-1","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})",
                log::Endpoint::messages);
  REQUIRE_FALSE(message.refusal);
  sender.send(message);
  CHECK(message.attempt->answer()->status == 200);
  CHECK(message.attempt->decoder(sender.record()));
  CHECK(message.attempt->usage_is_upstreams());
  // What no chat can be made of is the client's mistake, and no other target's to mend.
  Asked wrong({{"x-portkey-provider", "demo"}}, R"({"model":"demo-1","messages":"none"})",
              log::Endpoint::messages);
  sender.send(wrong);
  CHECK_FALSE(wrong.attempt->answer());
  CHECK(wrong.attempt->outcome(0).kind == Kind::gateway_exception);
}

TEST_CASE("An answer is translated where its provider has a form of its own, and only on unified routes") {
  struct Case {
    const char* provider;
    log::Endpoint endpoint;
    bool translated;
    bool usage_is_upstreams;
  };
  const std::vector<Case> cases = {{"openai", log::Endpoint::chat_completions, false, false},
                                   {"openai", log::Endpoint::messages, true, true},
                                   {"openai", log::Endpoint::other, false, false},
                                   {"anthropic", log::Endpoint::chat_completions, true, true},
                                   {"anthropic", log::Endpoint::messages, false, false},
                                   {"anthropic", log::Endpoint::other, false, false},
                                   {"google", log::Endpoint::chat_completions, true, false},
                                   {"google", log::Endpoint::messages, true, false}};
  const std::string body = R"({"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]})";
  for (const Case& c : cases) {
    INFO(c.provider << ' ' << log::slug(c.endpoint));
    const Asked asked({{"x-portkey-provider", c.provider}, {"Authorization", "Bearer k"}}, body, c.endpoint);
    REQUIRE_FALSE(asked.refusal);
    log::LogRecord record;
    CHECK((asked.attempt->decoder(record) != nullptr) == c.translated);
    if (c.translated) CHECK(asked.attempt->usage_is_upstreams() == c.usage_is_upstreams);
  }
}

TEST_CASE("A chunk with usage comes only to clients that ask for it") {
  const std::string event =
      R"(data: {"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1}})"
      "\n\n";
  const std::pair<const char*, bool> cases[] = {{"", false},
                                                {R"(,"stream_options":{})", false},
                                                {R"(,"stream_options":{"include_usage":false})", false},
                                                {R"(,"stream_options":{"include_usage":true})", true}};
  for (const auto& [options, asks] : cases) {
    INFO(options);
    const Asked asked({{"x-portkey-provider", "google"}, {"Authorization", "Bearer k"}},
                      R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}])" +
                          std::string(options) + "}");
    REQUIRE_FALSE(asked.refusal);
    const auto decoder = asked.attempt->decoder(log::LogRecord());
    std::string out;
    decoder->feed(event, out);
    decoder->finish(out);
    CHECK((out.find("usage") != std::string::npos) == asks);
    CHECK(decoder->usage().prompt_tokens == 1);
  }
}
