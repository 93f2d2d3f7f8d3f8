// Takes records from any thread and puts them on disk, a batch per transaction (group commit).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "log/sink.h"
#include "store/env.h"
#include "store/plan.h"

namespace pk::store {

inline constexpr std::size_t k_queue_bytes_default = 64'000'000;
// A record that closes within this time of its opening is written once. An opened one rests in memory that
// long.
inline constexpr std::chrono::milliseconds k_open_rest{25};

// A strict batch waits for the exchanges that were opened just now: their records want a commit of their own
// within moments, and a commit costs as much as thirty records. It looks every k_commit_step, for at most
// k_commit_wait_max, and no longer than until fewer than k_commit_siblings are left. Where most exchanges
// take longer than k_open_rest, as with a provider far away, it does not wait at all.
inline constexpr std::chrono::microseconds k_commit_step{500};
inline constexpr std::chrono::microseconds k_commit_wait_max{4000};
inline constexpr std::size_t k_commit_siblings = 4;

enum class Durability {
  strict,   // a batch is committed as soon as the one before is on disk (but see k_commit_step)
  relaxed,  // a batch waits `linger` for more
};

struct WriterOptions {
  Durability durability = Durability::strict;
  // All that is not on disk yet, encoded. At 3/4 of it bodies are left out of new records, at all of it
  // records.
  std::size_t queue_bytes_max = k_queue_bytes_default;
  std::chrono::milliseconds linger{10};
  // Nothing: the plan kept in the ledger, read with each batch.
  std::optional<Tier> plan;
  std::chrono::milliseconds open_rest = k_open_rest;
};

struct WriterStats {
  std::uint64_t records_written = 0;
  std::uint64_t records_lost = 0;
  std::uint64_t bodies_dropped = 0;   // requests and responses left out because the queue was full
  std::uint64_t content_skipped = 0;  // records whose content the plan does not keep
  std::uint64_t released_early = 0;   // records that durable() passed while the store was sick
  std::uint64_t batches = 0;          // transactions
  std::size_t queue_bytes = 0;
  bool healthy = true;
  std::string last_error;  // why it is not, or was not the last time: "no space left on the disk"
};

// Encoding runs on the caller's thread, and compression of what is large (k_packed_late_max) or has to wait;
// other compression, and all writing, on the writer's own. The queue is bounded and never blocks a caller.
//
// A store that fails does not stop anyone: the batch is kept and tried again with growing pauses (up to 1 s),
// so a disk that has space again gets everything that fitted the queue; what did not is counted. From the
// first failure on until it works again healthy() is false and durable() lets everything pass (counted as
// released_early): waiting would not help. What is not on disk yet when it works again is waited for as ever.
// A record that alone makes a transaction fail is given up and counted as lost.
class LogWriter final : public log::Sink {
 public:
  // Turns what dead runs left open into interrupted records, then starts the thread. unauthorized if `env` is
  // read_only.
  static Result<std::unique_ptr<LogWriter>> start(std::shared_ptr<Env> env, WriterOptions options = {});
  ~LogWriter() override;  // stop()

  // The two posts of the Sink. 0: the queue is full, or stop() was called. A refused open is not counted as
  // lost: its close may still be taken in, then without the request. durable() passes an open that is still
  // resting (k_open_rest): nobody has the response yet.
  Seq open(const log::LogRecord& record) override;
  Seq close(const log::LogRecord& record) override;
  // The queue is never too small for them once it is empty. They are in one transaction, but for what alone
  // makes one fail.
  Seq close_all(std::span<const log::LogRecord> records) override;
  Seq durable() const override;
  // False for good for what was given up, and for what was taken in before it and not on disk by then.
  bool is_kept(Seq seq) const override;
  bool healthy() const override;
  void subscribe(std::function<void()> on_advance) override;

  // Writes all that was taken in, then ends the thread; a sick store is tried for at most 2 s more, what is
  // left is counted as lost. Nothing is taken in afterwards. Any thread, any number of times.
  void stop();

  // Any thread. Numbers since start().
  WriterStats stats() const;

 private:
  class Impl;
  explicit LogWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

// Turns what dead runs left in `open` into records with state interrupted, and returns how many. What a
// command-line reader calls first where the ledger can be written; safe beside a server and other writers
// (they are alive).
Result<std::size_t> promote_interrupted(Env& env);

}  // namespace pk::store
