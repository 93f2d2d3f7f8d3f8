#include "store/verify_columns.h"

#include <algorithm>

#include "store/block.h"
#include "store/block_builder.h"
#include "store/codec.h"
#include "store/column_marks.h"
#include "store/wire.h"

namespace pk::store {

namespace {

struct Rebuilt {
  bool fits = true;  // as many rows as a block may have
  std::string bytes;
};

// The block as it would be made of the rows that it covers, but for those with a mark.
Result<Rebuilt> rebuild(const ReadTxn& txn, const Block& block, const std::vector<Uuid>& marks) {
  BlockBuilder builder;
  log::LogRecord record;
  PK_ASSIGN(Cursor rows, Cursor::open(txn, Table::records));
  PK_ASSIGN(bool more, rows.seek(as_view(block.from())));
  while (more && rows.key() < as_view(block.before())) {
    const Uuid id = as_uuid(rows.key());
    if (builder.size() == k_block_records_max) return Rebuilt{false, {}};
    if (!std::ranges::binary_search(marks, id) && decode_row(id, rows.value(), record))
      builder.add(record, flags_of(rows.value()) & row_flag::own_trace);
    PK_ASSIGN(more, rows.next());
  }
  return Rebuilt{true, builder.finish(block.from(), block.before())};
}

std::string name_of(const Uuid& from) {
  return "the columns from log " + from.text() + " on";
}

}  // namespace

Result<void> verify_columns(const ReadTxn& txn, const std::function<void(std::string)>& found) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::columns));
  PK_ASSIGN(bool more, cursor.first());
  Uuid end;
  std::vector<Uuid> marks;
  while (more) {
    if (!is_block_key(cursor.key())) {
      found("the columns have a mark without a block");
      PK_ASSIGN(more, cursor.next());
      continue;
    }
    const Uuid from = as_uuid(cursor.key());
    const std::string_view value = cursor.value();
    const auto block = Block::view(cursor.key(), value);
    marks.clear();
    PK_ASSIGN(more, read_marks(cursor, marks));
    if (from < end) found(name_of(from) + " overlap those before");
    if (!block && Block::is_of_another_version(as_view(from), value)) {
      end = std::max(end, from);  // rows are read until it is made anew
      continue;
    }
    if (!block || !block->is_intact()) {
      found(name_of(from) + " are damaged; rows are read in their place");
      end = std::max(end, from);
      continue;
    }
    end = std::max(end, block->before());
    PK_ASSIGN(const Rebuilt rebuilt, rebuild(txn, *block, marks));
    // A record with a mark was in the block, or was not: only without marks are the bytes sure.
    if (!rebuilt.fits || (marks.empty() && rebuilt.bytes != value))
      found(name_of(from) + " do not say what the rows say");
  }
  return {};
}

}  // namespace pk::store
