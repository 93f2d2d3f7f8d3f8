#include "cache/pending.h"

namespace pk::cache {

bool Pending::put(const Key& key, EntryPtr entry, std::size_t bytes) {
  {
    const std::lock_guard lock(m_mutex);
    const auto before = m_waiting.find(key);
    const std::size_t freed = before == m_waiting.end() ? 0 : before->second.bytes;
    if (m_closed || m_bytes - freed + bytes > m_bytes_max) return false;
    set(key, std::move(entry), bytes);
  }
  m_changed.notify_one();
  return true;
}

void Pending::remove(const Key& key) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_closed) return;
    set(key, nullptr, 0);
  }
  m_changed.notify_one();
}

void Pending::set(const Key& key, EntryPtr entry, std::size_t bytes) {
  Waiting& waiting = m_waiting[key];
  m_bytes = m_bytes - waiting.bytes + bytes;
  waiting.entry = std::move(entry);
  waiting.bytes = bytes;
  waiting.number = ++m_last;
  if (!waiting.queued) m_queue.push_back(key);
  waiting.queued = true;
}

std::optional<EntryPtr> Pending::find(const Key& key) const {
  const std::lock_guard lock(m_mutex);
  const auto waiting = m_waiting.find(key);
  if (waiting == m_waiting.end()) return {};
  return waiting->second.entry;
}

std::vector<Pending::Change> Pending::take(std::size_t changes_max, std::size_t bytes_max,
                                           std::chrono::milliseconds wait_max) {
  std::unique_lock lock(m_mutex);
  m_changed.wait_for(lock, wait_max, [this] { return !m_queue.empty() || m_closed; });
  std::vector<Change> changes;
  std::size_t bytes = 0;
  while (!m_queue.empty() && changes.size() < changes_max && bytes < bytes_max) {
    const Key key = m_queue.front();
    m_queue.pop_front();
    Waiting& waiting = m_waiting.at(key);
    waiting.queued = false;
    bytes += waiting.bytes;
    changes.push_back({key, waiting.entry, waiting.number});
  }
  return changes;
}

void Pending::done(const std::vector<Change>& changes) {
  const std::lock_guard lock(m_mutex);
  for (const Change& change : changes) {
    const auto waiting = m_waiting.find(change.key);
    // A later change of the same key is still under way.
    if (waiting == m_waiting.end() || waiting->second.number != change.number) continue;
    m_bytes -= waiting->second.bytes;
    m_waiting.erase(waiting);
  }
  if (m_waiting.empty()) m_done.notify_all();
}

void Pending::close() {
  {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
  }
  m_changed.notify_all();
}

bool Pending::is_over() const {
  const std::lock_guard lock(m_mutex);
  return m_closed && m_queue.empty();
}

void Pending::wait_done() {
  std::unique_lock lock(m_mutex);
  m_done.wait(lock, [this] { return m_waiting.empty(); });
}

}  // namespace pk::cache
