#include "store/writer.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <limits>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/guarded.h"
#include "base/mailbox.h"
#include "base/rng.h"
#include "store/batch.h"
#include "store/column_maker.h"
#include "store/locks.h"

namespace pk::store {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::milliseconds;

constexpr milliseconds k_retry_first{10};
constexpr milliseconds k_retry_max{1000};
constexpr milliseconds k_stop_max{2000};  // for a sick store
constexpr milliseconds k_idle_wait{60'000};
constexpr milliseconds k_columns_step{20};     // between two blocks: most of the time is the batches'
constexpr milliseconds k_columns_pause{2000};  // where none was due
constexpr double k_quick_share_min = 0.5;
constexpr double k_quick_memory = 64;              // about so many exchanges are remembered
constexpr std::size_t k_bare_record_bytes = 4096;  // more than a record without bodies takes in the queue

// May pass by itself or by someone's hand: space, permission, a cable. What is wrong with the bytes does not.
bool may_pass(Errc code) {
  return code == Errc::limit || code == Errc::io || code == Errc::unauthorized;
}

struct UuidHash {
  std::size_t operator()(const Uuid& id) const {
    std::size_t low = 0;
    std::memcpy(&low, id.bytes.data() + 8, sizeof low);
    return low;
  }
};

// Opened records that wait for their closing.
class Resting {
 public:
  void add(Post post, SteadyTime until) {
    m_order.push_back({until, post.id});
    m_posts.insert_or_assign(post.id, std::move(post));
  }
  std::optional<Post> take(const Uuid& id) {
    const auto found = m_posts.find(id);
    if (found == m_posts.end()) return {};
    std::optional<Post> post(std::move(found->second));
    m_posts.erase(found);
    return post;
  }
  // The next one whose time is over.
  std::optional<Post> take_due(SteadyTime now) {
    while (!m_order.empty() && m_order.front().until <= now) {
      const Uuid id = m_order.front().id;
      m_order.pop_front();
      if (auto post = take(id)) return post;
    }
    return {};
  }
  bool is_empty() const { return m_posts.empty(); }
  std::size_t size() const { return m_posts.size(); }
  // No post is due before; only while it is not empty.
  SteadyTime next_due() {
    while (!m_posts.contains(m_order.front().id)) m_order.pop_front();
    return m_order.front().until;
  }

 private:
  struct Place {
    SteadyTime until;
    Uuid id;
  };
  std::unordered_map<Uuid, Post, UuidHash> m_posts;
  std::deque<Place> m_order;
};

PostEncoder& encoder_of_this_thread() {
  thread_local PostEncoder encoder;
  return encoder;
}

}  // namespace

class LogWriter::Impl {
 public:
  Impl(std::shared_ptr<Env> env, WriterOptions options, RunLock run)
      : m_env(std::move(env)), m_options(options), m_run(std::move(run)) {}

  void start() {
    m_thread = std::thread([this] { run(); });
  }

  Seq post(const log::LogRecord& record, Post::Kind kind);
  Seq post_all(std::span<const log::LogRecord> records);
  Seq durable() const { return m_sick ? m_posted.load() : m_durable.load(); }
  bool is_kept(Seq seq) const { return m_durable >= seq && m_given_up < seq; }
  bool healthy() const { return !m_sick && fits(k_bare_record_bytes, m_options.queue_bytes_max); }
  void subscribe(std::function<void()> on_advance) { m_on_advance = std::move(on_advance); }
  void stop();
  WriterStats stats() const;

 private:
  std::size_t bodies_max() const { return m_options.queue_bytes_max / 4 * 3; }
  // More than rests or lingers in good times: a disk that hangs, or more than one thread can compress. The
  // workers then help, which slows them down, and what waits takes half the room.
  std::size_t late_max() const { return m_options.queue_bytes_max / 8; }
  bool fits(std::size_t cost, std::size_t limit) const;
  bool reserve(std::size_t cost);
  Seq number(Post& post);
  bool is_hurried(Post::Kind kind) const;

  void run();
  bool gather();
  milliseconds wait_max();
  void sort_posts();
  void take_due(SteadyTime now);
  void await_siblings();
  void count_rest(bool quick);
  void write_out();
  Result<void> write(Work* works, std::size_t count);
  void write_singly();
  void done(std::size_t count);
  void give_up(std::size_t count);
  void note_failure(const Error& error);
  void note_success();
  bool pause(milliseconds time);
  void make_columns();

  const std::shared_ptr<Env> m_env;
  const WriterOptions m_options;
  const RunLock m_run;
  std::function<void()> m_on_advance;

  // The bound is kept by m_queue_bytes, which counts what the writer holds as well.
  Mailbox<Post> m_mailbox{std::numeric_limits<std::size_t>::max()};
  std::atomic<std::size_t> m_queue_bytes = 0;
  std::atomic<Seq> m_posted = 0;
  std::atomic<Seq> m_durable = 0;
  std::atomic<Seq> m_given_up = 0;  // the latest one; set before m_durable passes it
  std::atomic<bool> m_sick = false;
  std::atomic<bool> m_idle = true;
  std::atomic<std::uint64_t> m_written = 0, m_lost = 0, m_bodies_dropped = 0, m_skipped = 0, m_released = 0,
                             m_batches = 0;
  Guarded<std::string> m_last_error;

  std::mutex m_stop_mutex;
  std::condition_variable m_stop_changed;
  bool m_stopping = false;
  std::mutex m_join_mutex;
  SteadyTime m_stop_by{};

  // Of the writing thread alone.
  Compressor m_compressor;
  PostPacker m_packer{m_compressor};
  std::vector<Post> m_posts;
  std::vector<Work> m_works;
  Resting m_resting;
  double m_quick_share = 0;  // of the latest exchanges: those that were over within their rest
  Seq m_taken = 0;
  bool m_quiet = false;
  ColumnMaker m_column_maker{*m_env};
  SteadyTime m_columns_due{};
  SteadyTime m_last_write{};
  bool m_columns_settled = false;  // nothing to do before the next write

  std::thread m_thread;
};

// --- posting: any thread

bool LogWriter::Impl::fits(std::size_t cost, std::size_t limit) const {
  const std::size_t queued = m_queue_bytes.load(std::memory_order_relaxed);
  return queued == 0 || queued + cost <= limit;
}

// Room in the queue for a post, or for several that go together.
bool LogWriter::Impl::reserve(std::size_t cost) {
  std::size_t queued = m_queue_bytes.load(std::memory_order_relaxed);
  do
    if (queued != 0 && queued + cost > m_options.queue_bytes_max) return false;
  while (!m_queue_bytes.compare_exchange_weak(queued, queued + cost));
  return true;
}

// Under the mailbox's lock.
log::Sink::Seq LogWriter::Impl::number(Post& post) {
  post.seq = m_posted.load(std::memory_order_relaxed) + 1;
  m_posted = post.seq;
  return post.seq;
}

// An opening rests anyway, so it need not wake the writer from its short sleep.
bool LogWriter::Impl::is_hurried(Post::Kind kind) const {
  return kind == Post::Kind::closed || m_idle;
}

log::Sink::Seq LogWriter::Impl::post(const log::LogRecord& record, Post::Kind kind) {
  PostEncoder& encoder = encoder_of_this_thread();
  const std::uint64_t bodies = record.request.has_value() + record.response.has_value();
  bool with_content = fits(0, bodies_max());
  Post post = encoder.encode(record, kind, with_content, !fits(0, late_max()));
  if (with_content && !fits(post.cost, m_options.queue_bytes_max)) {
    with_content = false;
    post = encoder.encode(record, kind, false);
  }
  const bool closes = kind == Post::Kind::closed;
  const std::size_t cost = post.cost;
  Seq seq = 0;
  if (reserve(cost)) {
    const bool taken = m_mailbox.post(post, cost, [&](Post& taken_post) {
      seq = number(taken_post);
      return is_hurried(kind);
    });
    if (!taken) m_queue_bytes -= cost;
  }
  if (seq == 0) m_lost += closes;
  if (seq != 0 && !with_content) m_bodies_dropped += bodies;
  if (seq != 0 && m_sick) m_released += closes;
  return seq;
}

log::Sink::Seq LogWriter::Impl::post_all(std::span<const log::LogRecord> records) {
  PostEncoder& encoder = encoder_of_this_thread();
  const bool packed = !fits(0, late_max());
  std::vector<Post> posts;
  std::size_t cost = 0;
  for (const log::LogRecord& record : records)
    cost += posts.emplace_back(encoder.encode(record, Post::Kind::closed, true, packed)).cost;
  if (!reserve(cost)) return 0;
  Seq last = 0;
  if (!m_mailbox.post_all(posts, cost, [&](Post& post) { last = number(post); })) m_queue_bytes -= cost;
  if (last != 0 && m_sick) m_released += records.size();
  return last;
}

void LogWriter::Impl::stop() {
  {
    const std::lock_guard lock(m_stop_mutex);
    if (!m_stopping) m_stop_by = std::chrono::steady_clock::now() + k_stop_max;
    m_stopping = true;
  }
  m_stop_changed.notify_all();
  m_mailbox.close();
  const std::lock_guard lock(m_join_mutex);
  if (m_thread.joinable()) m_thread.join();
}

WriterStats LogWriter::Impl::stats() const {
  WriterStats stats;
  stats.records_written = m_written;
  stats.records_lost = m_lost;
  stats.bodies_dropped = m_bodies_dropped;
  stats.content_skipped = m_skipped;
  stats.released_early = m_released;
  stats.batches = m_batches;
  stats.queue_bytes = m_queue_bytes;
  stats.healthy = healthy();
  stats.last_error = m_last_error.with([](const std::string& text) { return text; });
  return stats;
}

// --- writing: the writer's thread

void LogWriter::Impl::run() {
  for (bool more = true; more;) {
    more = gather();
    write_out();
    if (more) make_columns();
  }
}

// One block at a time, so that what is posted meanwhile waits for a few ms at most. What fails here will fail
// a batch too, and be told by that.
void LogWriter::Impl::make_columns() {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (m_sick || now < m_columns_due) return;
  const bool quiet = m_quiet && now - m_last_write > k_columns_pause;
  const Result<bool> made = m_column_maker.step(SystemClock().wall_ms(), quiet);
  const bool more = made && *made;
  m_columns_due = std::chrono::steady_clock::now() + (more ? k_columns_step : k_columns_pause);
  m_columns_settled = !more && now - m_last_write > k_columns_pause;
}

// Fills m_works; false once nothing more will come.
bool LogWriter::Impl::gather() {
  m_posts.clear();
  m_idle = m_quiet;
  bool more = m_mailbox.take_all(m_posts, wait_max());
  m_quiet = m_posts.empty() && m_resting.is_empty();
  if (m_options.durability == Durability::relaxed && !m_posts.empty()) {
    pause(m_options.linger);
    m_mailbox.take_all(m_posts, milliseconds(0));
  }
  sort_posts();
  if (m_options.durability == Durability::strict && !m_works.empty()) await_siblings();
  take_due(more ? std::chrono::steady_clock::now() : SteadyTime::max());
  return more;
}

// Sleeping instead of listening to the mailbox: a post that nobody waits for costs its thread no system call.
void LogWriter::Impl::await_siblings() {
  const SteadyTime until = std::chrono::steady_clock::now() + k_commit_wait_max;
  while (m_resting.size() >= k_commit_siblings && m_quick_share > k_quick_share_min &&
         std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(k_commit_step);
    m_posts.clear();
    m_mailbox.take_all(m_posts, milliseconds(0));
    sort_posts();
  }
}

// Whether another exchange was over within its rest.
void LogWriter::Impl::count_rest(bool quick) {
  m_quick_share += ((quick ? 1.0 : 0.0) - m_quick_share) / k_quick_memory;
}

milliseconds LogWriter::Impl::wait_max() {
  if (m_quiet && m_columns_settled) return k_idle_wait;
  if (m_quiet) {
    const auto left = m_columns_due - std::chrono::steady_clock::now();
    return std::max(std::chrono::ceil<milliseconds>(left), milliseconds(1));
  }
  if (m_resting.is_empty()) return std::max(m_options.open_rest, milliseconds(1));
  const auto left = m_resting.next_due() - std::chrono::steady_clock::now();
  return std::max(std::chrono::ceil<milliseconds>(left), milliseconds(0));
}

void LogWriter::Impl::sort_posts() {
  const SteadyTime until = std::chrono::steady_clock::now() + m_options.open_rest;
  for (Post& post : m_posts) {
    m_taken = post.seq;
    m_packer.pack(post);
    if (post.kind == Post::Kind::opened) {
      m_resting.add(std::move(post), until);
      continue;
    }
    std::optional<Post> opened = m_resting.take(post.id);
    if (opened) count_rest(true);
    m_works.push_back({std::move(post), std::move(opened)});
  }
}

void LogWriter::Impl::take_due(SteadyTime now) {
  while (auto post = m_resting.take_due(now)) {
    count_rest(false);
    m_works.push_back({*std::move(post), std::nullopt});
  }
}

// Until all works are on disk, or given up.
void LogWriter::Impl::write_out() {
  milliseconds wait = k_retry_first;
  while (!m_works.empty()) {
    const Result<void> written = write(m_works.data(), m_works.size());
    if (written) {
      done(m_works.size());
      note_success();
      return;
    }
    note_failure(written.error());
    if (!may_pass(written.error().code)) {
      write_singly();
      continue;
    }
    if (!pause(wait)) give_up(m_works.size());
    wait = std::min(wait * 2, k_retry_max);
  }
}

Result<void> LogWriter::Impl::write(Work* works, std::size_t count) {
  PK_ASSIGN(Batch batch, Batch::begin(*m_env, m_run.run(), m_options.plan, m_compressor));
  for (std::size_t i = 0; i < count; ++i) PK_TRY(batch.add(works[i]));
  PK_TRY(batch.commit());
  m_written += batch.records();
  m_last_write = std::chrono::steady_clock::now();
  m_columns_settled = false;
  m_skipped += batch.content_skipped();
  ++m_batches;
  return {};
}

// One record makes the batch fail: each alone, so that only that one is lost.
void LogWriter::Impl::write_singly() {
  while (!m_works.empty()) {
    const Result<void> written = write(&m_works.front(), 1);
    if (written) {
      done(1);
      note_success();
    } else if (may_pass(written.error().code)) {
      return;
    } else {
      note_failure(written.error());
      give_up(1);
    }
  }
}

void LogWriter::Impl::done(std::size_t count) {
  std::size_t cost = 0;
  for (std::size_t i = 0; i < count; ++i) cost += m_works[i].cost();
  m_works.erase(m_works.begin(), m_works.begin() + static_cast<std::ptrdiff_t>(count));
  m_queue_bytes -= cost;
  if (!m_works.empty()) return;
  m_durable = m_taken;
  if (m_on_advance) m_on_advance();
}

void LogWriter::Impl::give_up(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    m_lost += m_works[i].post.kind == Post::Kind::closed;
    m_given_up = std::max(m_given_up.load(), m_works[i].post.seq);
  }
  done(count);
}

void LogWriter::Impl::note_failure(const Error& error) {
  m_last_error.with([&](std::string& text) { text = error.message; });
  if (m_sick.exchange(true)) return;
  for (const Work& work : m_works) m_released += work.post.kind == Post::Kind::closed;
  if (m_on_advance) m_on_advance();  // durable() passes everything now
}

void LogWriter::Impl::note_success() {
  m_sick = false;
}

// False if the time that stop() gives is over.
bool LogWriter::Impl::pause(milliseconds time) {
  std::unique_lock lock(m_stop_mutex);
  const SteadyTime until = std::chrono::steady_clock::now() + time;
  m_stop_changed.wait_until(lock, until, [this] { return m_stopping; });
  if (!m_stopping) return true;
  if (std::chrono::steady_clock::now() >= m_stop_by) return false;
  lock.unlock();
  std::this_thread::sleep_for(k_retry_first);
  return true;
}

LogWriter::LogWriter(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

LogWriter::~LogWriter() {
  stop();
}

Result<std::unique_ptr<LogWriter>> LogWriter::start(std::shared_ptr<Env> env, WriterOptions options) {
  if (env->mode() == Mode::read_only) return Error{Errc::unauthorized, "the ledger is open for reading only"};
  static const SystemClock clock;
  PK_ASSIGN(RunLock run, RunLock::take(env->dir(), UuidSource(clock, Rng::from_entropy()).next()));
  PK_TRY(promote_interrupted(*env));
  auto impl = std::make_unique<Impl>(std::move(env), options, std::move(run));
  impl->start();
  return std::unique_ptr<LogWriter>(new LogWriter(std::move(impl)));
}

log::Sink::Seq LogWriter::open(const log::LogRecord& record) {
  return m_impl->post(record, Post::Kind::opened);
}
log::Sink::Seq LogWriter::close(const log::LogRecord& record) {
  return m_impl->post(record, Post::Kind::closed);
}
log::Sink::Seq LogWriter::close_all(std::span<const log::LogRecord> records) {
  return m_impl->post_all(records);
}
log::Sink::Seq LogWriter::durable() const {
  return m_impl->durable();
}
bool LogWriter::is_kept(Seq seq) const {
  return m_impl->is_kept(seq);
}
bool LogWriter::healthy() const {
  return m_impl->healthy();
}
void LogWriter::subscribe(std::function<void()> on_advance) {
  m_impl->subscribe(std::move(on_advance));
}
void LogWriter::stop() {
  m_impl->stop();
}
WriterStats LogWriter::stats() const {
  return m_impl->stats();
}

}  // namespace pk::store
