#include "serve_semantic.h"

#include <utility>

namespace pk::cmd {

namespace {

Result<SemanticCache::Target> target_of(const Context& context, const config::Settings& settings,
                                        const gateway::Rules& rules) {
  return gateway::embedder_target(settings, *rules.plan.saved, rules.plan.trusted_hosts,
                                  context.sources.environment);
}

}  // namespace

SemanticCache::~SemanticCache() {
  m_ended = true;
  if (m_loader.joinable()) m_loader.join();
}

Result<void> SemanticCache::start(const Context& context, const gateway::Rules& rules,
                                  cache::LocalStore* local, const Clock& clock) {
  const config::Settings& settings = context.settings;
  PK_ASSIGN(m_target, target_of(context, settings, rules));
  if (!m_target) return {};
  m_local = local;
  m_shadow = {settings.semantic_cache_shadow_rate, settings.semantic_cache_threshold};
  cache::Semantic::Options options;
  options.threshold = settings.semantic_cache_threshold;
  options.dimensions = settings.semantic_cache_dimensions;
  options.embedder = m_target->identity();
  m_semantic = std::make_unique<cache::Semantic>(std::move(options));
  if (m_local) m_loader = std::thread([this, &clock] { load(clock); });
  return {};
}

// Requests are served meanwhile; what is not read yet is a miss.
void SemanticCache::load(const Clock& clock) {
  auto done = m_local->each(clock.wall_ms(), [this](const cache::Key& key, const cache::EntryPtr& entry) {
    m_semantic->add(key, *entry);
    return !m_ended;
  });
  if (!done) complain("the semantic cache was not read to its end: " + done.error().message);
}

Result<void> SemanticCache::follow(const Context& context, const config::Settings& settings,
                                   const gateway::Rules& rules) {
  PK_ASSIGN(Target target, target_of(context, settings, rules));
  const bool same = target ? m_target && target->identity() == m_target->identity() : !m_target;
  if (!same) return Error{Errc::invalid, "semantic_cache: another provider or model needs a restart"};
  m_target = std::move(target);
  return {};
}

void SemanticCache::count(std::string_view name) {
  if (m_local) m_local->count(name);
}

}  // namespace pk::cmd
