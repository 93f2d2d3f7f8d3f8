#include "store/journal.h"

#include <string>

#include "store/locks.h"
#include "store/wire.h"

namespace pk::store {

namespace {

Result<void> forget(WriteTxn& txn) {
  PK_TRY(txn.remove(Table::meta, k_round_name));
  return txn.clear(Table::changes);
}

}  // namespace

Result<std::optional<std::uint32_t>> begin_noting(WriteTxn& txn) {
  using Round = std::optional<std::uint32_t>;
  PK_ASSIGN(const auto value, txn.get(Table::meta, k_round_name));
  if (!value) return Round{};
  PK_ASSIGN(const bool alive, is_compacting(txn.env().dir()));
  if (alive) return Round(WireReader(*value).fixed<std::uint32_t>());
  PK_TRY(forget(txn));
  return Round{};
}

Result<void> begin_round(Env& env, std::uint32_t round) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  std::string value;
  append_fixed(value, round);
  PK_TRY(txn.put(Table::meta, k_round_name, value));
  return txn.commit();
}

Result<void> end_journal(Env& env) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_TRY(forget(txn));
  return txn.commit();
}

std::string journal_key(std::uint32_t round, Table table, std::string_view key) {
  std::string out;
  append_big_endian(out, round);
  out.push_back(static_cast<char>(table));
  out.append(key);
  return out;
}

std::optional<Change> change_of(std::uint32_t round, std::string_view journal_key) {
  constexpr std::size_t k_prefix = sizeof round + 1;
  if (journal_key.size() < k_prefix || load_big_endian<std::uint32_t>(journal_key.data()) != round) return {};
  const auto table = static_cast<std::uint8_t>(journal_key[sizeof round]);
  if (table >= k_tables) return {};
  return Change{static_cast<Table>(table), journal_key.substr(k_prefix)};
}

}  // namespace pk::store
