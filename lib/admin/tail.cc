#include "admin/tail.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <tuple>
#include <utility>

#include "log/json.h"
#include "query/search.h"

namespace pk::admin {

// ---- a listener ----

TailNews Listener::take() {
  std::lock_guard lock(m_mutex);
  TailNews news = std::move(m_news);
  m_news = {};
  m_news.watching = news.watching;
  m_news.dropped = news.dropped;
  m_news.over = news.over;
  m_bytes = 0;
  return news;
}

void Listener::watching() {
  {
    std::lock_guard lock(m_mutex);
    m_news.watching = true;
  }
  m_wake();
}

// `json` is made by the first that wants it.
void Listener::offer(const log::LogRecord& record, std::string& json) {
  if (!query::matches(m_filter, record) || !query::matches_content(m_filter, record)) return;
  if (json.empty()) log::append_json(json, record, log::FieldSet::lists());
  {
    std::lock_guard lock(m_mutex);
    if (m_news.dropped) return;
    m_bytes += json.size();
    m_news.dropped = m_bytes > k_listener_bytes_max && !m_news.events.empty();
    if (m_news.dropped)
      m_news.events.clear();
    else
      m_news.events.push_back({record.id, json});
  }
  m_wake();
}

void Listener::ping() {
  {
    std::lock_guard lock(m_mutex);
    m_news.ping = true;
  }
  m_wake();
}

void Listener::over() {
  {
    std::lock_guard lock(m_mutex);
    m_news.over = true;
  }
  m_wake();
}

// ---- the watcher ----

Tail::Tail(std::shared_ptr<store::Env> env, const Clock& clock) : m_env(std::move(env)), m_clock(clock) {
  if (m_env) m_thread = std::thread([this] { run(); });
}

Tail::~Tail() {
  stop();
}

std::shared_ptr<Listener> Tail::listen(query::Filter filter, std::function<void()> wake) {
  auto listener = std::make_shared<Listener>(std::move(filter), std::move(wake));
  {
    std::lock_guard lock(m_mutex);
    std::erase_if(m_listeners, [](const auto& one) { return one.expired(); });
    if (m_stopped || !m_env || m_listeners.size() >= k_listeners_max) return nullptr;
    m_listeners.push_back(listener);
  }
  m_changed.notify_one();
  return listener;
}

void Tail::stop() {
  {
    std::lock_guard lock(m_mutex);
    m_stopped = true;
  }
  m_changed.notify_one();
  if (m_thread.joinable()) m_thread.join();
  for (const auto& listener : listeners()) listener->over();
}

Tail::Listeners Tail::listeners() {
  std::lock_guard lock(m_mutex);
  Listeners alive;
  for (const auto& one : m_listeners)
    if (auto listener = one.lock()) alive.push_back(std::move(listener));
  return alive;
}

bool Tail::wait_for_listeners() {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [this] { return m_stopped || !m_listeners.empty(); });
  return !m_stopped;
}

// Until the next poll. False: it is over.
bool Tail::pause() {
  std::unique_lock lock(m_mutex);
  m_changed.wait_for(lock, std::chrono::milliseconds(query::k_follow_poll_ms), [this] { return m_stopped; });
  std::erase_if(m_listeners, [](const auto& one) { return one.expired(); });
  return !m_stopped;
}

void Tail::run() {
  while (wait_for_listeners()) watch();
}

// From somebody listening until nobody does.
void Tail::watch() {
  const store::LogReader reader(m_env);
  std::optional<query::Follow> following;
  std::vector<std::weak_ptr<Listener>> greeted;
  std::int64_t pinged_ns = m_clock.steady_ns();
  do {
    // A ledger that cannot be read now: its next records may be.
    if (!following)
      if (auto started = query::Follow::start(reader, {}, m_clock)) following.emplace(*std::move(started));
    if (following) {
      std::ignore = following->poll([this](const log::LogRecord& record) {
        tell(record);
        return true;
      });
      greet(greeted);
    }
    if (m_clock.steady_ns() - pinged_ns >= k_ping_ms * 1'000'000) {
      pinged_ns = m_clock.steady_ns();
      for (const auto& listener : listeners()) listener->ping();
    }
  } while (pause() && !listeners().empty());
}

// Who came since: what is written from now on reaches them. Known by what owns them, for another one may come
// to stand where one has left.
void Tail::greet(std::vector<std::weak_ptr<Listener>>& greeted) {
  std::vector<std::weak_ptr<Listener>> now;
  for (const auto& listener : listeners()) {
    const auto is_it = [&](const std::weak_ptr<Listener>& known) {
      return !known.owner_before(listener) && !listener.owner_before(known);
    };
    if (std::ranges::none_of(greeted, is_it)) listener->watching();
    now.push_back(listener);
  }
  greeted = std::move(now);
}

void Tail::tell(const log::LogRecord& record) {
  std::string json;
  for (const auto& listener : listeners()) listener->offer(record, json);
}

}  // namespace pk::admin
