#include "cache/local_rows.h"

#include <algorithm>
#include <cstring>

#include "cache/digest.h"
#include "store/wire.h"

namespace pk::cache {

namespace {

constexpr std::size_t k_page_bytes = 4096;
constexpr std::size_t k_page_head_bytes = 16;
constexpr std::size_t k_node_bytes =
    8 + 2 + sizeof(Key);                        // of LMDB: a row's head, its place in the page, its key
constexpr std::size_t k_node_bytes_max = 2040;  // a larger row has its value in pages of its own
constexpr std::size_t k_page_number_bytes = 8;
constexpr std::size_t k_index_bytes = 320;  // the rows of order, expiry and ids, half-full pages reckoned

constexpr std::string_view k_bytes = "bytes";
constexpr std::string_view k_bytes_max = "bytes_max";

// Keys are digests: rows come anywhere between others, and pages that are cut in two where they are full are
// two thirds full as a rule.
std::size_t share_of_page(std::size_t node_bytes) {
  const std::size_t fit = (k_page_bytes - k_page_head_bytes) / node_bytes;
  return std::min(k_page_bytes, k_page_bytes * 3 / (2 * fit));
}

Error damaged(std::string_view what) {
  return Error{Errc::corrupt, "the cache's file is damaged: " + std::string(what)};
}

std::uint64_t number_of(const std::optional<std::string_view>& value) {
  return value ? store::WireReader(*value).fixed<std::uint64_t>() : 0;
}

Result<void> put_number(LocalTxn& txn, Table table, std::string_view name, std::uint64_t number) {
  std::string bytes;
  store::append_fixed(bytes, number);
  return txn.put(table, name, bytes);
}

Result<std::uint64_t> bytes_in_use(const LocalTxn& txn) {
  PK_ASSIGN(const auto value, txn.get(Table::meta, k_bytes));
  return number_of(value);
}

// Removes the row of a key whose value is `bytes` in all tables but `meta`.
Result<void> remove_all_of(LocalTxn& txn, const Key& key, const Entry& entry) {
  const std::string_view name = view_of(key);
  PK_TRY(txn.remove(Table::order, timed_key(entry.created_ms, name)));
  PK_TRY(txn.remove(Table::expiry, timed_key(entry.expires_ms, name)));
  PK_ASSIGN(const auto of_id, txn.get(Table::ids, entry.log_id.view()));
  if (of_id && *of_id == name) PK_TRY(txn.remove(Table::ids, entry.log_id.view()));
  PK_TRY(txn.remove(Table::entries, name));
  return {};
}

// The key of the first row of an index table; nothing if that is empty or `wanted` says no to its time.
template <class Wanted>
Result<std::optional<Timed>> first_of(const LocalTxn& txn, Table table, Wanted wanted) {
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, table));
  PK_ASSIGN(const bool found, cursor.first());
  if (!found) return std::optional<Timed>();
  PK_ASSIGN(const Timed timed, read_timed(cursor.key()));
  if (!wanted(timed)) return std::optional<Timed>();
  return std::optional(timed);
}

}  // namespace

std::uint64_t disk_bytes(std::size_t value_bytes) {
  const std::size_t node_bytes = k_node_bytes + value_bytes;
  if (node_bytes <= k_node_bytes_max) return share_of_page(node_bytes) + k_index_bytes;
  const std::size_t pages = (value_bytes + k_page_head_bytes + k_page_bytes - 1) / k_page_bytes;
  return pages * k_page_bytes + share_of_page(k_node_bytes + k_page_number_bytes) + k_index_bytes;
}

std::string timed_key(std::int64_t ms, std::string_view key) {
  std::string out;
  store::append_big_endian(out, static_cast<std::uint64_t>(std::max<std::int64_t>(ms, 0)));
  out += key;
  return out;
}

Result<Timed> read_timed(std::string_view row_key) {
  Timed timed;
  if (row_key.size() != sizeof(std::uint64_t) + timed.key.size()) return damaged("an index row");
  timed.ms = static_cast<std::int64_t>(store::load_big_endian<std::uint64_t>(row_key.data()));
  std::memcpy(timed.key.data(), row_key.data() + sizeof(std::uint64_t), timed.key.size());
  return timed;
}

Result<Usage> usage(const LocalTxn& txn) {
  Usage usage;
  PK_ASSIGN(usage.entries, txn.entries(Table::entries));
  PK_ASSIGN(usage.bytes, bytes_in_use(txn));
  return usage;
}

Result<void> set_bytes_max(LocalTxn& txn, std::uint64_t bytes_max) {
  return put_number(txn, Table::meta, k_bytes_max, bytes_max);
}

Result<std::uint64_t> bytes_max(const LocalTxn& txn) {
  PK_ASSIGN(const auto value, txn.get(Table::meta, k_bytes_max));
  return number_of(value);
}

Result<void> put_row(LocalTxn& txn, const Key& key, const Entry& entry, std::string_view bytes) {
  PK_TRY(remove_row(txn, key));
  const std::string_view name = view_of(key);
  PK_TRY(txn.put(Table::entries, name, bytes));
  PK_TRY(txn.put(Table::order, timed_key(entry.created_ms, name), {}));
  PK_TRY(txn.put(Table::expiry, timed_key(entry.expires_ms, name), {}));
  PK_TRY(txn.put(Table::ids, entry.log_id.view(), name));
  PK_ASSIGN(const std::uint64_t used, bytes_in_use(txn));
  return put_number(txn, Table::meta, k_bytes, used + disk_bytes(bytes.size()));
}

Result<bool> remove_row(LocalTxn& txn, const Key& key) {
  PK_ASSIGN(const auto value, txn.get(Table::entries, view_of(key)));
  if (!value) return false;
  const std::uint64_t freed = disk_bytes(value->size());
  PK_ASSIGN(const Entry entry, decode(*value, Parts::without_body));
  PK_TRY(remove_all_of(txn, key, entry));
  PK_ASSIGN(const std::uint64_t used, bytes_in_use(txn));
  PK_TRY(put_number(txn, Table::meta, k_bytes, used - std::min(used, freed)));
  return true;
}

Result<std::size_t> evict(LocalTxn& txn, std::uint64_t bytes_max, std::size_t entries_max) {
  for (std::size_t count = 0; count < entries_max; ++count) {
    PK_ASSIGN(const std::uint64_t used, bytes_in_use(txn));
    if (used <= bytes_max) return count;
    PK_ASSIGN(const auto oldest, first_of(txn, Table::order, [](const Timed&) { return true; }));
    if (!oldest) return damaged("it has more bytes than entries");
    PK_ASSIGN(const bool removed, remove_row(txn, oldest->key));
    if (!removed) return damaged("an index names an entry that is not there");
  }
  return entries_max;
}

Result<std::size_t> remove_expired(LocalTxn& txn, std::int64_t now_ms, std::size_t entries_max) {
  for (std::size_t count = 0; count < entries_max; ++count) {
    PK_ASSIGN(const auto over,
              first_of(txn, Table::expiry, [&](const Timed& timed) { return timed.ms <= now_ms; }));
    if (!over) return count;
    PK_ASSIGN(const bool removed, remove_row(txn, over->key));
    if (!removed) return damaged("an index names an entry that is not there");
  }
  return entries_max;
}

Result<std::uint64_t> clear_rows(LocalTxn& txn) {
  PK_ASSIGN(const std::uint64_t count, txn.entries(Table::entries));
  for (const Table table : {Table::entries, Table::order, Table::expiry, Table::ids})
    PK_TRY(txn.clear(table));
  PK_TRY(put_number(txn, Table::meta, k_bytes, 0));
  return count;
}

Result<void> add_counters(LocalTxn& txn, const std::map<std::string, std::uint64_t>& more) {
  for (const auto& [name, number] : more) {
    PK_ASSIGN(const auto value, txn.get(Table::counters, name));
    PK_TRY(put_number(txn, Table::counters, name, number_of(value) + number));
  }
  return {};
}

Result<std::map<std::string, std::uint64_t>> counters(const LocalTxn& txn) {
  std::map<std::string, std::uint64_t> out;
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::counters));
  PK_ASSIGN(bool found, cursor.first());
  while (found) {
    out.emplace(cursor.key(), number_of(cursor.value()));
    PK_ASSIGN(found, cursor.next());
  }
  return out;
}

Result<void> check_newest(const LocalTxn& txn, std::size_t entries_max) {
  PK_TRY(usage(txn));
  PK_TRY(counters(txn));
  PK_TRY(first_of(txn, Table::expiry, [](const Timed&) { return true; }));
  PK_ASSIGN(LocalCursor cursor, LocalCursor::open(txn, Table::order));
  PK_ASSIGN(bool found, cursor.last());
  for (std::size_t i = 0; found && i < entries_max; ++i) {
    PK_ASSIGN(const Timed timed, read_timed(cursor.key()));
    PK_ASSIGN(const auto value, txn.get(Table::entries, view_of(timed.key)));
    if (!value) return damaged("an index names an entry that is not there");
    PK_ASSIGN(const Entry entry, decode(*value, Parts::without_body));
    PK_TRY(txn.get(Table::expiry, timed_key(entry.expires_ms, view_of(timed.key))));
    PK_TRY(txn.get(Table::ids, entry.log_id.view()));
    PK_ASSIGN(found, cursor.previous());
  }
  return {};
}

}  // namespace pk::cache
