#include "serve_cache.h"

#include <utility>

#include "cache/local_store.h"
#include "cache/redis_store.h"
#include "config/cache_url.h"

namespace pk::cmd {

namespace {

// What an entry has beside its body: its fields, words and vector.
constexpr std::size_t k_entry_rest_bytes = 1'000'000;

Result<std::unique_ptr<cache::Store>> open_store(const Context& context, const Clock& clock) {
  cache::LocalStore::Options options;
  options.dir = context.data;
  options.bytes_max = context.settings.cache_bytes_max;
  PK_ASSIGN(auto store, cache::LocalStore::open(std::move(options), clock));
  if (!store->remade().empty()) complain("the cache begins anew: " + store->remade());
  return std::unique_ptr<cache::Store>(std::move(store));
}

}  // namespace

AnswerCache::AnswerCache(const Context& context, const Clock& clock, const std::string& trouble)
    : m_clock(clock), m_url(context.settings.cache_url) {
  const config::Settings& settings = context.settings;
  m_limits.entry_bytes_max = settings.cache_entry_bytes_max;
  m_limits.coalesce = settings.cache_coalesce;
  if (!m_url.empty()) return;
  auto store = trouble.empty() ? open_store(context, clock) : Error{Errc::io, trouble};
  if (store)
    m_store = *std::move(store);
  else
    give_up(store.error());
}

void AnswerCache::give_up(const Error& error) {
  m_trouble = "no cache: " + error.message;
  complain(m_trouble);
}

void AnswerCache::open_redis() {
  const auto url = config::parse_cache_url(m_url);
  if (!url) return give_up(url.error());
  cache::RedisOptions options;
  options.value_bytes_max = m_limits.entry_bytes_max + k_entry_rest_bytes;
  auto store = cache::RedisStore::start(*url, options);
  if (!store) return give_up(store.error());
  m_store = *std::move(store);
}

std::unique_ptr<cache::Cache> AnswerCache::for_worker(cache::Post post, cache::Embedder* embedder) {
  if (!m_store && m_trouble.empty() && !m_url.empty() && m_url != "off") open_redis();
  if (!m_store) return nullptr;
  return std::make_unique<cache::Cache>(*m_store, m_flights, m_semantic.semantic(), embedder, m_limits,
                                        std::move(post), m_clock);
}

Result<void> AnswerCache::start_semantic(const Context& context, const gateway::Rules& rules) {
  return m_semantic.start(context, rules, dynamic_cast<cache::LocalStore*>(m_store.get()), m_clock);
}

std::vector<std::string> AnswerCache::notes() const {
  if (!m_trouble.empty()) return {m_trouble};
  const cache::StoreStats now = stats();
  if (!m_store || now.healthy) return {};
  return {"the cache does not work: " + now.last_error + "; requests go to their providers"};
}

void AnswerCache::tell_health() {
  const cache::StoreStats now = stats();
  if (now.healthy == m_was_healthy) return;
  m_was_healthy = now.healthy;
  complain(now.healthy ? std::string("the cache works again") : notes().front());
}

cache::StoreStats AnswerCache::stats() const {
  return m_store ? m_store->stats() : cache::StoreStats();
}

}  // namespace pk::cmd
