#include "cache/cache.h"

#include <utility>

#include "cache/semantic.h"

namespace pk::cache {

namespace {

constexpr std::int64_t k_max_age_s_default = 604'800;

// What a step of run() waits for. What answers may do so after the lookup has gone.
template <class T>
struct Wait {
  Event event;
  T value{};
  bool over = false;

  void answer(T answered) {
    if (std::exchange(over, true)) return;
    value = std::move(answered);
    event.set();
  }
};
template <class T>
using WaitPtr = std::shared_ptr<Wait<T>>;
using Embedding = std::vector<float>;  // empty: there is none

Task<> embed_into(Embedder& embedder, std::string words, WaitPtr<Embedding> wait) {
  Result<Embedding> embedding = co_await embedder.embed(std::move(words));
  wait->answer(std::move(embedding).value_or({}));
}

class OneLookup final : public Lookup {
 public:
  OneLookup(Store& store, Flights& flights, Semantic* semantic, Embedder* embedder, const Limits& limits,
            const Post& post, const Clock& clock, const Ask& ask)
      : m_store(store),
        m_flights(flights),
        m_semantic(semantic),
        m_embedder(embedder),
        m_limits(limits),
        m_post(post),
        m_clock(clock),
        m_max_age_s(ask.rule.max_age_s.value_or(k_max_age_s_default)),
        m_refresh(ask.refresh),
        m_log_id(ask.log_id),
        m_now_ms(ask.now_ms) {
    if (ask.facts.body.size() > limits.body_bytes_max) return;
    m_fields = fingerprint(ask.facts);
    if (m_fields.empty()) return;
    m_key = key_of(m_fields);
    const bool alike = ask.rule.mode == config::CacheRule::Mode::semantic && semantic && embedder;
    if (alike) m_question = semantic->question(ask.facts);
  }

  ~OneLookup() override {
    stop_waiting();
    if (m_leads) m_flights.land(m_key, nullptr);
  }

  Task<log::Cache> run() override {
    if (m_fields.empty()) co_return log::Cache::disabled;
    if (m_refresh) {
      co_await forget_alike();
      co_return log::Cache::refreshed;
    }
    co_await find(m_key);
    if (m_entry) co_return log::Cache::hit;
    co_await find_alike();
    if (m_entry) co_return log::Cache::semantic_hit;
    co_await fly();
    co_return m_entry ? log::Cache::hit : log::Cache::miss;
  }

  void cancel() override {
    m_cancelled = true;
    // Copies: what they wake may end this object.
    const auto entry_wait = m_entry_wait;
    const auto embedding_wait = m_embedding_wait;
    if (m_waiter != 0) m_flights.leave(m_key, std::exchange(m_waiter, 0));
    if (entry_wait) entry_wait->answer(nullptr);
    if (embedding_wait) embedding_wait->answer({});
  }

  const EntryPtr& entry() const override { return m_entry; }
  const std::optional<Neighbour>& neighbour() const override { return m_neighbour; }

  void keep(int status, std::string content_type, bool event_stream, std::string body) override {
    const bool good = status >= 200 && status < 300 && !m_fields.empty();
    EntryPtr entry =
        good ? make_entry(status, std::move(content_type), event_stream, std::move(body)) : nullptr;
    if (entry && entry->body.size() <= m_limits.entry_bytes_max) {
      m_store.put(m_key, entry);
      if (m_semantic && !entry->embedding.empty()) m_semantic->add(m_key, *entry);
    }
    // After put(): who asks from now on finds one or the other.
    if (std::exchange(m_leads, false)) m_flights.land(m_key, std::move(entry));
  }

 private:
  void stop_waiting() {
    if (m_waiter != 0) m_flights.leave(m_key, std::exchange(m_waiter, 0));
    if (m_entry_wait) m_entry_wait->over = true;
    if (m_embedding_wait) m_embedding_wait->over = true;
  }

  bool is_young_enough(const Entry& entry) const { return expires_for(entry, m_max_age_s) > m_now_ms; }

  // Gives whether the store has an entry at all; m_entry is set if it can be served.
  Task<bool> find(const Key& key) {
    if (m_cancelled) co_return true;
    const auto wait = std::make_shared<Wait<EntryPtr>>();
    m_entry_wait = wait;
    m_store.get(key, m_now_ms, m_post, [wait](EntryPtr entry) { wait->answer(std::move(entry)); });
    co_await wait->event;
    m_entry_wait = nullptr;
    if (m_cancelled) co_return true;
    if (wait->value && is_young_enough(*wait->value)) m_entry = wait->value;
    co_return wait->value != nullptr;
  }

  // m_embedding stays empty where the rule is a simple one, or the words could not be embedded.
  Task<> embed() {
    if (m_cancelled || !m_question) co_return;
    const auto wait = std::make_shared<Wait<Embedding>>();
    m_embedding_wait = wait;
    // Apart, so that a client that leaves does not have to wait for the provider.
    embed_into(*m_embedder, m_question->words, wait).detach();
    co_await wait->event;
    m_embedding_wait = nullptr;
    if (!m_cancelled) m_embedding = std::move(wait->value);
  }

  Task<> find_alike() {
    co_await embed();
    if (m_embedding.empty()) {
      if (m_question && !m_cancelled) m_neighbour = Neighbour{{}, 0, std::string(k_embedding_failed)};
      co_return;
    }
    const auto nearest = m_semantic->nearest(*m_question, m_embedding, m_now_ms);
    if (!nearest) co_return;
    m_neighbour = Neighbour{nearest->log_id, nearest->score, nearest->verdict};
    if (nearest->verdict != "hit") co_return;
    const bool there = co_await find(nearest->key);
    // Evicted, or removed by another process. A store that is sick says nothing about it.
    if (!there && m_store.stats().healthy) m_semantic->remove(nearest->key);
  }

  Task<> forget_alike() {
    co_await embed();
    if (m_embedding.empty()) co_return;
    for (const Key& key : m_semantic->matches(*m_question, m_embedding)) {
      m_store.remove(key);
      m_semantic->remove(key);
    }
  }

  // Waits for who is asking for the same, or is the one whom others wait for.
  Task<> fly() {
    if (m_cancelled || !m_limits.coalesce) co_return;
    const auto wait = std::make_shared<Wait<EntryPtr>>();
    m_entry_wait = wait;
    m_waiter = m_flights.join(m_key, m_post, [wait](EntryPtr entry) { wait->answer(std::move(entry)); });
    m_leads = m_waiter == 0;
    if (m_leads) {
      m_entry_wait = nullptr;
      // While the words were embedded another one may have flown and landed.
      if (!m_embedding.empty()) co_await find(m_key);
      if (m_entry) land(m_entry);
      co_return;
    }
    co_await wait->event;
    m_entry_wait = nullptr;
    m_waiter = 0;
    if (!m_cancelled) m_entry = wait->value;
  }

  void land(const EntryPtr& entry) {
    m_leads = false;
    m_flights.land(m_key, entry);
  }

  EntryPtr make_entry(int status, std::string content_type, bool event_stream, std::string body) {
    Entry entry;
    entry.created_ms = m_clock.wall_ms();
    entry.expires_ms = entry.created_ms + m_max_age_s * 1000;
    entry.log_id = m_log_id;
    entry.status = status;
    entry.content_type = std::move(content_type);
    entry.event_stream = event_stream;
    entry.body = std::move(body);
    entry.fingerprint = std::move(m_fields);
    if (!m_embedding.empty()) {
      entry.partition = m_question->partition;
      entry.words = std::move(m_question->words);
      entry.embedding = std::move(m_embedding);
    }
    return std::make_shared<const Entry>(std::move(entry));
  }

  Store& m_store;
  Flights& m_flights;
  Semantic* m_semantic;
  Embedder* m_embedder;
  const Limits m_limits;
  const Post m_post;
  const Clock& m_clock;
  const std::int64_t m_max_age_s;
  const bool m_refresh;
  const Uuid m_log_id;
  const std::int64_t m_now_ms;

  Fingerprint m_fields;
  Key m_key{};
  std::optional<Question> m_question;
  Embedding m_embedding;
  EntryPtr m_entry;
  std::optional<Neighbour> m_neighbour;

  WaitPtr<EntryPtr> m_entry_wait;
  WaitPtr<Embedding> m_embedding_wait;
  Flights::Waiter m_waiter = 0;
  bool m_leads = false;  // others may wait for this one's answer
  bool m_cancelled = false;
};

}  // namespace

Cache::Cache(Store& store, Flights& flights, Semantic* semantic, Embedder* embedder, Limits limits, Post post,
             const Clock& clock)
    : m_store(store),
      m_flights(flights),
      m_semantic(semantic),
      m_embedder(embedder),
      m_limits(limits),
      m_post(std::move(post)),
      m_clock(clock) {}

std::unique_ptr<Lookup> Cache::lookup(const Ask& ask) {
  return std::make_unique<OneLookup>(m_store, m_flights, m_semantic, m_embedder, m_limits, m_post, m_clock,
                                     ask);
}

}  // namespace pk::cache
