#include "query/follow.h"

#include <algorithm>

#include "query/search.h"

namespace pk::query {

Result<Follow> Follow::start(const store::LogReader& reader, Filter filter, const Clock& clock) {
  Follow follow(reader, std::move(filter), clock);
  follow.m_polled_ms = clock.wall_ms();
  std::vector<Uuid> there_already;
  PK_TRY(follow.look(there_already));
  return follow;
}

Result<void> Follow::poll(const Visit& visit) {
  std::vector<Uuid> fresh;
  PK_TRY(look(fresh));
  std::ranges::sort(fresh);
  for (const Uuid& id : fresh) {
    // Gone since: pruned. Damaged: verify's to tell, the next ones still come.
    auto record = m_reader.get(id);
    if (!record && record.error().code == Errc::corrupt) continue;
    if (!record) return std::move(record).error();
    if (!*record || !matches(m_filter, **record) || !matches_content(m_filter, **record)) continue;
    if (!visit(**record)) return {};
  }
  return {};
}

void Follow::pass_over(const Uuid& id) {
  m_seen.insert(id);
  m_open.erase(id);
}

Result<void> Follow::look(std::vector<Uuid>& fresh) {
  const std::uint64_t version = m_reader.version();
  if (version == m_version) return {};
  const std::int64_t now_ms = m_clock.wall_ms();
  // The open ones first: one that ends between the two looks is then still among them, and found next time.
  PK_TRY(look_at_open(fresh));
  PK_TRY(look_at_window(fresh));
  m_version = version;
  m_polled_ms = now_ms;
  return {};
}

Result<void> Follow::look_at_open(std::vector<Uuid>& fresh) {
  PK_ASSIGN(const std::vector<Uuid> ids, m_reader.open_ids());
  std::set<Uuid> open(ids.begin(), ids.end());
  for (const Uuid& id : m_open)
    if (!open.contains(id) && m_seen.insert(id).second) fresh.push_back(id);
  m_open = std::move(open);
  return {};
}

// From where the last poll looked, less the overlap; whatever lies later is looked at too, clocks may differ.
Result<void> Follow::look_at_window(std::vector<Uuid>& fresh) {
  const Uuid from = Uuid::lowest_of(std::min(m_polled_ms, m_clock.wall_ms()) - k_follow_overlap_ms);
  m_seen.erase(m_seen.begin(), m_seen.lower_bound(from));
  return m_reader.scan_ids({.from = from, .before = {}, .order = store::Order::oldest_first},
                           [&](const Uuid& id) {
                             if (m_seen.insert(id).second) fresh.push_back(id);
                             return true;
                           });
}

}  // namespace pk::query
