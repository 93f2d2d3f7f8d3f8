#include "gateway/shadow.h"

#include "base/json.h"
#include "cache/precision.h"
#include "gateway/fakes.h"
#include "gateway/options.h"
#include "support/catch.h"

using namespace pk;
using namespace pk::gateway;
using namespace pk::test;

namespace {

// Answers with a body, once it is let go.
class FakePlane final : public http::Handler {
 public:
  Task<void> handle(http::Request& request, http::Responder& responder) override {
    seen.push_back(request);
    responder.on_client_left([this] { go.set(); });
    if (holds) co_await go;
    responder.on_client_left({});
    http::ResponseHead head;
    head.status = status;
    head.headers = {{"Content-Type", "application/json"}};
    responder.head(head);
    responder.body(body);
    responder.end();
    co_await responder.flush();
  }
  Task<void> handle_malformed(http::Request&, const http::Malformed&, http::Responder&) override {
    co_return;
  }

  std::vector<http::Request> seen;
  std::string body;
  int status = 200;
  bool holds = false;
  Event go;
};

class FakeEmbedder final : public cache::Embedder {
 public:
  Task<Result<std::vector<float>>> embed(std::string words) override {
    if (fails) co_return Error{Errc::upstream, "down"};
    co_return std::vector<float>{1, words.find("far") == std::string::npos ? 0.1f : 9.0f};
  }
  bool fails = false;
};

struct Bench {
  explicit Bench(double rate = 1)
      : shadow(
            plane, embedder, {rate, 0.95}, Rng(3),
            [this](std::function<void()> work) { posted.push_back(std::move(work)); },
            [this](std::string_view name) { counted.emplace_back(name); }) {}

  void turn() {
    for (auto& work : std::exchange(posted, {})) work();
  }
  void ask(std::string_view stored, std::string_view fresh) {
    cache::Entry entry;
    entry.body = chat_body(stored);
    plane.body = chat_body(fresh);
    shadow.ask({}, log::Endpoint::chat_completions, std::make_shared<const cache::Entry>(entry));
  }

  FakePlane plane;
  FakeEmbedder embedder;
  std::vector<std::function<void()>> posted;
  std::vector<std::string> counted;
  Shadow shadow;
};

}  // namespace

TEST_CASE("A shadow begins with the loop's next turn, and its answer is compared") {
  struct Case {
    std::string_view stored, fresh, verdict;
  };
  for (const auto& [stored, fresh, verdict] : {Case{"It is so.", "it is  SO.\\n", cache::k_shadow_same},
                                               Case{"It is so.", "So it is.", cache::k_shadow_same},
                                               Case{"It is so.", "It is far so.", cache::k_shadow_different},
                                               Case{"It is 5.", "It is 6.", cache::k_shadow_different},
                                               Case{"It is so.", "", cache::k_shadow_unknown}}) {
    CAPTURE(stored, fresh);
    Bench bench;
    bench.ask(stored, fresh);
    CHECK(bench.plane.seen.empty());
    bench.turn();
    CHECK(bench.plane.seen.size() == 1);
    CHECK(bench.counted == std::vector<std::string>{std::string(verdict)});
  }
}

TEST_CASE("What cannot be compared is counted as unknown") {
  Bench failed;
  failed.plane.status = 500;
  failed.ask("It is so.", "It is so.");
  failed.turn();
  CHECK(failed.counted == std::vector<std::string>{std::string(cache::k_shadow_unknown)});
  Bench blind;
  blind.embedder.fails = true;
  blind.ask("It is so.", "So it is.");
  blind.turn();
  CHECK(blind.counted == std::vector<std::string>{std::string(cache::k_shadow_unknown)});
}

TEST_CASE("As many are drawn as the rate says, and no more run than may") {
  Bench all, none(0), half(0.5);
  CHECK(all.shadow.possible());
  CHECK_FALSE(none.shadow.possible());
  int drawn = 0;
  for (int i = 0; i < 1000; ++i) {
    CHECK_FALSE(none.shadow.draw());
    drawn += half.shadow.draw();
  }
  CHECK(drawn > 400);
  CHECK(drawn < 600);
  all.plane.holds = true;
  all.ask("a", "a");
  CHECK(all.shadow.draw());
  for (std::size_t i = 1; i < k_shadows_at_once_max; ++i) all.ask("a", "a");
  CHECK_FALSE(all.shadow.draw());
}

TEST_CASE("At the end no more begin, and those that run may end, or are ended") {
  Bench idle;
  bool over = false;
  idle.shadow.drain([&] { over = true; });
  CHECK(over);
  CHECK_FALSE(idle.shadow.draw());

  Bench bench;
  bench.plane.holds = true;
  bench.ask("a", "a");
  bench.turn();
  over = false;
  bench.shadow.drain([&] { over = true; });
  CHECK_FALSE(over);
  bench.plane.go.set();
  CHECK(over);
  CHECK(bench.counted.size() == 1);

  Bench ended;
  ended.plane.holds = true;
  ended.ask("a", "a");
  ended.turn();
  ended.ask("a", "a");  // not begun yet
  over = false;
  ended.shadow.drain([&] { over = true; });
  ended.shadow.end();
  CHECK_FALSE(over);
  ended.turn();
  CHECK(over);
  CHECK(ended.plane.seen.size() == 1);
  CHECK(ended.counted.empty());
}

TEST_CASE("A shadow's request has the trace of its hit, and says in its metadata what it is") {
  log::LogRecord hit;
  hit.id = Uuid::parse("01890a5d-ac96-774b-bcce-b302099a8057").value();
  hit.method = "POST";
  hit.trace_id = "trace-1";
  hit.span_id = "span-1";
  hit.metadata = {{"_user", "ann"}, {"team", "r\"ed"}};
  const auto request = shadow_request(hit, "/v1/chat/completions",
                                      {{"Authorization", "Bearer sk-1"},
                                       {"X-Portkey-Metadata", R"({"team":"old"})"},
                                       {"x-portkey-trace-id", "other"},
                                       {"x-portkey-provider", "openai"}},
                                      "{}");
  CHECK(request.method == "POST");
  CHECK(request.target == "/v1/chat/completions");
  CHECK(request.body == "{}");
  CHECK(header_of(request.headers, "authorization") == "Bearer sk-1");
  CHECK(header_of(request.headers, "x-portkey-provider") == "openai");
  const CallOptions options = read_options(request.headers);
  CHECK(options.trace_id == "trace-1");
  CHECK(options.parent_span_id == "span-1");
  CHECK(options.metadata ==
        log::Metadata{{"_shadow_of", hit.id.text()}, {"_user", "ann"}, {"team", "r\"ed"}});
}

TEST_CASE("The words of an answer are the text of all its choices") {
  using log::Endpoint;
  CHECK(answer_words(Endpoint::chat_completions, false, chat_body("Hello\\n  there ")) == "Hello there");
  CHECK(answer_words(Endpoint::completions, false, R"({"choices":[{"text":"a"},{"text":"b"}]})") == "a b");
  std::string events;
  for (const std::string& data : chat_events({"Hello", " there"})) events += "data: " + data + "\n\n";
  CHECK(answer_words(Endpoint::chat_completions, true, events) == "Hello there");
  for (const std::string_view body : {"", "{}", "[1]", R"({"choices":1})", R"({"choices":[1]})",
                                      R"({"choices":[{"message":{"content":null}}]})"})
    CHECK(answer_words(Endpoint::chat_completions, false, body).empty());
}
