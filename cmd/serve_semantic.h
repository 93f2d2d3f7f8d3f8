// Where serve keeps what the semantic cache needs beside the answers: the vectors, which a thread reads from
// the store at the start, and who embeds. Outlives the workers.
#pragma once

#include <atomic>
#include <memory>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "cache/local_store.h"
#include "cache/semantic.h"
#include "command.h"
#include "config/settings.h"
#include "gateway/embedder.h"
#include "gateway/gateway.h"
#include "gateway/shadow.h"

namespace pk::cmd {

class SemanticCache {
 public:
  using Target = std::shared_ptr<const gateway::EmbedderTarget>;

  SemanticCache() = default;
  ~SemanticCache();
  SemanticCache(const SemanticCache&) = delete;
  SemanticCache& operator=(const SemanticCache&) = delete;

  // Once, before the workers; errors are the settings'. `local` has the entries and the counts of shadows;
  // null: they are not kept beyond the process. The clock and it outlive this.
  Result<void> start(const Context& context, const gateway::Rules& rules, cache::LocalStore* local,
                     const Clock& clock);

  // Null where the settings want none.
  cache::Semantic* semantic() { return m_semantic.get(); }
  const Target& target() const { return m_target; }
  // When settings or what is saved changed. What makes other vectors needs a restart: an error then.
  Result<void> follow(const Context& context, const config::Settings& settings, const gateway::Rules& rules);

  gateway::Shadow::Options shadow() const { return m_shadow; }
  void count(std::string_view name);

 private:
  void load(const Clock& clock);

  cache::LocalStore* m_local = nullptr;
  std::unique_ptr<cache::Semantic> m_semantic;
  Target m_target;
  gateway::Shadow::Options m_shadow;
  std::atomic<bool> m_ended{false};
  std::thread m_loader;
};

}  // namespace pk::cmd
