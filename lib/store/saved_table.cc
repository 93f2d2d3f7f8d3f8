#include "store/saved_table.h"

#include <fmt/format.h>
#include <sodium.h>

#include "base/assert.h"
#include "store/saved_rows.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::string_view k_counter = "saved";
constexpr int k_id_tries = 64;  // of 16 million ids of one name at most k_saved_max are taken

// What has versions is there if any of them is.
Result<bool> is_taken(const Txn& txn, SavedKind kind, const std::string& id) {
  if (!has_versions(kind)) {
    PK_ASSIGN(const auto row, txn.get(table_of(kind), id));
    return row.has_value();
  }
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, table_of(kind)));
  PK_ASSIGN(const bool found, cursor.seek(version_key(id, 0)));
  return found && versioned_id_of(cursor.key()) == id;
}

Result<std::uint64_t> count_of(const Txn& txn, SavedKind kind) {
  if (!has_versions(kind)) return txn.entries(table_of(kind));
  std::uint64_t count = 0;
  std::string before;
  PK_TRY(each_entry(txn, table_of(kind), [&](std::string_view key, std::string_view) {
    const std::string_view id = versioned_id_of(key);
    if (id != before) ++count;
    before = id;
    return true;
  }));
  return count;
}

}  // namespace

Table table_of(SavedKind kind) {
  switch (kind) {
    case SavedKind::config:
      return Table::configs;
    case SavedKind::prompt:
      return Table::prompts;
    case SavedKind::virtual_key:
      return Table::virtual_keys;
    case SavedKind::api_key:
      break;
  }
  return Table::keys;
}

Result<void> each_entry(const Txn& txn, Table table,
                        const std::function<bool(std::string_view key, std::string_view value)>& visit) {
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, table));
  std::string before;
  PK_ASSIGN(bool more, cursor.first());
  while (more) {
    if (cursor.key() <= before) return out_of_order();
    before = cursor.key();
    if (!visit(cursor.key(), cursor.value())) break;
    PK_ASSIGN(more, cursor.next());
  }
  return {};
}

Error out_of_order() {
  return {Errc::corrupt, "the ledger's keys are out of order: `pk verify` tells how far it is damaged"};
}

Result<void> check_names(SavedKind kind, const std::vector<std::string>& damage) {
  if (damage.empty()) return {};
  return Error{Errc::corrupt,
               fmt::format("{}; as long as it is there no {} can be added, for its name is unknown",
                           damage.front(), kind_name(kind))};
}

Result<std::string> fresh_id(const Txn& txn, SavedKind kind, std::string_view name) {
  PK_ASSIGN(const std::uint64_t count, count_of(txn, kind));
  if (count >= k_saved_max)
    return Error{Errc::limit, fmt::format("there are {} {}s already, which is the most; {} rm makes room",
                                          count, kind_name(kind), command_of(kind))};
  PK_ASSERT(sodium_init() >= 0);
  for (int i = 0; i < k_id_tries; ++i) {
    std::string id = saved_id(kind, name, randombytes_random());
    PK_ASSIGN(const bool taken, is_taken(txn, kind, id));
    if (!taken) return id;
  }
  return Error{Errc::limit, "no free id was found; choose another name"};
}

Result<std::uint64_t> change_count(const Txn& txn) {
  PK_ASSIGN(const auto value, txn.get(Table::meta, k_counter));
  if (!value) return std::uint64_t{0};
  return WireReader(*value).fixed<std::uint64_t>();
}

Result<void> count_change(WriteTxn& txn) {
  PK_ASSIGN(const std::uint64_t count, change_count(txn));
  std::string value;
  append_fixed(value, count + 1);
  return txn.put(Table::meta, k_counter, value);
}

}  // namespace pk::store
