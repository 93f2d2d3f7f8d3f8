#include "store/saved_versions.h"

namespace pk::store {

Result<bool> seek_newest(Cursor& cursor, std::string_view id) {
  std::string after(id);
  after.push_back('\1');  // behind every version, which follow a 0 byte
  PK_ASSIGN(const bool found, cursor.seek_before(after));
  return found && versioned_id_of(cursor.key()) == id;
}

Result<std::vector<std::string>> version_keys(const Txn& txn, Table table, std::string_view id) {
  std::vector<std::string> keys;
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, table));
  PK_ASSIGN(bool more, cursor.seek(version_key(id, 0)));
  while (more && versioned_id_of(cursor.key()) == id) {
    keys.emplace_back(cursor.key());
    PK_ASSIGN(more, cursor.next());
  }
  return keys;
}

}  // namespace pk::store
