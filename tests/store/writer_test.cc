#include "store/writer.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <thread>

#include "store/fixture.h"
#include "store/probe.h"
#include "store/verify.h"

namespace pk::store::test {
namespace {

// A test's own way to wait: until the writer says so, not for a time.
class Waiting {
 public:
  explicit Waiting(LogWriter& writer) : m_writer(writer) {
    writer.subscribe([this] {
      const std::lock_guard lock(m_mutex);
      m_changed.notify_all();
    });
  }
  void for_seq(log::Sink::Seq seq) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_writer.durable() >= seq; });
  }

 private:
  LogWriter& m_writer;
  std::mutex m_mutex;
  std::condition_variable m_changed;
};

void require_sound(const std::shared_ptr<Env>& env) {
  const VerifyReport report = must(verify(*env));
  for (const std::string& line : report.damage) UNSCOPED_INFO(line);
  REQUIRE(report.damaged == 0);
}

}  // namespace

TEST_CASE("A record opened and closed comes back whole") {
  const TempDir dir;
  const auto env = open_env(dir);
  const log::LogRecord record = full_record();
  write_all(env, {record});
  log::LogRecord read = *must(LogReader(env).get(record.id));
  read.feedback = record.feedback;  // joined from elsewhere
  REQUIRE(read == record);
  require_sound(env);
}

TEST_CASE("A close without a request keeps the one of its open, also from an earlier transaction") {
  const TempDir dir;
  const auto env = open_env(dir);
  const bool early = GENERATE(false, true);
  WriterOptions options;
  if (early) options.open_rest = std::chrono::milliseconds(0);
  auto writer = must(LogWriter::start(env, options));
  Waiting waiting(*writer);
  const log::LogRecord record = record_at(k_now_ms);
  log::LogRecord opened = record;
  opened.response.reset();
  log::LogRecord closed = record;
  closed.request.reset();
  const auto seq = writer->open(opened);
  if (early) {
    waiting.for_seq(seq);
    REQUIRE(entries_of(env, Table::open) == 1);
    REQUIRE(read_all(env).empty());
  }
  writer->close(closed);
  writer->stop();
  REQUIRE(must(LogReader(env).get(record.id)) == record);
  REQUIRE(entries_of(env, Table::open) == 0);
  require_sound(env);
}

TEST_CASE("Places in the order of writing grow, and durable() ends at the last one") {
  const TempDir dir;
  const auto env = open_env(dir);
  const Durability durability = GENERATE(Durability::strict, Durability::relaxed);
  WriterOptions options;
  options.durability = durability;
  auto writer = must(LogWriter::start(env, options));
  Waiting waiting(*writer);
  log::Sink::Seq last = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const auto seq = writer->close(record_at(k_now_ms, i));
    REQUIRE(seq > last);
    last = seq;
  }
  waiting.for_seq(last);
  REQUIRE(must(LogReader(env).count()) == 500);
  writer->stop();
  const WriterStats stats = writer->stats();
  REQUIRE(stats.records_written == 500);
  REQUIRE(stats.queue_bytes == 0);
  REQUIRE(stats.healthy);
  REQUIRE(stats.batches < 500);  // records share transactions
  REQUIRE(writer->close(record_at(k_now_ms, 1000)) == 0);
  REQUIRE(writer->stats().records_lost == 1);
}

TEST_CASE("Several threads post, and nothing is missing") {
  const TempDir dir;
  const auto env = open_env(dir);
  auto writer = must(LogWriter::start(env, {}));
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 500; ++i) {
        log::LogRecord record = record_at(k_now_ms + static_cast<std::int64_t>(i), t);
        writer->open(record);
        record.request.reset();
        writer->close(record);
      }
    });
  for (std::thread& thread : threads) thread.join();
  writer->stop();
  REQUIRE(must(LogReader(env).count()) == 2000);
  REQUIRE(entries_of(env, Table::requests) == 2000);
  require_sound(env);
}

TEST_CASE("What a dead run left open becomes interrupted, what a live one has open does not") {
  const TempDir dir;
  const auto env = open_env(dir);
  WriterOptions options;
  options.open_rest = std::chrono::milliseconds(0);
  log::LogRecord record = record_at(k_now_ms);
  record.response.reset();
  {
    auto writer = must(LogWriter::start(env, options));
    writer->open(record);
    writer->stop();
    REQUIRE(must(promote_interrupted(*env)) == 0);
  }
  auto next = must(LogWriter::start(env, options));
  const log::LogRecord read = *must(LogReader(env).get(record.id));
  REQUIRE(read.state == log::State::interrupted);
  REQUIRE_FALSE(read.ok);
  REQUIRE(read.replay_blocked_by == log::ReplayBlock::no_content);
  REQUIRE(read.request == record.request);
  REQUIRE(entries_of(env, Table::open) == 0);
  require_sound(env);
}

TEST_CASE("Killed at any moment, all that was reported durable is there") {
  const TempDir dir;
  open_env(dir);
  for (int round = 0; round < 8; ++round) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      auto env = Env::open(dir.path(), Mode::read_write);
      auto writer = LogWriter::start(*env, {});
      // Each number that is durable goes through the pipe: what came out of it before the kill must be in the
      // ledger.
      (*writer)->subscribe([&] {
        const std::uint64_t durable = (*writer)->durable();
        if (write(ends[1], &durable, sizeof durable) < 0) _exit(1);
      });
      for (std::uint64_t i = 1;; ++i)
        while ((*writer)->close(record_at(k_now_ms + round, i)) == 0) {
        }
    }
    close(ends[1]);
    std::uint64_t durable = 0;
    for (int i = 0; i <= round; ++i) REQUIRE(read(ends[0], &durable, sizeof durable) == sizeof durable);
    kill(child, SIGKILL);
    std::uint64_t more = 0;
    while (read(ends[0], &more, sizeof more) == sizeof more) durable = more;
    close(ends[0]);
    waitpid(child, nullptr, 0);
    const auto env = open_env(dir);
    const LogReader reader(env);
    std::uint64_t found = 0;
    must(reader.scan(Range{id_at(k_now_ms + round), id_at(k_now_ms + round + 1), Order::oldest_first},
                     SIZE_MAX, [&](const log::LogRecord& record) {
                       ++found;
                       REQUIRE(record.id == id_at(k_now_ms + round, found));  // none missing in between
                       return true;
                     }));
    REQUIRE(found >= durable);
    require_sound(env);
  }
}

TEST_CASE("A full queue drops bodies first, then records, and counts both") {
  const TempDir dir;
  const auto env = open_env(dir);
  WriterOptions options;
  options.durability = Durability::relaxed;
  options.linger = std::chrono::milliseconds(3'600'000);  // nothing is written before stop()
  options.queue_bytes_max = 64 * 1024;
  auto writer = must(LogWriter::start(env, options));
  log::LogRecord record = record_at(k_now_ms);
  Rng rng(1);
  record.response->body.clear();
  while (record.response->body.size() < 3000) record.response->body += static_cast<char>(rng.next());
  std::uint64_t taken = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    record.id = id_at(k_now_ms, i);
    taken += writer->close(record) > 0;
  }
  REQUIRE_FALSE(writer->healthy());
  WriterStats stats = writer->stats();
  REQUIRE(stats.queue_bytes <= options.queue_bytes_max);
  REQUIRE(stats.records_lost == 200 - taken);
  REQUIRE(stats.records_lost > 0);
  REQUIRE(stats.bodies_dropped > 10);
  writer->stop();
  REQUIRE(must(LogReader(env).count()) == taken);
  std::uint64_t bare = 0;
  for (const log::LogRecord& read : read_all(env))
    bare += read.replay_blocked_by == log::ReplayBlock::no_content;
  REQUIRE(bare == stats.bodies_dropped / 2);
  require_sound(env);
}

TEST_CASE("Records that go together are taken in whole or not at all, whatever the queue has") {
  const TempDir dir;
  const auto env = open_env(dir);
  WriterOptions options;
  options.durability = Durability::relaxed;
  options.linger = std::chrono::milliseconds(3'600'000);  // nothing is written before stop()
  options.queue_bytes_max = 64 * 1024;
  auto writer = must(LogWriter::start(env, options));
  std::vector<log::LogRecord> records;
  for (std::uint64_t i = 0; i < 30; ++i) {
    records.push_back(record_at(k_now_ms, i));
    records.back().response->body = std::string(3000, static_cast<char>('a' + i));
  }
  const std::span<const log::LogRecord> all(records);
  REQUIRE(writer->close_all(all) > 0);  // more than the bound, but of an empty queue
  REQUIRE(writer->close_all(all.first(1)) == 0);
  REQUIRE(writer->stats().records_lost == 0);
  REQUIRE(writer->stats().bodies_dropped == 0);
  writer->stop();
  REQUIRE(writer->close_all(all) == 0);
  REQUIRE(writer->stats().queue_bytes == 0);
  REQUIRE(must(LogReader(env).count()) == records.size());
  for (const log::LogRecord& record : records) REQUIRE(must(LogReader(env).get(record.id)) == record);
  require_sound(env);
}

TEST_CASE("A full disk loses what does not fit the queue only, and the writer goes on when there is space") {
  const TempDir dir;
  { open_env(dir); }
  // In a child, for the limit on file size and its signal are of the process.
  const Result<int> ended = run_guarded([&] {
    signal(SIGXFSZ, SIG_IGN);
    const auto env = *Env::open(dir.path(), Mode::read_write);
    const rlimit small{static_cast<rlim_t>(must(env->size()).file_bytes + 64 * 1024), RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &small);
    auto writer = *LogWriter::start(env, {});
    log::LogRecord record = record_at(k_now_ms);
    Rng rng(1);
    for (int i = 0; i < 4000; ++i) record.response->body += static_cast<char>(rng.next());
    std::uint64_t n = 0;
    while (writer->healthy() && n < 1000) {
      record.id = id_at(k_now_ms, ++n);
      const auto seq = writer->close(record);
      if (seq == 0) return 1;
      while (writer->durable() < seq) std::this_thread::yield();  // on disk, or the store is sick
    }
    if (writer->healthy()) return 2;
    if (writer->stats().last_error.empty()) return 3;
    record.id = id_at(k_now_ms, ++n);
    const auto seq = writer->close(record);
    if (writer->durable() < seq) return 4;  // nobody waits for a sick store
    if (writer->stats().released_early == 0) return 5;
    if (writer->is_kept(seq)) return 8;
    const rlimit large{RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &large);
    writer->stop();
    const WriterStats stats = writer->stats();
    if (stats.records_lost != 0 || stats.records_written != n) return 6;
    if (*LogReader(env).count() != n || verify(*env)->damaged != 0) return 7;
    return 0;
  });
  REQUIRE(must(ended) == 0);
}

TEST_CASE("A store that stays sick does not keep stop() for ever, and what is lost is counted") {
  const TempDir dir;
  { open_env(dir); }
  const Result<int> ended = run_guarded([&] {
    signal(SIGXFSZ, SIG_IGN);
    const auto env = *Env::open(dir.path(), Mode::read_write);
    auto writer = *LogWriter::start(env, {});
    const rlimit none{0, RLIM_INFINITY};
    setrlimit(RLIMIT_FSIZE, &none);
    const auto seq = writer->close(record_at(k_now_ms));
    writer->stop();
    if (writer->durable() < seq || writer->is_kept(seq)) return 2;
    const WriterStats stats = writer->stats();
    return stats.records_lost == 1 && stats.queue_bytes == 0 && !stats.healthy ? 0 : 1;
  });
  REQUIRE(must(ended) == 0);
}

TEST_CASE("Past the developer allowance only statistics are kept; production counts on") {
  const TempDir dir;
  const auto env = open_env(dir);
  constexpr std::uint64_t allowance = 10'000;
  WriterOptions options;
  options.plan = GENERATE(Tier::developer, Tier::production);
  options.durability = Durability::relaxed;
  {
    auto writer = must(LogWriter::start(env, options));
    for (std::uint64_t i = 0; i < allowance + 5; ++i) writer->close(record_at(k_now_ms, i));
    // Another month has its own count.
    writer->close(record_at(k_now_ms + 40 * k_day_ms));
    writer->stop();
    REQUIRE(writer->stats().content_skipped == (options.plan == Tier::developer ? 5 : 0));
  }
  const MonthCount month = must(month_count(*env, k_now_ms));
  REQUIRE(month.logs == allowance + 5);
  REQUIRE(month.content_skipped == (options.plan == Tier::developer ? 5 : 0));
  REQUIRE(must(month_count(*env, k_now_ms + 40 * k_day_ms)).logs == 1);
  REQUIRE(must(month_count(*env, k_now_ms - 40 * k_day_ms)).logs == 0);
  const LogReader reader(env);
  REQUIRE(must(reader.get(id_at(k_now_ms, allowance - 1)))->response.has_value());
  const log::LogRecord last = *must(reader.get(id_at(k_now_ms, allowance)));
  REQUIRE(last.response.has_value() == (options.plan == Tier::production));
  REQUIRE(last.total_tokens == 12);
}

TEST_CASE("The plan kept in the ledger holds where none is given") {
  const TempDir dir;
  const auto env = open_env(dir);
  REQUIRE(must(stored_plan(*env)) == Tier::enterprise);
  must(set_stored_plan(*env, Tier::developer));
  REQUIRE(must(stored_plan(*env)) == Tier::developer);
}

TEST_CASE("Two processes write at once") {
  const TempDir dir;
  { open_env(dir); }
  constexpr std::uint64_t each = 300;
  const auto write_some = [&](std::int64_t time_ms) {
    auto env = Env::open(dir.path(), Mode::read_write);
    if (!env) return 1;
    auto writer = LogWriter::start(*env, {});
    if (!writer) return 2;
    for (std::uint64_t i = 0; i < each; ++i) {
      const log::LogRecord record = record_at(time_ms, i);
      (*writer)->open(record);
      (*writer)->close(record);
    }
    (*writer)->stop();
    return (*writer)->stats().records_written == each ? 0 : 3;
  };
  std::vector<pid_t> children;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = fork();
    if (child == 0) _exit(write_some(k_now_ms + i));
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
  }
  const auto env = open_env(dir);
  REQUIRE(must(LogReader(env).count()) == 2 * each);
  REQUIRE(must(month_count(*env, k_now_ms)).logs == 2 * each);
  require_sound(env);
}

TEST_CASE("A writer needs an environment that may be written") {
  const TempDir dir;
  { open_env(dir); }
  const auto writer = LogWriter::start(open_env(dir, Mode::read_only), {});
  REQUIRE_FALSE(writer);
  REQUIRE(writer.error().code == Errc::unauthorized);
}

TEST_CASE("An untracked record has no content and none of its fields says that it went") {
  const TempDir dir;
  const auto env = open_env(dir);
  log::LogRecord record = record_at(k_now_ms);
  record.tracked = false;
  record.request.reset();
  record.response.reset();
  record.replay_blocked_by = log::ReplayBlock::not_tracked;
  write_all(env, {record});
  REQUIRE(must(LogReader(env).get(record.id)) == record);
  require_sound(env);
}

}  // namespace pk::store::test
