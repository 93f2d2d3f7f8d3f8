// Where serve keeps answers: the store and what all workers share of the cache. Outlives the workers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cache/cache.h"
#include "cache/flights.h"
#include "cache/store.h"
#include "command.h"
#include "serve_semantic.h"

namespace pk::cmd {

class AnswerCache {
 public:
  // Opens the store in the data folder, before there are threads; a Redis begins with the first worker. A
  // store that cannot be opened never keeps the server from starting: nothing is cached then, and notes()
  // says why. `trouble` is why the data folder cannot be used, "" if it can. The clock outlives it.
  AnswerCache(const Context& context, const Clock& clock, const std::string& trouble);

  // One worker's; null: there is none. `post` runs things on its loop.
  std::unique_ptr<cache::Cache> for_worker(cache::Post post, cache::Embedder* embedder);

  // Before the first worker; errors are the settings'.
  Result<void> start_semantic(const Context& context, const gateway::Rules& rules);
  SemanticCache& semantic() { return m_semantic; }

  // No worker runs any more, and their loops are still there: what the store has for them may come late.
  void stop() { m_store.reset(); }

  // What is wrong with it, for people: requests go on without.
  std::vector<std::string> notes() const;
  // One line on stderr when it falls ill, one when it is well again. Main thread.
  void tell_health();
  // All zero where there is none.
  cache::StoreStats stats() const;

 private:
  void open_redis();
  void give_up(const Error& error);

  const Clock& m_clock;
  const std::string m_url;
  std::unique_ptr<cache::Store> m_store;
  SemanticCache m_semantic;
  cache::Flights m_flights;
  cache::Limits m_limits;
  std::string m_trouble;  // why there is no store although one is wanted
  bool m_was_healthy = true;
};

}  // namespace pk::cmd
