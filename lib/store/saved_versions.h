// What the tables share whose things keep all their versions, `configs` and `prompts`: walking them inside a
// transaction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/saved_rows.h"
#include "store/saved_table.h"
#include "store/txn.h"

namespace pk::store {

// The cursor at the newest version of `id`; false if there is none.
Result<bool> seek_newest(Cursor& cursor, std::string_view id);

// Each key that `id` has, newest and damaged ones too.
Result<std::vector<std::string>> version_keys(const Txn& txn, Table table, std::string_view id);

// The newest version of each thing as `read(key, value)` makes it out, by id; one seek each, whatever the
// number of versions.
template <class T, class Read>
Result<SavedList<T>> newest_of_all(const Txn& txn, Table table, const Read& read) {
  SavedList<T> list;
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, table));
  std::string before;
  PK_ASSIGN(bool more, cursor.first());
  while (more) {
    if (cursor.key() <= before) return out_of_order();
    const std::string id(versioned_id_of(cursor.key()));
    if (!id.empty()) PK_TRY(seek_newest(cursor, id));
    before = cursor.key();
    Result<T> thing = read(cursor.key(), cursor.value());
    if (thing)
      list.entries.push_back(*std::move(thing));
    else
      list.damage.push_back(thing.error().message);
    PK_ASSIGN(more, cursor.next());
  }
  return list;
}

// The id of the thing with that id or name, "" if there is none; names are read by `read` as above.
template <class T, class Read>
Result<std::string> id_of_versioned(const Txn& txn, Table table, std::string_view id_or_name,
                                    const Read& read) {
  if (looks_like_id(id_or_name)) {
    if (id_or_name.size() > k_saved_id_bytes_max) return std::string();
    PK_ASSIGN(const std::vector<std::string> keys, version_keys(txn, table, id_or_name));
    return keys.empty() ? std::string() : std::string(id_or_name);
  }
  PK_ASSIGN(const SavedList<T> list, newest_of_all<T>(txn, table, read));
  for (const T& thing : list.entries)
    if (thing.name == id_or_name) return thing.id;
  return std::string();
}

}  // namespace pk::store
