// Where finished records go. The gateway knows only this; serve wires the ledger's writer behind it.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "log/record.h"

namespace pk::log {

// Any thread may call any function; none of them blocks on the disk.
class Sink {
 public:
  // A place in the order of writing. Greater is later; 0 means the record was not taken in (and was counted
  // as lost).
  using Seq = std::uint64_t;

  virtual ~Sink() = default;

  // The request was read: `record` has its head and, if tracked, `request`. Should the process end before the
  // matching close, the ledger shows it as interrupted.
  virtual Seq open(const LogRecord& record) = 0;

  // The exchange is over. `record.request` may be empty if it was given to open(): the ledger keeps that one.
  virtual Seq close(const LogRecord& record) = 0;

  // close() of each, and of all or none: they are taken in whole, bodies too, and are written together; or 0,
  // and none is counted as lost. For records that whoever made them can bring again. Not empty.
  virtual Seq close_all(std::span<const LogRecord> records) = 0;

  // All that was closed up to and including this place is on disk. An opening may rest for some milliseconds
  // to meet its closing. Where the sink fails it lets everything pass, and counts that: waiting would not
  // help.
  virtual Seq durable() const = 0;

  // Whether what was closed at `seq` (not 0) is on disk: durable() without the mercy. For whoever would
  // rather say no than let pass what is not.
  virtual bool is_kept(Seq seq) const { return healthy() && durable() >= seq; }

  // False when a record would not be kept now (store away, full, or the mailbox full): what `--on-log-failure
  // refuse` asks.
  virtual bool healthy() const = 0;

  // `on_advance` is called from the writer's thread after each time durable() grew; it must be quick and not
  // throw. Call before the first open(); the callee must outlive the sink's writing.
  virtual void subscribe(std::function<void()> on_advance) = 0;
};

}  // namespace pk::log
