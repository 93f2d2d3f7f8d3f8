// Makes the blocks of `columns` that are missing, one at a time and each in a transaction of its own: by the
// writer's thread between its batches, by a command in one go.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>

#include "base/result.h"
#include "store/block_builder.h"
#include "store/env.h"
#include "store/txn.h"

namespace pk::store {

// Records as young as this may still have some beside them that are on their way to disk.
inline constexpr std::int64_t k_block_rest_ms = 1000;
// So many may be open, begun before the block's last record: they get marks when they close.
inline constexpr std::size_t k_block_open_max = k_block_marks_max / 2;
// A small block with so many marks is made anew; one of joined ones makes place for small ones.
inline constexpr std::size_t k_block_stale_marks = k_block_marks_max / 4;
inline constexpr std::size_t k_joined_stale_marks = k_block_marks_max * 3 / 4;
// Small blocks with so many marks in all are not joined, so that what comes later has room.
inline constexpr std::size_t k_joining_marks = k_block_marks_max / 2;
// With more lists of free pages (after a prune there are hundreds) LMDB may take up to a second to find room
// for a joined block, with the write lock held.
inline constexpr std::uint64_t k_joining_free_lists = 64;

// One thread.
class ColumnMaker {
 public:
  explicit ColumnMaker(Env& env) : m_env(env) {}

  // Makes the next block that is due: of newest records when there are k_block_records of them that have come
  // to rest, wherever blocks are missing or have many marks, and one of k_blocks_joined small ones that
  // follow each other. False if there is none; the next call then begins at the oldest again. Holds the write
  // lock for a few ms: as long as it takes to read that many rows, or to join their columns. `quiet`: nobody
  // writes, so that small ones are joined also where k_joining_free_lists make that long.
  Result<bool> step(std::int64_t now_ms, bool quiet = false);

 private:
  enum class Kind { make, remake, join, drop };
  struct Work {
    Kind kind;
    Uuid from;
    std::optional<Uuid> before;  // none: the newest
    Uuid again_from;             // where the next search begins
  };
  struct Run;

  Result<std::optional<Work>> find(const Txn& txn, std::int64_t now_ms, bool quiet) const;
  Result<bool> is_ripe(const Txn& txn, const Uuid& from, std::int64_t now_ms) const;
  Result<void> carry_out(WriteTxn& txn, const Work& work);
  Result<void> make(WriteTxn& txn, const Work& work);
  Result<void> join(WriteTxn& txn, const Work& work);
  Result<std::optional<Uuid>> read_rows(const WriteTxn& txn, const Work& work, std::vector<Uuid>& damaged);

  Env& m_env;
  BlockBuilder m_builder;
  log::LogRecord m_record;
  Uuid m_at;               // blocks before it are as they should be
  std::set<Uuid> m_apart;  // small blocks that cannot be joined: a column of theirs cannot be read
};

// Makes all that are due, until `go_on` says no. What a command that writes calls at its end.
Result<void> make_columns(Env& env, std::int64_t now_ms, const std::function<bool()>& go_on = {});

}  // namespace pk::store
