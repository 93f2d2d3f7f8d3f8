#include "cache/redis_store.h"

#include <cerrno>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "cache/digest.h"
#include "cache/redis_loop.h"
#include "cache/redis_mail.h"

namespace pk::cache {

namespace {

// What a job takes beside its entry's bytes.
constexpr std::size_t k_job_bytes = 512;

std::size_t bytes_of(const Entry& entry) {
  return entry.body.size() + entry.words.size() + entry.embedding.size() * sizeof(float) + k_job_bytes;
}

}  // namespace

std::string redis_key(const Key& key) {
  return std::string(k_redis_prefix) + hex(view_of(key));
}

class RedisStore::Impl {
 public:
  Impl(config::CacheUrl url, const RedisOptions& options)
      : m_options(options), m_loop(std::move(url), options, m_mail) {}

  Result<void> start() {
    if (!m_mail.bell.good()) return errno_error("the cache", EMFILE);
    try {
      m_thread = std::thread([this] { m_loop.run(); });
    } catch (const std::system_error&) {
      return Error{Errc::limit, "the cache: the system has no thread to give"};
    }
    return {};
  }

  void get(const Key& key, std::int64_t now_ms, const Post& post, std::function<void(EntryPtr)> done) {
    if (m_mail.left_alone) return done(nullptr);
    RedisJob job = job_of(RedisJob::Kind::get, key, k_job_bytes);
    if (!job.room.taken()) return done(nullptr);
    const std::int64_t deadline_ns =
        m_clock.steady_ns() + std::chrono::nanoseconds(m_options.wait_max).count();
    job.question = std::make_shared<RedisQuestion>(RedisQuestion{deadline_ns, now_ms, post, std::move(done)});
    if (!m_mail.post(job)) job.question->done(nullptr);
  }

  void put(const Key& key, EntryPtr entry) {
    RedisJob job = job_of(RedisJob::Kind::put, key, bytes_of(*entry));
    const bool fits = job.room.taken() && entry->body.size() <= m_options.value_bytes_max;
    job.entry = std::move(entry);
    if (m_mail.left_alone || !fits || !m_mail.post(job)) ++m_mail.dropped_puts;
  }

  void remove(const Key& key) {
    RedisJob job = job_of(RedisJob::Kind::remove, key, k_job_bytes);
    if (!job.room.taken() || !m_mail.post(job)) ++m_mail.failures;
  }

  StoreStats stats() const {
    StoreStats stats;
    stats.dropped_puts = m_mail.dropped_puts;
    stats.failures = m_mail.failures;
    m_mail.health.with([&](const RedisHealth& health) {
      stats.healthy = !health.left_alone && !health.puts_refused;
      stats.last_error = health.last_error;
    });
    return stats;
  }

  void stop() {
    m_mail.box.with([](RedisMail::Box& box) { box.closed = true; });
    m_mail.bell.ring();
    std::lock_guard lock(m_stopping);
    if (m_thread.joinable()) m_thread.join();
  }

 private:
  RedisJob job_of(RedisJob::Kind kind, const Key& key, std::size_t bytes) {
    RedisJob job;
    job.kind = kind;
    job.key = key;
    job.room = RedisRoom(m_mail.held, bytes, m_options.mailbox_bytes_max);
    return job;
  }

  const RedisOptions m_options;
  const SystemClock m_clock;
  RedisMail m_mail;
  RedisLoop m_loop;
  std::mutex m_stopping;
  std::thread m_thread;
};

Result<std::unique_ptr<RedisStore>> RedisStore::start(config::CacheUrl url, RedisOptions options) {
  auto impl = std::make_unique<Impl>(std::move(url), options);
  PK_TRY(impl->start());
  return std::unique_ptr<RedisStore>(new RedisStore(std::move(impl)));
}

RedisStore::RedisStore(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
RedisStore::~RedisStore() {
  stop();
}

void RedisStore::get(const Key& key, std::int64_t now_ms, const Post& post,
                     std::function<void(EntryPtr)> done) {
  m_impl->get(key, now_ms, post, std::move(done));
}
void RedisStore::put(const Key& key, EntryPtr entry) {
  m_impl->put(key, std::move(entry));
}
void RedisStore::remove(const Key& key) {
  m_impl->remove(key);
}
StoreStats RedisStore::stats() const {
  return m_impl->stats();
}
void RedisStore::stop() {
  m_impl->stop();
}

}  // namespace pk::cache
