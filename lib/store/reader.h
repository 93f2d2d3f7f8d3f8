// Reads the ledger, from this process or another, while one serves. No read transaction outlives one call.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "log/record.h"
#include "store/feedback_totals.h"

namespace pk::store {

class Block;
class Decompressor;
class Env;
struct BlockMask;

enum class Order { newest_first, oldest_first };

// A stretch of the ledger by id, which is by time. Ends are where they say; nothing set means all of it.
struct Range {
  std::optional<Uuid> from;    // inclusive lowest id
  std::optional<Uuid> before;  // exclusive highest id
  Order order = Order::newest_first;
};

// The id right after `id` in order; nothing after the last one.
std::optional<Uuid> successor(Uuid id);

// What a scan over columns asks. Its records come as blocks and, those that no block has, as rows.
class ColumnVisitor {
 public:
  virtual ~ColumnVisitor() = default;
  // `mask` has 1 for the records of the block that lie in the range and have no mark. Those left at 1 are
  // given to row(). False: what the block has cannot be judged, all of its rows are given. Inside a read
  // transaction: brief, and nothing else of the ledger. A visitor that counts what it is asked about takes
  // all of it and leaves no 1, or nothing: where a 1 is left it may be asked again about what row() was not
  // given.
  virtual bool block(const Block& block, BlockMask& mask) = 0;
  // Of a row, sound, that no block has: its bytes. False: row() need not be given its record.
  virtual bool may_want(std::string_view) { return true; }
  // In the order of the range, after block(); without a transaction. The record is reused. False: enough.
  virtual bool row(const log::LogRecord& record) = 0;
  // A row that cannot be read; the error names its id.
  virtual bool damaged(Error error) = 0;
};

// One thread per object. Several readers may share one Env.
class LogReader {
 public:
  explicit LogReader(std::shared_ptr<Env> env);
  LogReader(LogReader&& other) noexcept;
  ~LogReader();

  // Of a reader that somebody waits for: asked before each page that one of the scans below reads, whether or
  // not there was anything to call back with. True, and nobody waits any more: the scan ends with
  // `cancelled`. Asked on the threads of another() too.
  void set_given_up(std::function<bool()> given_up) { m_given_up = std::move(given_up); }
  // That error; for who does more work for a page than reading it.
  Result<void> go_on() const;

  // Calls `visit` with each record of the range in order (without request and response; `feedback` is joined)
  // until it returns false or `rows_max` records were visited. Returns how many were visited. A damaged
  // record is a corrupt error that names its id; to go on after it, set the range past it. The record given
  // is reused for the next row: copy what is to be kept.
  Result<std::size_t> scan(const Range& range, std::size_t rows_max,
                           const std::function<bool(const log::LogRecord&)>& visit) const;

  // The records of a range by their columns, as far as there are any.
  Result<void> scan_columns(const Range& range, ColumnVisitor& visitor) const;

  // The range in its order, cut into parts of about `blocks` blocks of columns: for who scans it on several
  // threads. One where there are fewer.
  Result<std::vector<Range>> parts(const Range& range, std::size_t blocks) const;

  // The record whole, with request and response. Nothing if there is none with that id.
  Result<std::optional<log::LogRecord>> get(const Uuid& id) const;

  // The nth newest, 1 being the newest (`@latest`, `@2`). Nothing if there are fewer.
  Result<std::optional<Uuid>> newest(std::size_t nth) const;

  // Up to `most` ids that contain `part` (lower-case hex digits and hyphens, as in an id's text), newest
  // first. A prefix of an id is found by seeking; another part by a scan of the keys.
  Result<std::vector<Uuid>> find(std::string_view part, std::size_t most) const;

  // The records of a trace, newest first.
  Result<std::vector<Uuid>> trace(std::string_view trace_id) const;

  // The ids of a range in order, records not looked at, until `visit` returns false.
  Result<void> scan_ids(const Range& range, const std::function<bool(const Uuid&)>& visit) const;

  // The requests that are on their way now, or were when their process ended: opened, not closed.
  Result<std::vector<Uuid>> open_ids() const;

  // All feedback, by trace.
  Result<FeedbackTotals> feedback_totals() const;

  // How many records there are.
  Result<std::uint64_t> count() const;

  // A reader of the same for another thread, given up as this one is.
  LogReader another() const;

  // What it reads: for who reads with it on other threads.
  const std::shared_ptr<Env>& env() const { return m_env; }

  // Grows each time a transaction changed the ledger, whichever process wrote it: what --follow watches.
  // Cheap.
  std::uint64_t version() const;

 private:
  std::shared_ptr<Env> m_env;
  std::function<bool()> m_given_up;
  mutable std::unique_ptr<Decompressor> m_decompressor;  // made by the first get(): making it is dear
};

}  // namespace pk::store
