#include "store/column_maker.h"

#include "store/block.h"
#include "store/codec.h"
#include "store/column_marks.h"
#include "store/reader.h"
#include "store/wire.h"

namespace pk::store {

namespace {

Result<bool> has_row(const Txn& txn, const Uuid& from, const Uuid& before) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
  PK_ASSIGN(const bool found, cursor.seek(as_view(from)));
  return found && cursor.key() < as_view(before);
}

// The id of the nth row from `from` on, if there are that many.
Result<std::optional<Uuid>> nth_row(const Txn& txn, const Uuid& from, std::size_t nth) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
  PK_ASSIGN(bool found, cursor.seek(as_view(from)));
  for (std::size_t i = 1; found && i < nth; ++i) {
    PK_ASSIGN(found, cursor.next());
  }
  return found ? std::optional<Uuid>(as_uuid(cursor.key())) : std::nullopt;
}

Result<std::size_t> open_before(const Txn& txn, const Uuid& id, std::size_t most) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::open));
  PK_ASSIGN(bool found, cursor.first());
  std::size_t count = 0;
  while (found && count < most && cursor.key() < as_view(id)) {
    ++count;
    PK_ASSIGN(found, cursor.next());
  }
  return count;
}

}  // namespace

// Small blocks that follow each other.
struct ColumnMaker::Run {
  Uuid from;
  Uuid end;
  std::size_t blocks = 0;
  std::size_t marks = 0;

  void add(const Block& block, std::size_t bytes, std::size_t block_marks) {
    const bool small = block.size() <= k_small_block_records && bytes <= k_small_block_bytes;
    if (blocks == 0 || end != block.from() || !small || marks + block_marks >= k_joining_marks) {
      from = block.from();
      blocks = marks = 0;
    }
    end = block.before();
    blocks += small ? 1 : 0;
    marks += block_marks;
  }
};

Result<bool> ColumnMaker::step(std::int64_t now_ms, bool quiet) {
  {
    PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(m_env));
    PK_ASSIGN(const auto work, find(txn, now_ms, quiet));
    if (!work) {
      m_at = Uuid{};
      return false;
    }
  }
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(m_env));
  // Others may have been here in between.
  PK_ASSIGN(const auto work, find(txn, now_ms, quiet));
  if (!work) return true;
  PK_TRY(carry_out(txn, *work));
  PK_TRY(txn.commit());
  m_at = work->again_from;
  return true;
}

Result<std::optional<ColumnMaker::Work>> ColumnMaker::find(const Txn& txn, std::int64_t now_ms,
                                                           bool quiet) const {
  using Found = std::optional<Work>;
  PK_ASSIGN(const std::uint64_t free_lists, txn.free_lists());
  const bool may_join = quiet || free_lists <= k_joining_free_lists;
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::columns));
  PK_ASSIGN(bool more, seek_block(cursor, m_at));
  if (!more) {
    PK_ASSIGN(more, cursor.first());
  }
  while (more && !is_block_key(cursor.key())) {
    PK_ASSIGN(more, cursor.next());
  }
  // After a block that is damaged there is no telling where it ended: its own begin is before that.
  Uuid end = m_at.is_nil() || !more ? Uuid{} : as_uuid(cursor.key());
  Run run;
  const auto again_from = [&run](const Uuid& from) { return run.blocks > 0 ? run.from : from; };
  std::vector<Uuid> marks;
  while (more) {
    const Uuid from = as_uuid(cursor.key());
    const std::size_t bytes = cursor.value().size();
    const auto block = Block::view(cursor.key(), cursor.value());
    if (end < from) {
      PK_ASSIGN(const bool missing, has_row(txn, end, from));
      if (missing) return Found(Work{Kind::make, end, from, again_from(end)});
    }
    marks.clear();
    PK_ASSIGN(more, read_marks(cursor, marks));
    const std::optional<Uuid> next = more ? std::optional(as_uuid(cursor.key())) : std::nullopt;
    if (!block) return Found(Work{Kind::remake, from, next, again_from(from)});
    if (block->size() > k_small_block_records) {
      if (marks.size() >= k_joined_stale_marks)
        return Found(Work{Kind::drop, from, block->before(), again_from(from)});
    } else if (marks.size() >= k_block_stale_marks) {
      return Found(Work{Kind::remake, from, block->before(), again_from(from)});
    }
    end = block->before();
    if (!may_join || m_apart.contains(from)) {
      run = {};
      continue;
    }
    run.add(*block, bytes, marks.size());
    if (run.blocks == k_blocks_joined) return Found(Work{Kind::join, run.from, run.end, run.from});
  }
  PK_ASSIGN(const bool ripe, is_ripe(txn, end, now_ms));
  if (!ripe) return Found{};
  return Found(Work{Kind::make, end, std::nullopt, again_from(end)});
}

Result<bool> ColumnMaker::is_ripe(const Txn& txn, const Uuid& from, std::int64_t now_ms) const {
  PK_ASSIGN(const auto last, nth_row(txn, from, k_block_records));
  if (!last || last->time_ms() > now_ms - k_block_rest_ms) return false;
  PK_ASSIGN(const std::size_t open, open_before(txn, *last, k_block_open_max + 1));
  return open <= k_block_open_max;
}

// The rows of `work` into the builder; where the next row behind them begins, if it does not take them all.
Result<std::optional<Uuid>> ColumnMaker::read_rows(const WriteTxn& txn, const Work& work,
                                                   std::vector<Uuid>& damaged) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::records));
  PK_ASSIGN(bool more, cursor.seek(as_view(work.from)));
  const std::size_t records_max = work.kind == Kind::remake ? k_small_block_records : k_block_records;
  while (more && (!work.before || cursor.key() < as_view(*work.before))) {
    const Uuid id = as_uuid(cursor.key());
    if (m_builder.size() == records_max || m_builder.is_full() || damaged.size() == k_block_marks_max)
      return std::optional(id);
    if (decode_row(id, cursor.value(), m_record))
      m_builder.add(m_record, flags_of(cursor.value()) & row_flag::own_trace);
    else
      damaged.push_back(id);
    PK_ASSIGN(more, cursor.next());
  }
  return std::optional<Uuid>{};
}

Result<void> ColumnMaker::carry_out(WriteTxn& txn, const Work& work) {
  if (work.kind == Kind::join) return join(txn, work);
  if (work.kind != Kind::make) PK_TRY(drop_block(txn, work.from));
  return work.kind == Kind::drop ? Result<void>{} : make(txn, work);
}

Result<void> ColumnMaker::make(WriteTxn& txn, const Work& work) {
  m_builder.clear();
  std::vector<Uuid> damaged;
  PK_ASSIGN(std::optional<Uuid> before, read_rows(txn, work, damaged));
  if (!before) before = work.before;
  if (!before) before = successor(std::max(m_builder.last(), damaged.empty() ? Uuid{} : damaged.back()));
  if (!before || (m_builder.size() == 0 && damaged.empty())) return {};
  PK_TRY(txn.put(Table::columns, as_view(work.from), m_builder.finish(work.from, *before)));
  for (const Uuid& id : damaged) PK_TRY(mark_changed(txn, id));
  return {};
}

// Marks stay: what they are about is the same.
Result<void> ColumnMaker::join(WriteTxn& txn, const Work& work) {
  m_builder.clear();
  std::vector<Uuid> joined;
  {
    PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::columns));
    PK_ASSIGN(bool more, cursor.seek(as_view(work.from)));
    while (more && cursor.key() < as_view(*work.before)) {
      const auto block = Block::view(cursor.key(), cursor.value());
      if (block && !m_builder.add(*block)) {
        m_apart.insert(block->from());
        return {};
      }
      if (block) joined.push_back(block->from());
      PK_ASSIGN(more, cursor.next());
    }
  }
  for (const Uuid& from : joined) PK_TRY(txn.remove(Table::columns, as_view(from)));
  return txn.put(Table::columns, as_view(work.from), m_builder.finish(work.from, *work.before));
}

Result<void> make_columns(Env& env, std::int64_t now_ms, const std::function<bool()>& go_on) {
  ColumnMaker maker(env);
  while (true) {
    PK_ASSIGN(const bool made, maker.step(now_ms));
    if (!made || (go_on && !go_on())) return {};
  }
}

}  // namespace pk::store
