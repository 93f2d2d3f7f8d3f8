#include "store/walk.h"

#include <cstring>
#include <string>

#include "store/codec.h"
#include "store/probe.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::size_t k_page_bytes = 4096;

// Reads a byte of each page that a value lies on.
void touch(std::string_view value) {
  volatile char seen = 0;
  for (std::size_t i = 0; i < value.size(); i += k_page_bytes) seen = value[i];
  if (!value.empty()) seen = value.back();
  (void)seen;
}

Error bad(const char* what) {
  return Error{Errc::corrupt, what};
}

std::uint64_t last_page(const Txn& txn) {
  MDB_envinfo info{};
  mdb_env_info(txn.env().raw(), &info);
  return info.me_last_pgno;
}

}  // namespace

Result<void> check_free_pages(std::string_view value, std::uint64_t last) {
  WireReader in(value);
  const auto count = in.fixed<std::uint64_t>();
  std::uint64_t before = last + 1;
  if (!in.ok() || count > in.left() / sizeof count) return bad("its free list is damaged");
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto page = in.fixed<std::uint64_t>();
    if (page < 2 || page >= before) return bad("its free list is damaged");
    before = page;
  }
  return {};
}

Result<void> walk_free_list(const Txn& txn) {
  const std::uint64_t last = last_page(txn);
  PK_ASSIGN(Cursor cursor, Cursor::open_free_list(txn));
  std::uint64_t before = 0;
  PK_ASSIGN(bool more, cursor.first());
  while (more) {
    std::uint64_t number = 0;  // of the transaction that freed the pages
    if (cursor.key().size() != sizeof number) return bad("its free list is damaged");
    std::memcpy(&number, cursor.key().data(), sizeof number);
    if (number <= before) return bad("its free list is damaged");
    before = number;
    PK_TRY(check_free_pages(cursor.value(), last));
    PK_ASSIGN(more, cursor.next());
  }
  return {};
}

Result<void> walk_table(const Txn& txn, Table table, std::uint64_t entries_max) {
  PK_ASSIGN(const std::uint64_t entries, txn.entries(table));
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, table));
  // Keys that only ever sink end the walk, also when damaged pages point in a circle.
  std::string after;
  std::uint64_t seen = 0;
  PK_ASSIGN(bool more, cursor.last());
  while (more && (entries_max == 0 || seen < entries_max)) {
    if (seen > 0 && cursor.key() >= after) return bad("its keys are out of order");
    after = cursor.key();
    touch(cursor.value());
    ++seen;
    PK_ASSIGN(more, cursor.previous());
  }
  const bool all = entries_max == 0 || entries <= entries_max;
  if (all && seen != entries) return bad("a table has another number of entries than it says");
  return {};
}

Result<void> walk_saved(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  for (const Table table : {Table::meta, Table::configs, Table::prompts, Table::virtual_keys, Table::keys})
    PK_TRY(walk_table(txn, table, 0));
  return {};
}

Result<void> walk_tail(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_TRY(walk_free_list(txn));
  for (std::size_t i = 0; i < k_tables; ++i) PK_TRY(walk_table(txn, static_cast<Table>(i), k_probe_records));
  return {};
}

Result<void> walk_whole(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_TRY(walk_free_list(txn));
  for (std::size_t i = 0; i < k_tables; ++i) PK_TRY(walk_table(txn, static_cast<Table>(i), 0));
  return {};
}

}  // namespace pk::store
