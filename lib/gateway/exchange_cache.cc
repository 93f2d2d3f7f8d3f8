// The cache's part of an exchange: what it asks before a target is called, and what it keeps of the answer.
#include <algorithm>
#include <utility>

#include "gateway/exchange.h"
#include "gateway/shadow.h"
#include "gateway/stored_answer.h"

namespace pk::gateway {

namespace {

// The longest that a request waits for another one's answer before it asks for itself; its own time-out, if
// that is shorter.
std::int64_t wait_ms_max(const Attempt& attempt) {
  const std::int64_t timeout_ms = attempt.timeout_ms().value_or(0);
  return timeout_ms > 0 ? std::min(timeout_ms, k_shared_wait_ms_max) : k_shared_wait_ms_max;
}

std::atomic<std::uint64_t>* counter_of(Stats& stats, log::Cache state) {
  switch (state) {
    case log::Cache::hit:
      return &stats.cache_hits;
    case log::Cache::semantic_hit:
      return &stats.cache_semantic_hits;
    case log::Cache::miss:
      return &stats.cache_misses;
    case log::Cache::refreshed:
      return &stats.cache_refreshed;
    case log::Cache::disabled:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

// Once for each target: its retries go upstream, and whoever waits for its answer waits for theirs.
Task<void> Exchange::look_up() {
  const log::LogRecord& record = m_recorder.record();
  m_looked_up = m_attempt->leaf();
  m_found.reset();
  if (!record.tracked || !is_unified()) co_return;
  const CacheFacts& facts = *m_attempt->cache_facts();
  cache::Ask ask;
  ask.rule = *m_attempt->target().node->inherited.cache;
  ask.refresh = facts.refresh;
  ask.log_id = record.id;
  ask.now_ms = m_deps.clock.wall_ms();
  ask.facts.endpoint = m_endpoint;
  ask.facts.path = facts.path;
  ask.facts.provider = m_attempt->target().provider->slug;
  ask.facts.host = facts.host;
  ask.facts.credential = facts.credential;
  ask.facts.name_space = facts.name_space;
  ask.facts.headers = facts.headers;
  // Each of our own keys is a caller of its own, unless they name a space to share.
  if (!record.api_key.empty()) ask.facts.headers.emplace_back("x-portkey-api-key", record.api_key);
  ask.facts.metadata = record.metadata;
  ask.facts.body = m_attempt->asked_body(request_body());
  m_lookup = m_deps.cache->lookup(ask);
  if (!m_lookup) co_return;
  run_lookup().detach();
  // Most are over by now: only what is not takes a timer.
  std::unique_ptr<Timer> limit;
  if (!m_found) limit = m_deps.timers.start(wait_ms_max(*m_attempt), [this] { m_lookup->cancel(); });
  co_await m_waited;
  take_found();
}

Task<void> Exchange::run_lookup() {
  m_found = co_await m_lookup->run();
  m_waited.set();
}

void Exchange::take_found() {
  const bool hit = *m_found == log::Cache::hit || *m_found == log::Cache::semantic_hit;
  std::unique_ptr<upstream::Call> stored;
  if (hit && !left())
    stored = stored_call(m_lookup->entry(),
                         {m_endpoint, m_attempt->facts().stream, m_attempt->facts().include_usage});
  // An entry that cannot be given in the form that is wanted is as good as none.
  const log::Cache state = hit && !stored ? log::Cache::miss : *m_found;
  if (stored) m_stored = m_lookup->entry();
  m_recorder.looked_up(state, m_lookup->neighbour(), m_stored.get());
  if (auto* counter = counter_of(m_deps.stats, state)) Stats::add(*counter);
  if (state == log::Cache::disabled) m_lookup.reset();
  if (!stored) return;
  if (state == log::Cache::semantic_hit) shadow();
  m_lookup.reset();
  m_attempt->answer_with(std::move(stored));
}

bool Exchange::may_be_shadowed() const {
  // What a prompt was called with is gone by the time that it could be called again.
  if (!m_deps.shadow || !m_deps.shadow->possible() || m_prompt) return false;
  const auto& rule = m_plan->targets[0].node->inherited.cache;
  return rule && rule->mode == config::CacheRule::Mode::semantic;
}

// The client gets its answer first: the shadow begins with the loop's next turn.
void Exchange::shadow() {
  if (!m_deps.shadow || m_prompt || !m_deps.shadow->draw()) return;
  const log::LogRecord& record = m_recorder.record();
  m_deps.shadow->ask(shadow_request(record, m_request.target, m_kept_headers, request_body()), m_endpoint,
                     m_stored);
}

// The route goes on. What was found for one target means nothing to the next one; the same one is called now,
// whatever was found.
void Exchange::forget_lookup() {
  const bool same = m_decision.leaf == m_looked_up;
  if (same && !m_stored) return;
  m_stored.reset();
  m_lookup.reset();
  m_recorder.looked_up(same ? log::Cache::miss : log::Cache::disabled, {}, nullptr);
}

// Before the record: it may wait for the disk, and others wait for this.
void Exchange::settle_lookup(const Delivered& delivered) {
  const auto lookup = std::exchange(m_lookup, nullptr);
  const log::LogRecord& record = m_recorder.record();
  const std::optional<std::string_view> body = m_recorder.response_body();
  if (delivered.how != Delivered::How::whole || !record.ok || !body) return;
  const bool event_stream = m_recorder.is_event_stream();
  if (!may_be_kept(m_endpoint, event_stream, *body)) return;
  lookup->keep(static_cast<int>(*record.http_status), m_recorder.response_type(), event_stream,
               std::string(*body));
}

}  // namespace pk::gateway
