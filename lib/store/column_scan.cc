#include "store/column_scan.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>

#include "store/block.h"
#include "store/codec.h"
#include "store/column_marks.h"
#include "store/page_reader.h"
#include "store/row_walk.h"
#include "store/txn.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::size_t k_page_pieces = 1024;  // looked at under one transaction
// A list of fifty, and whether there are more: who wants that does not wait for k_page_rows. Rows without a
// block stay at that: memory that is written to for the first time is dearer than reading a row. Of a block,
// a page more is a look at its columns more.
constexpr std::size_t k_first_page_rows = 51;
constexpr std::size_t k_page_looks = 4096;  // at rows that nobody wants
// Where no more than one record in so many is chosen, each row has a page of its own.
constexpr std::size_t k_scattered = 16;

// A stretch of the range: a block with its marks, or rows alone.
struct Piece {
  std::optional<Block> block;
  std::vector<Uuid> marks;
  Uuid from;
  std::optional<Uuid> before;
};

class Scan {
 public:
  Scan(ReadTxn txn, const Range& range, ColumnVisitor& visitor)
      : m_txn(std::move(txn)),
        m_visitor(visitor),
        m_newest_first(range.order == Order::newest_first),
        m_from(range.from.value_or(Uuid{})),
        m_before(range.before) {}

  Result<void> run(const std::function<Result<void>()>& go_on) {
    while (!m_done) {
      PK_TRY(go_on());
      PK_TRY(read_page());
      m_txn.rest();
      if (!visit()) return {};
      if (!m_done) PK_TRY(m_txn.renew());
    }
    return {};
  }

 private:
  // A row, or why there is none. Records are reused from page to page.
  struct Row {
    log::LogRecord record;
    std::optional<Error> damage;
  };

  Result<void> read_page() {
    PK_ASSIGN(Cursor columns, Cursor::open(m_txn, Table::columns));
    PK_ASSIGN(Cursor records, Cursor::open(m_txn, Table::records));
    PK_ASSIGN(RowJoins joins, RowJoins::begin(m_txn));
    m_pages = PageReader::open(m_txn, Table::records);
    m_size = 0;
    m_looks = 0;
    m_full = false;
    for (std::size_t i = 0; i < k_page_pieces && !is_full(m_page_rows) && !m_done; ++i) {
      PK_TRY(find_piece(columns));
      PK_TRY(read_piece(records, joins));
    }
    return {};
  }

  bool visit() {
    for (std::size_t i = 0; i < m_size; ++i) {
      Row& row = m_rows[i];
      if (row.damage ? !m_visitor.damaged(*std::move(row.damage)) : !m_visitor.row(row.record)) return false;
    }
    return true;
  }

  Result<void> find_piece(Cursor& columns) {
    m_piece.block.reset();
    m_piece.marks.clear();
    m_piece.from = m_from;
    m_piece.before = m_before;
    return m_newest_first ? find_newest(columns) : find_oldest(columns);
  }

  // The last stretch before the end.
  Result<void> find_newest(Cursor& columns) {
    Uuid last;
    last.bytes.fill(0xff);
    if (m_before && m_before->is_nil()) return {};
    if (m_before) last = predecessor(*m_before);
    PK_ASSIGN(const bool found, seek_block(columns, last));
    if (!found) return {};
    const auto block = view_block(columns);
    const Uuid begin = as_uuid(columns.key());
    if (!block) {  // how far it went is not known
      m_piece.from = std::max(m_from, begin);
      return {};
    }
    if (block->before() <= m_from) return {};
    if (!m_before || block->before() < *m_before) {
      m_piece.from = block->before();
      return {};
    }
    m_piece.from = std::max(m_from, begin);
    return take_block(columns, *block);
  }

  // The first stretch from the begin on.
  Result<void> find_oldest(Cursor& columns) {
    PK_ASSIGN(bool found, seek_block(columns, m_from));
    if (found) {
      const auto block = view_block(columns);
      if (block && m_from < block->before()) {
        if (!m_before || block->before() < *m_before) m_piece.before = block->before();
        return take_block(columns, *block);
      }
    }
    PK_ASSIGN(found, found ? columns.next() : columns.first());
    while (found && !is_block_key(columns.key())) {
      PK_ASSIGN(found, columns.next());
    }
    if (found && (!m_before || columns.key() < as_view(*m_before))) m_piece.before = as_uuid(columns.key());
    return {};
  }

  std::optional<Block> view_block(const Cursor& columns) {
    const std::string_view value = columns.value();
    m_head.resize(std::min(value.size(), k_head_guess));
    if (m_pages && m_pages->copy(value, m_head.size(), m_head.data()))
      if (auto block = Block::view(columns.key(), value, m_head)) {
        block->read_by(&*m_pages);
        return block;
      }
    return Block::view(columns.key(), value);
  }

  static Uuid predecessor(Uuid id) {
    for (std::size_t i = id.bytes.size(); i-- > 0;)
      if (id.bytes[i]-- != 0) break;
    return id;
  }

  Result<void> take_block(Cursor& columns, const Block& block) {
    m_piece.block = block;
    PK_TRY(read_marks(columns, m_piece.marks));
    std::erase_if(m_piece.marks, [&](const Uuid& id) { return !is_within(id); });
    return {};
  }

  bool is_within(const Uuid& id) const {
    return m_piece.from <= id && (!m_piece.before || id < *m_piece.before);
  }

  Result<void> read_piece(Cursor& records, RowJoins& joins) {
    if (!m_piece.block || !ask()) {
      PK_TRY(read_all(records, joins));
    } else {
      PK_TRY(read_chosen(records, joins));
    }
    return {};
  }

  // Lets the visitor choose among the records of the block; false if that cannot be.
  bool ask() {
    const Block& block = *m_piece.block;
    m_mask.set_all(block.size(), true);
    const bool whole = m_piece.from <= block.from() && (!m_piece.before || block.before() <= *m_piece.before);
    const bool clipped = !whole || !m_piece.marks.empty();
    if (clipped) {
      const auto ids = block.ids();
      if (!ids) return false;
      mask_out(*ids);
    }
    return m_visitor.block(block, m_mask);
  }

  // The place of the first id that is not less.
  std::size_t place_of(std::string_view ids, const Uuid& id) const {
    std::size_t low = 0;
    std::size_t high = m_mask.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (nth_id(ids, middle) < id)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  // What lies outside of the piece, or has a mark.
  void mask_out(std::string_view ids) {
    const std::size_t begin = place_of(ids, m_piece.from);
    const std::size_t end = m_piece.before ? place_of(ids, *m_piece.before) : m_mask.size();
    m_mask.set_each([begin, end](std::size_t i) { return i >= begin && i < end; });
    for (const Uuid& id : m_piece.marks)
      if (const std::size_t at = place_of(ids, id); at < m_mask.size() && nth_id(ids, at) == id)
        m_mask.set(at, false);
  }

  Result<void> read_chosen(Cursor& records, RowJoins& joins) {
    const bool any = m_mask.any();
    if (!any && m_piece.marks.empty()) {
      pass();
      return {};
    }
    const std::size_t chosen = any ? m_mask.count() : 0;
    if (chosen == m_mask.size()) return read_all(records, joins);
    const bool scattered = m_pages && chosen * k_scattered <= m_mask.size();
    m_ids.clear();
    const Block& block = *m_piece.block;
    const auto ids = block.unchecked_ids();
    if (!ids) return read_all(records, joins);
    m_mask.visit([&](std::size_t i) {
      m_ids.push_back(scattered ? block.unchecked_id(*ids, i) : nth_id(*ids, i));
      return true;
    });
    // Damaged ones are noticed where they stand: out of order here, or as no record's there.
    if (std::ranges::adjacent_find(m_ids, std::greater_equal{}) != m_ids.end())
      return read_all(records, joins);
    m_ids.insert(m_ids.end(), m_piece.marks.begin(), m_piece.marks.end());
    std::ranges::sort(m_ids);
    if (m_newest_first) std::ranges::reverse(m_ids);
    for (const Uuid& id : m_ids) {
      // Who took the block is not asked about it again: its marks, which are few, come in one page.
      if (any && is_full(m_page_rows)) {
        m_page_rows = std::min(2 * m_page_rows, k_page_rows);
        return {};
      }
      if (const auto row = scattered ? m_pages->find(as_view(id)) : std::nullopt) {
        take(id, *row, joins);
        go_past(id);
        continue;
      }
      PK_ASSIGN(const bool found, records.seek(as_view(id)));
      if (found && records.key() == as_view(id))
        take(id, records.value(), joins);
      else if (!std::ranges::binary_search(m_piece.marks, id))
        return read_rest(records, joins);
      go_past(id);
    }
    pass();
    return {};
  }

  // Of a piece of which some were taken.
  Result<void> read_rest(Cursor& records, RowJoins& joins) {
    if (m_newest_first)
      m_piece.before = m_before;
    else
      m_piece.from = std::max(m_piece.from, m_from);
    return read_all(records, joins);
  }

  Result<void> read_all(Cursor& records, RowJoins& joins) {
    const Range range{m_piece.from, m_piece.before,
                      m_newest_first ? Order::newest_first : Order::oldest_first};
    Walk walk(range);
    PK_ASSIGN(bool more, walk.start(records));
    while (more) {
      if (is_full(k_first_page_rows)) return {};
      if (is_wanted(records)) take(as_uuid(records.key()), records.value(), joins);
      go_past(as_uuid(records.key()));
      PK_ASSIGN(more, walk.next(records));
    }
    pass();
    return {};
  }

  bool is_full(std::size_t rows_max) {
    m_full |= m_size >= rows_max || m_looks >= k_page_looks;
    return m_full;
  }

  // Damage is always told of.
  bool is_wanted(const Cursor& records) {
    ++m_looks;
    return m_visitor.may_want(records.value()) || !is_sealed(records.key(), records.value());
  }

  void take(const Uuid& id, std::string_view row_bytes, RowJoins& joins) {
    if (m_size == m_rows.size()) m_rows.emplace_back();
    Row& row = m_rows[m_size++];
    row.damage.reset();
    if (Result<void> read = read_row(id, row_bytes, joins, row.record); !read)
      row.damage = std::move(read).error();
  }

  // What is left of the range lies past `id`.
  void go_past(const Uuid& id) {
    if (m_newest_first) {
      m_before = id;
      m_done = id <= m_from;
    } else if (const auto next = successor(id); next && (!m_before || *next < *m_before)) {
      m_from = *next;
    } else {
      m_done = true;
    }
  }

  // The piece is over.
  void pass() {
    if (m_newest_first) {
      m_before = m_piece.from;
      m_done |= m_piece.from <= m_from;
    } else {
      if (m_piece.before) m_from = *m_piece.before;
      m_done |= !m_piece.before || (m_before && *m_piece.before >= *m_before);
    }
  }

  ReadTxn m_txn;
  ColumnVisitor& m_visitor;
  const bool m_newest_first;
  Uuid m_from;
  std::optional<Uuid> m_before;
  bool m_done = false;
  Piece m_piece;
  BlockMask m_mask;
  std::vector<Uuid> m_ids;
  std::optional<PageReader> m_pages;
  std::string m_head;  // of m_piece's block
  std::deque<Row> m_rows;
  std::size_t m_page_rows = k_first_page_rows;
  std::size_t m_size = 0;
  std::size_t m_looks = 0;
  bool m_full = false;
};

}  // namespace

Result<void> scan_columns(const Env& env, const Range& range, ColumnVisitor& visitor,
                          const std::function<Result<void>()>& go_on) {
  if (range.from && range.before && *range.before <= *range.from) return {};
  PK_ASSIGN(ReadTxn txn, ReadTxn::begin(env));
  return Scan(std::move(txn), range, visitor).run(go_on);
}

Result<std::vector<Uuid>> block_cuts(const Env& env, const Range& range, std::size_t blocks) {
  std::vector<Uuid> cuts;
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(Cursor columns, Cursor::open(txn, Table::columns));
  const Uuid from = range.from.value_or(Uuid{});
  PK_ASSIGN(bool more, columns.seek(as_view(from)));
  std::size_t seen = 0;
  while (more && (!range.before || columns.key() < as_view(*range.before))) {
    const bool is_cut = is_block_key(columns.key()) && from < as_uuid(columns.key()) && ++seen % blocks == 0;
    if (is_cut) cuts.push_back(as_uuid(columns.key()));
    PK_ASSIGN(more, columns.next());
  }
  return cuts;
}

}  // namespace pk::store
