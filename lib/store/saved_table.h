// What the tables of saved things share, inside a transaction: walking, fresh ids, the change counter.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/saved_ids.h"
#include "store/txn.h"

namespace pk::store {

// Of each kind; also what a list has at most.
inline constexpr std::uint64_t k_saved_max = 1'000;

// A list, and what could not be read for it: one line each, with what to do.
template <class T>
struct SavedList {
  std::vector<T> entries;
  std::vector<std::string> damage;
};

Table table_of(SavedKind kind);

// Each entry in the order of its key, until `visit` returns false. The views end with it. corrupt where keys
// do not rise, as damaged pages can have it.
Result<void> each_entry(const Txn& txn, Table table,
                        const std::function<bool(std::string_view key, std::string_view value)>& visit);

// All entries of a table, in the order of their keys, as `read(key, value)` makes them out (a Result<T>).
template <class T, class Read>
Result<SavedList<T>> read_all(const Txn& txn, Table table, const Read& read) {
  SavedList<T> list;
  PK_TRY(each_entry(txn, table, [&](std::string_view key, std::string_view value) {
    Result<T> entry = read(key, value);
    if (entry)
      list.entries.push_back(*std::move(entry));
    else
      list.damage.push_back(entry.error().message);
    return true;
  }));
  return list;
}

// An id of that name that nothing has. limit: there are k_saved_max of its kind already.
Result<std::string> fresh_id(const Txn& txn, SavedKind kind, std::string_view name);

// corrupt if there is `damage` in the list: what cannot be read may be the one of the name that is to be new.
Result<void> check_names(SavedKind kind, const std::vector<std::string>& damage);

// The error for keys out of order.
Error out_of_order();

// Part of each transaction that changes one of the tables.
Result<void> count_change(WriteTxn& txn);
Result<std::uint64_t> change_count(const Txn& txn);

}  // namespace pk::store
