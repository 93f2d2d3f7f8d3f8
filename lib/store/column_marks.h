// Keeping blocks of `columns` true to the rows: called by whoever adds a row, changes a field in one or
// removes one, in the same transaction.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "store/txn.h"

namespace pk::store {

// From now on the row of `id`, or its absence, decides. Cheap where no block covers it; asking again for ids
// of the same stretch in the same transaction costs next to nothing.
Result<void> mark_changed(WriteTxn& txn, const Uuid& id);

// Removes the block that begins at `from`, and its marks.
Result<void> drop_block(WriteTxn& txn, const Uuid& from);

// Removes the block that covers `id`, if there is one: no byte of the row may be left in it.
Result<void> drop_block_of(WriteTxn& txn, const Uuid& id);

bool is_block_key(std::string_view key);
// The id of a mark; nothing if it is none.
std::optional<Uuid> marked_id(std::string_view key);

// Moves `cursor` to the last block that begins at or before `id`; false if there is none.
Result<bool> seek_block(Cursor& cursor, const Uuid& id);
// The marks behind the block that `cursor` is at, up to the next block: where it is then, or false at the
// end.
Result<bool> read_marks(Cursor& cursor, std::vector<Uuid>& marks);

}  // namespace pk::store
