#include "cache/redis_loop.h"

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace pk::cache {

namespace {

constexpr std::size_t k_unsent_bytes_max = 1'000'000;  // handed to the connection ahead of the socket
constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::max();

std::int64_t ns(std::chrono::nanoseconds time) {
  return time.count();
}

void block_signals() {
  sigset_t all;
  sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);  // SIGPIPE too: a closed connection is an error like others
}

}  // namespace

RedisLoop::RedisLoop(config::CacheUrl url, const RedisOptions& options, RedisMail& mail)
    : m_url(std::move(url)), m_options(options), m_mail(mail), m_breaker(options.breaker) {}

void RedisLoop::run() {
  block_signals();
  m_now_ns = m_clock.steady_ns();
  while (take_mail()) {
    pass_deadlines();
    connect_if_wanted();
    if (m_ready) send_waiting();
    wait();
  }
  m_connection.reset();
  leave_alone();
}

std::string RedisLoop::said(std::string_view what) const {
  return fmt::format("Redis at {}: {}", shown(m_url), what);
}

// --- the mailbox and the deadlines -----------------------------------------------------------------------

bool RedisLoop::take_mail() {
  std::vector<RedisJob> jobs;
  const bool open = m_mail.box.with([&](RedisMail::Box& box) {
    jobs.swap(box.jobs);
    return !box.closed;
  });
  for (RedisJob& job : jobs) sort_in(std::move(job));
  return open;
}

void RedisLoop::sort_in(RedisJob job) {
  if (m_breaker.open()) return give_up(std::move(job));
  if (job.question) m_questions.push_back(job.question);
  m_waiting.push_back(std::move(job));
}

void RedisLoop::pass_deadlines() {
  while (!m_questions.empty()) {
    const auto question = m_questions.front();
    if (!question->answered() && question->deadline_ns > m_now_ns) break;
    m_questions.pop_front();
    if (!question->answered())
      failed(said(fmt::format("no answer within {} ms; requests go on without the cache",
                              m_options.wait_max.count())));
    question->answer(nullptr);
  }
  if ((m_looking || (m_connection && !m_ready)) && m_connect_by_ns <= m_now_ns)
    lost(said(m_looking ? "its name is still being looked up" : "it does not take a connection"));
  if (!m_sent.empty() && m_sent.front().at_ns + ns(m_options.stall_max) <= m_now_ns)
    lost(said(fmt::format("no answer within {} ms", m_options.stall_max.count())));
}

std::int64_t RedisLoop::nearest_deadline() const {
  std::int64_t nearest = k_never;
  if (!m_questions.empty()) nearest = m_questions.front()->deadline_ns;
  if (!m_sent.empty()) nearest = std::min(nearest, m_sent.front().at_ns + ns(m_options.stall_max));
  if (m_looking || (m_connection && !m_ready))
    nearest = std::min(nearest, m_connect_by_ns);
  else if (m_breaker.open())
    nearest = std::min(nearest, m_breaker.probe_at_ns());
  return nearest;
}

// The only place where this thread waits.
void RedisLoop::wait() {
  pollfd ends[2] = {{m_mail.bell.fd(), POLLIN, 0}, {-1, 0, 0}};
  if (m_connection)
    ends[1] = {m_connection->fd(), m_connection->events(), 0};
  else if (m_looking)
    ends[1] = {m_lookup->fd(), POLLIN, 0};
  const std::int64_t until = nearest_deadline();
  const std::int64_t left = std::max<std::int64_t>(0, until - m_clock.steady_ns());
  const timespec timeout{left / 1'000'000'000, left % 1'000'000'000};
  const int count = ::ppoll(ends, 2, until == k_never ? nullptr : &timeout, nullptr);
  m_now_ns = m_clock.steady_ns();
  if (count <= 0) return;
  if (ends[0].revents != 0) m_mail.bell.quiet();
  if (ends[1].revents == 0) return;
  if (m_connection) return on_socket(ends[1].revents);
  m_looking = false;
  const std::shared_ptr<RedisLookup> lookup = std::exchange(m_lookup, nullptr);
  if (auto found = lookup->result()) use(*std::move(found));
}

// --- connecting ------------------------------------------------------------------------------------------

void RedisLoop::connect_if_wanted() {
  // A failure may ask for the next try at once; the breaker ends that.
  while (!m_connection && !m_looking) {
    const bool probe = m_breaker.open() && m_breaker.probe_at_ns() <= m_now_ns;
    const bool wanted = m_wanted || !m_waiting.empty() || !m_removes.empty();
    if (m_breaker.open() ? !probe : !wanted) return;
    m_connect_by_ns = m_now_ns + ns(m_options.connect_max);
    auto found = addresses_of(m_url, false);
    if (!found || !found->empty()) {
      use(std::move(found));
      continue;
    }
    // One look-up at a time: where a name server is silent the next try waits for the same.
    if (!m_lookup) {
      auto started = RedisLookup::start(m_url);
      if (!started) {
        lost(started.error().message);
        continue;
      }
      m_lookup = *std::move(started);
    }
    m_looking = true;
  }
}

void RedisLoop::use(Result<std::vector<RedisAddress>> addresses) {
  if (!addresses) return lost(addresses.error().message);
  m_addresses.assign(addresses->begin(), addresses->end());
  try_next_address(said("its name has no address; mend the URL"));
}

void RedisLoop::try_next_address(std::string why_not_the_last) {
  m_connection.reset();
  while (!m_addresses.empty()) {
    const RedisAddress address = m_addresses.front();
    m_addresses.pop_front();
    auto started = RedisConnection::start(m_url, address, m_options.value_bytes_max);
    if (started) {
      m_connection = *std::move(started);
      if (m_connection->connected()) m_greeted_ns = m_now_ns;
      return;
    }
    why_not_the_last = std::move(started).error().message;
  }
  lost(why_not_the_last);
}

void RedisLoop::on_socket(short happened) {
  const bool was_connected = m_connection->connected();
  const auto done = m_connection->on_events(happened);
  if (!done && !m_connection->connected()) return try_next_address(done.error().message);
  if (!done && m_ready) read_replies();  // what it said before it closed
  if (!m_connection) return;
  if (!done) {
    // Redis closes what is idle for long: no failure while nobody waits for it.
    if (m_ready && m_sent.empty()) {
      m_connection.reset();
      m_ready = false;
      return;
    }
    return lost(done.error().message);
  }
  if (!was_connected && m_connection->connected()) m_greeted_ns = m_now_ns;
  if (!m_ready && m_connection->ready()) on_ready();
  if (m_ready) read_replies();
}

void RedisLoop::on_ready() {
  // What takes so long for a greeting would take as long for a request.
  if (m_greeted_ns && m_now_ns - *m_greeted_ns > ns(m_options.wait_max))
    return lost(said(fmt::format("it takes {} ms to answer, more than {}; requests go on without the cache",
                                 (m_now_ns - *m_greeted_ns) / 1'000'000, m_options.wait_max.count())));
  m_ready = true;
  m_wanted = false;
  if (!m_breaker.open()) return;
  m_breaker.probed();
  m_mail.left_alone = false;  // first: who reads that it is used again may count on it
  m_mail.health.with([](RedisHealth& health) { health.left_alone = false; });
}

// --- commands and replies --------------------------------------------------------------------------------

void RedisLoop::send_waiting() {
  while (!m_removes.empty() && m_connection->unsent_bytes() < k_unsent_bytes_max) {
    RedisJob job;
    job.kind = RedisJob::Kind::remove;
    job.key = m_removes.front();
    m_removes.pop_front();
    send(std::move(job));
  }
  while (m_removes.empty() && !m_waiting.empty() && m_connection->unsent_bytes() < k_unsent_bytes_max) {
    RedisJob job = std::move(m_waiting.front());
    m_waiting.pop_front();
    send(std::move(job));
  }
  if (m_connection->unsent_bytes() > 0) on_socket(POLLOUT);  // most of the time there is room for all
}

void RedisLoop::send(RedisJob job) {
  const std::string key = redis_key(job.key);
  switch (job.kind) {
    case RedisJob::Kind::get:
      if (job.question->answered()) return;
      // As GET, but never more than what is taken: another gateway may allow larger values.
      m_connection->send({"GETRANGE", key, "0", std::to_string(m_options.value_bytes_max)});
      break;
    case RedisJob::Kind::put: {
      const std::int64_t left_ms = job.entry->expires_ms - m_clock.wall_ms();
      const std::string value = encode(*job.entry);
      if (left_ms <= 0) return;
      if (value.size() > m_options.value_bytes_max) return give_up(std::move(job));
      m_connection->send({"SET", key, value, "PX", std::to_string(left_ms)});
      break;
    }
    case RedisJob::Kind::remove:
      m_connection->send({"DEL", key});
      break;
  }
  job.entry.reset();
  m_sent.push_back({std::move(job), m_now_ns});
}

void RedisLoop::read_replies() {
  while (m_connection) {
    auto reply = m_connection->next_reply();
    if (!reply) return lost(reply.error().message);
    if (!*reply) return;
    if (m_sent.empty()) return lost(said("it answers what nobody asked; mend the URL"));
    RedisJob job = std::move(m_sent.front().job);
    m_sent.pop_front();
    take_reply(std::move(job), **reply);
  }
}

void RedisLoop::take_reply(RedisJob job, const RedisReply& reply) {
  const std::string refusal = reply.kind == RedisReply::Kind::error ? explained(m_url, reply.text) : "";
  if (job.kind == RedisJob::Kind::put) {
    m_mail.health.with([&](RedisHealth& health) { health.puts_refused = !refusal.empty(); });
    if (!refusal.empty()) ++m_mail.dropped_puts;
  }
  if (job.kind != RedisJob::Kind::get) {
    if (!refusal.empty()) remember(refusal);
    return;
  }
  if (job.question->answered()) return;  // it came too late
  EntryPtr entry = entry_in(job, reply);
  if (reply.kind == RedisReply::Kind::text)
    m_breaker.answered();
  else
    failed(refusal.empty() ? said("it answers what was not asked; mend the URL") : refusal);
  job.question->answer(std::move(entry));
}

EntryPtr RedisLoop::entry_in(const RedisJob& job, const RedisReply& reply) {
  if (reply.kind != RedisReply::Kind::text || reply.text.empty()) return nullptr;
  if (reply.text.size() > m_options.value_bytes_max) {
    remember(said("a value is larger than what is taken"));
    return nullptr;
  }
  auto entry = decode(reply.text);
  if (!entry) {
    remember(said("a value is no entry of this version; pk cache clear lets such go"));
    return nullptr;
  }
  // Whoever wrote it, and however replies might come apart from their questions: never another one's answer.
  if (key_of(entry->fingerprint) != job.key) {
    remember(said("a value is the answer to another request; pk cache clear lets such go"));
    return nullptr;
  }
  if (entry->expires_ms <= job.question->now_ms) return nullptr;
  return std::make_shared<const Entry>(*std::move(entry));
}

// --- failures --------------------------------------------------------------------------------------------
// What went wrong is noted first and told after: who is told finds it in stats().

void RedisLoop::remember(const std::string& why) {
  ++m_mail.failures;
  m_mail.health.with([&](RedisHealth& health) { health.last_error = why; });
}

void RedisLoop::failed(const std::string& why) {
  remember(why);
  m_breaker.failed(m_now_ns);
  if (m_breaker.open()) leave_alone();
}

void RedisLoop::lost(const std::string& why) {
  m_connection.reset();
  m_ready = false;
  m_looking = false;
  m_addresses.clear();
  m_greeted_ns.reset();
  auto sent = std::exchange(m_sent, {});
  failed(why);
  for (Sent& one : sent) give_up(std::move(one.job));
}

void RedisLoop::leave_alone() {
  m_mail.left_alone = true;
  m_mail.health.with([](RedisHealth& health) { health.left_alone = true; });
  m_connection.reset();
  m_ready = false;
  m_looking = false;
  for (Sent& one : std::exchange(m_sent, {})) give_up(std::move(one.job));
  for (RedisJob& job : std::exchange(m_waiting, {})) give_up(std::move(job));
  m_questions.clear();
}

void RedisLoop::give_up(RedisJob job) {
  switch (job.kind) {
    case RedisJob::Kind::get:
      return job.question->answer(nullptr);
    case RedisJob::Kind::put:
      ++m_mail.dropped_puts;
      return;
    case RedisJob::Kind::remove:
      m_removes.push_back(job.key);
      if (m_removes.size() <= k_redis_removes_max) return;
      m_removes.pop_front();
      ++m_mail.failures;
      return;
  }
}

}  // namespace pk::cache
