#include "cache/cache.h"

#include <map>

#include "cache/fixture.h"
#include "cache/semantic.h"
#include "support/fake_clock.h"

namespace pk::cache::test {
namespace {

// Holds entries in memory; answers at once, or when the test lets it.
class FakeStore final : public Store {
 public:
  void get(const Key& key, std::int64_t now_ms, const Post& post,
           std::function<void(EntryPtr)> done) override {
    const auto it = entries.find(key);
    EntryPtr entry = it != entries.end() && it->second->expires_ms > now_ms ? it->second : nullptr;
    ++gets;
    if (!held) return done(std::move(entry));
    waiting.push_back([post, done, entry] { post([done, entry] { done(entry); }); });
  }
  void put(const Key& key, EntryPtr entry) override { entries[key] = std::move(entry); }
  void remove(const Key& key) override { entries.erase(key); }
  StoreStats stats() const override { return {}; }
  void answer() {
    for (auto& f : std::exchange(waiting, {})) f();
  }

  std::map<Key, EntryPtr> entries;
  std::vector<std::function<void()>> waiting;
  int gets = 0;
  bool held = false;
};

// A point on the circle for what is asked; the test says which. Answers at once, or when the test lets it.
class FakeEmbedder final : public Embedder {
 public:
  Task<Result<std::vector<float>>> embed(std::string) override {
    ++calls;
    if (held) co_await gate;
    if (fails) co_return Error{Errc::upstream, "no"};
    co_return next;
  }
  std::vector<float> next = {1, 0};
  Event gate;
  int calls = 0;
  bool held = false;
  bool fails = false;
};

Task<> run_into(Lookup& lookup, std::optional<log::Cache>& state) {
  state = co_await lookup.run();
}

struct Asked {
  std::unique_ptr<Lookup> lookup;
  std::unique_ptr<std::optional<log::Cache>> state = std::make_unique<std::optional<log::Cache>>();

  bool waits() const { return !*state; }
  log::Cache got() const {
    REQUIRE(*state);
    return **state;
  }
  void keep(const std::string& body, int status = 200) const {
    lookup->keep(status, "application/json", false, body);
  }
};

struct Fixture {
  FakeStore store;
  Flights flights;
  Semantic semantic{Semantic::Options{}};
  FakeEmbedder embedder;
  pk::test::FakeClock clock;
  Limits limits;
  std::vector<std::function<void()>> posted;
  config::CacheRule rule;
  bool refresh = false;

  Asked ask(const std::string& body) {
    Cache cache(
        store, flights, &semantic, &embedder, limits,
        [this](std::function<void()> f) { posted.push_back(std::move(f)); }, clock);
    Ask ask;
    ask.rule = rule;
    ask.refresh = refresh;
    ask.facts = chat(body);
    ask.log_id = id_of(++m_asked);
    ask.now_ms = clock.wall_ms();
    Asked asked{cache.lookup(ask)};
    run_into(*asked.lookup, *asked.state).detach();
    return asked;
  }
  void run_posted() {
    for (auto& f : std::exchange(posted, {})) f();
  }

 private:
  std::uint8_t m_asked = 0;
};

std::string question(const std::string& words) {
  return R"({"model":"m","messages":[{"role":"user","content":")" + words + "\"}]}";
}

const std::string k_question = question("what is the capital of france");
const std::string k_alike = question("tell me the capital of france");
const std::vector<float> k_near = {0.999F, 0.02F};
const std::vector<float> k_far = {0, 1};

}  // namespace

TEST_CASE_METHOD(Fixture, "A miss is kept and the next one hits, for as long as the rule says") {
  rule.max_age_s = 60;
  const Asked first = ask(k_question);
  REQUIRE(first.got() == log::Cache::miss);
  clock.advance_ms(30'000);  // the provider takes its time: that is no age
  first.keep("answer");
  clock.advance_ms(59'999);
  const Asked second = ask(k_question);
  REQUIRE(second.got() == log::Cache::hit);
  CHECK(second.lookup->entry()->body == "answer");
  CHECK(second.lookup->entry()->log_id == id_of(1));
  CHECK_FALSE(second.lookup->neighbour());
  clock.advance_ms(1);
  CHECK(ask(k_question).got() == log::Cache::miss);
}

TEST_CASE_METHOD(Fixture,
                 "Who asks for younger entries than there are misses; without a max_age it is a week") {
  ask(k_question).keep("answer");
  clock.advance_ms(10'000);
  rule.max_age_s = 10;
  CHECK(ask(k_question).got() == log::Cache::miss);
  rule.max_age_s = 11;
  CHECK(ask(k_question).got() == log::Cache::hit);
  rule.max_age_s.reset();
  clock.advance_ms(std::int64_t{604'800} * 1000 - 10'001);
  CHECK(ask(k_question).got() == log::Cache::hit);
  clock.advance_ms(1);
  CHECK(ask(k_question).got() == log::Cache::miss);
}

TEST_CASE_METHOD(Fixture, "Errors are not kept, nor given to who waits") {
  const Asked first = ask(k_question);
  const Asked second = ask(k_question);
  REQUIRE(second.waits());
  first.keep("oh no", 500);
  run_posted();
  CHECK(second.got() == log::Cache::miss);
  CHECK(store.entries.empty());
}

TEST_CASE_METHOD(Fixture, "Identical misses wait for the first, and get what it got") {
  const Asked first = ask(k_question);
  const Asked second = ask(k_question);
  const Asked other = ask(k_alike);
  REQUIRE(first.got() == log::Cache::miss);
  REQUIRE(second.waits());
  REQUIRE(other.got() == log::Cache::miss);
  first.keep("answer");
  REQUIRE(second.waits());
  run_posted();
  REQUIRE(second.got() == log::Cache::hit);
  CHECK(second.lookup->entry()->body == "answer");
}

TEST_CASE_METHOD(Fixture, "Told not to, each goes upstream itself") {
  limits.coalesce = false;
  const Asked first = ask(k_question);
  CHECK(ask(k_question).got() == log::Cache::miss);
  first.keep("answer");
  CHECK(ask(k_question).got() == log::Cache::hit);
}

TEST_CASE_METHOD(Fixture, "A leader that is given up lets the others go, and the next one leads") {
  Asked first = ask(k_question);
  const Asked second = ask(k_question);
  first.lookup.reset();
  run_posted();
  REQUIRE(second.got() == log::Cache::miss);
  const Asked third = ask(k_question);
  REQUIRE(third.got() == log::Cache::miss);
  second.keep("own");
  CHECK(store.entries.size() == 1);
  CHECK(ask(k_question).got() == log::Cache::hit);
}

TEST_CASE_METHOD(Fixture, "Who waits may leave, before the landing and while it is on its way") {
  const Asked first = ask(k_question);
  Asked second = ask(k_question);
  second.lookup->cancel();
  CHECK(second.got() == log::Cache::miss);
  const Asked third = ask(k_question);
  first.keep("answer");
  third.lookup->cancel();  // posted already
  CHECK(third.got() == log::Cache::miss);
  CHECK(third.lookup->entry() == nullptr);
  second.lookup.reset();
  run_posted();
}

TEST_CASE_METHOD(Fixture, "A store that answers later is waited for, and may answer who has left") {
  ask(k_question).keep("answer");
  store.held = true;
  const Asked first = ask(k_question);
  Asked second = ask(k_question);
  REQUIRE(first.waits());
  second.lookup->cancel();
  CHECK(second.got() == log::Cache::miss);
  second.lookup.reset();
  store.answer();
  run_posted();
  CHECK(first.got() == log::Cache::hit);
}

TEST_CASE_METHOD(Fixture, "A refresh looks at nothing, joins nobody and overwrites") {
  ask(k_question).keep("old");
  const int gets = store.gets;
  refresh = true;
  const Asked first = ask(k_question);
  const Asked second = ask(k_question);
  CHECK(first.got() == log::Cache::refreshed);
  CHECK(second.got() == log::Cache::refreshed);
  CHECK(store.gets == gets);
  first.keep("new");
  refresh = false;
  CHECK(ask(k_question).lookup->entry()->body == "new");
}

TEST_CASE_METHOD(Fixture, "What is none for the cache is looked up nowhere and never kept") {
  limits.body_bytes_max = 200;
  for (const std::string& body :
       {std::string("--form"), std::string("[]"), question(std::string(200, 'x'))}) {
    const Asked asked = ask(body);
    CHECK(asked.got() == log::Cache::disabled);
    asked.keep("answer");
  }
  CHECK(store.gets == 0);
  CHECK(store.entries.empty());
}

TEST_CASE_METHOD(Fixture, "An answer that is too large is given to who waits, and not kept") {
  limits.entry_bytes_max = 10;
  const Asked first = ask(k_question);
  const Asked second = ask(k_question);
  first.keep(std::string(11, 'x'));
  run_posted();
  CHECK(second.got() == log::Cache::hit);
  CHECK(second.lookup->entry()->body.size() == 11);
  CHECK(store.entries.empty());
}

TEST_CASE_METHOD(Fixture, "A simple rule asks for no embedding; a semantic one only after the exact look") {
  ask(k_question).keep("answer");
  CHECK(embedder.calls == 0);
  rule.mode = config::CacheRule::Mode::semantic;
  CHECK(ask(k_question).got() == log::Cache::hit);
  CHECK(embedder.calls == 0);
}

TEST_CASE_METHOD(Fixture, "What means the same is a semantic hit, with its neighbour") {
  rule.mode = config::CacheRule::Mode::semantic;
  const Asked first = ask(k_question);
  REQUIRE(first.got() == log::Cache::miss);
  CHECK_FALSE(first.lookup->neighbour());
  first.keep("paris");
  CHECK(semantic.size() == 1);
  embedder.next = k_near;
  const Asked second = ask(k_alike);
  REQUIRE(second.got() == log::Cache::semantic_hit);
  CHECK(second.lookup->entry()->body == "paris");
  CHECK(second.lookup->neighbour()->log_id == id_of(1));
  CHECK(second.lookup->neighbour()->score > 0.95);
  embedder.next = k_far;
  const Asked third = ask(k_alike);
  REQUIRE(third.got() == log::Cache::miss);
  CHECK(third.lookup->neighbour()->verdict == "below-threshold");
}

TEST_CASE_METHOD(Fixture, "A neighbour whose entry is gone is forgotten, one that is too old is not") {
  rule.mode = config::CacheRule::Mode::semantic;
  ask(k_question).keep("paris");
  embedder.next = k_near;
  clock.advance_ms(10'000);
  rule.max_age_s = 5;
  CHECK(ask(k_alike).got() == log::Cache::miss);
  CHECK(semantic.size() == 1);
  store.entries.clear();
  rule.max_age_s = 50;
  CHECK(ask(k_alike).got() == log::Cache::miss);
  CHECK(semantic.size() == 0);
}

TEST_CASE_METHOD(Fixture, "Without an embedding a semantic rule is a simple one") {
  rule.mode = config::CacheRule::Mode::semantic;
  embedder.fails = true;
  const Asked first = ask(k_question);
  REQUIRE(first.got() == log::Cache::miss);
  CHECK(first.lookup->neighbour()->verdict == k_embedding_failed);
  CHECK(first.lookup->neighbour()->log_id.is_nil());
  first.keep("paris");
  CHECK(semantic.size() == 0);
  CHECK(ask(k_question).got() == log::Cache::hit);
}

TEST_CASE_METHOD(Fixture, "A semantic refresh removes all that is alike") {
  rule.mode = config::CacheRule::Mode::semantic;
  ask(k_question).keep("paris");
  embedder.next = k_far;
  ask(question("where is rome")).keep("italy");
  REQUIRE(store.entries.size() == 2);
  embedder.next = k_near;
  refresh = true;
  const Asked asked = ask(k_alike);
  REQUIRE(asked.got() == log::Cache::refreshed);
  CHECK(store.entries.size() == 1);
  CHECK(semantic.size() == 1);
  asked.keep("still paris");
  CHECK(semantic.size() == 2);
}

TEST_CASE_METHOD(Fixture, "Who leaves does not wait for the embedding, which may come when all is gone") {
  rule.mode = config::CacheRule::Mode::semantic;
  embedder.held = true;
  Asked asked = ask(k_question);
  REQUIRE(asked.waits());
  asked.lookup->cancel();
  CHECK(asked.got() == log::Cache::miss);
  asked.lookup.reset();
  embedder.gate.set();
}

TEST_CASE_METHOD(Fixture, "An answer that landed while the words were embedded is found") {
  rule.mode = config::CacheRule::Mode::semantic;
  embedder.held = true;
  const Asked slow = ask(k_question);
  rule.mode = config::CacheRule::Mode::simple;
  ask(k_question).keep("paris");
  const Asked waiter = ask(k_question);
  CHECK(waiter.got() == log::Cache::hit);
  embedder.gate.set();
  CHECK(slow.got() == log::Cache::hit);
}

}  // namespace pk::cache::test
