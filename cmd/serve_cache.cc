#include "serve_cache.h"

#include <utility>

#include "cache/local_store.h"

namespace pk::cmd {

namespace {

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
    : m_clock(clock) {
  const config::Settings& settings = context.settings;
  m_limits.entry_bytes_max = settings.cache_entry_bytes_max;
  m_limits.coalesce = settings.cache_coalesce;
  if (settings.cache_url == "off") return;
  auto store = trouble.empty() ? open_store(context, clock) : Error{Errc::io, trouble};
  if (store) {
    m_store = *std::move(store);
    return;
  }
  m_trouble = "no cache: " + store.error().message;
  complain(m_trouble);
}

std::unique_ptr<cache::Cache> AnswerCache::for_worker(cache::Post post) {
  if (!m_store) return nullptr;
  return std::make_unique<cache::Cache>(*m_store, m_flights, nullptr, nullptr, m_limits, std::move(post),
                                        m_clock);
}

std::vector<std::string> AnswerCache::notes() const {
  if (!m_trouble.empty()) return {m_trouble};
  const cache::StoreStats now = stats();
  if (!m_store || now.healthy) return {};
  return {"the cache does not work: " + now.last_error + "; requests go to their providers"};
}

cache::StoreStats AnswerCache::stats() const {
  return m_store ? m_store->stats() : cache::StoreStats();
}

}  // namespace pk::cmd
