#include "store/column_marks.h"

#include "store/block.h"
#include "store/wire.h"

namespace pk::store {

namespace {

std::string mark_key(const Uuid& id) {
  std::string key(as_view(id));
  key.push_back('\0');
  return key;
}

// Where the next block behind `cursor`, which is at none, begins.
Result<std::optional<Uuid>> next_block(Cursor& cursor, bool more) {
  while (more && !is_block_key(cursor.key())) {
    PK_ASSIGN(more, cursor.next());
  }
  if (!more) return std::optional<Uuid>{};
  return std::optional<Uuid>(as_uuid(cursor.key()));
}

}  // namespace

bool is_block_key(std::string_view key) {
  return key.size() == sizeof(Uuid);
}

std::optional<Uuid> marked_id(std::string_view key) {
  if (key.size() != sizeof(Uuid) + 1 || key.back() != '\0') return {};
  return as_uuid(key.substr(0, sizeof(Uuid)));
}

Result<bool> seek_block(Cursor& cursor, const Uuid& id) {
  PK_ASSIGN(bool found, cursor.seek(as_view(id)));
  if (found && cursor.key() == as_view(id)) return true;
  PK_ASSIGN(found, found ? cursor.previous() : cursor.last());
  while (found && !is_block_key(cursor.key())) {
    PK_ASSIGN(found, cursor.previous());
  }
  return found;
}

Result<bool> read_marks(Cursor& cursor, std::vector<Uuid>& marks) {
  PK_ASSIGN(bool more, cursor.next());
  while (more && !is_block_key(cursor.key())) {
    if (const auto id = marked_id(cursor.key())) marks.push_back(*id);
    PK_ASSIGN(more, cursor.next());
  }
  return more;
}

Result<void> drop_block(WriteTxn& txn, const Uuid& from) {
  std::vector<std::string> keys;
  {
    PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::columns));
    PK_ASSIGN(bool more, cursor.seek(as_view(from)));
    while (more && (keys.empty() || !is_block_key(cursor.key()))) {
      keys.emplace_back(cursor.key());
      PK_ASSIGN(more, cursor.next());
    }
  }
  for (const std::string& key : keys) PK_TRY(txn.remove(Table::columns, key));
  return {};
}

Result<void> drop_block_of(WriteTxn& txn, const Uuid& id) {
  std::optional<Uuid> from;
  {
    PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::columns));
    PK_ASSIGN(const bool found, seek_block(cursor, id));
    if (!found) return {};
    const auto block = Block::view(cursor.key(), cursor.value());
    if (!block || id < block->before()) from = as_uuid(cursor.key());
  }
  return from ? drop_block(txn, *from) : Result<void>{};
}

Result<void> mark_changed(WriteTxn& txn, const Uuid& id) {
  if (txn.knows_no_block(id)) return {};
  std::optional<Uuid> full;
  {
    PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::columns));
    PK_ASSIGN(const bool found, seek_block(cursor, id));
    if (!found) {
      PK_ASSIGN(const bool more, cursor.first());
      PK_ASSIGN(const auto next, next_block(cursor, more));
      txn.note_no_block(Uuid{}, next);
      return {};
    }
    const Uuid from = as_uuid(cursor.key());
    const auto block = Block::view(cursor.key(), cursor.value());
    std::vector<Uuid> marks;
    PK_ASSIGN(const bool more, read_marks(cursor, marks));
    if (block && block->before() <= id) {
      PK_ASSIGN(const auto next, next_block(cursor, more));
      txn.note_no_block(block->before(), next);
      return {};
    }
    // One that cannot be read says nothing that could be trusted.
    if (!block || marks.size() >= k_block_marks_max) full = from;
  }
  if (full) return drop_block(txn, *full);
  return txn.put(Table::columns, mark_key(id), {});
}

}  // namespace pk::store
