// The tables `shares` and `share_logs` inside a transaction. Grammar: FORMAT.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/shares.h"
#include "store/txn.h"

namespace pk::store {

inline constexpr std::size_t k_share_key_bytes = 16;  // the first of the token's hash

std::string share_key(const config::KeyHash& hash);
std::string row_of(const Share& share);
// Checks the sum. corrupt, naming the share by its hint and saying what removes it.
Result<Share> read_share(std::string_view key, std::string_view row);

Result<void> put_share(WriteTxn& txn, const Share& share);
// Both entries. `key` is there.
Result<void> drop_share(WriteTxn& txn, std::string_view key);
// Of a log that goes. Costs one look where there are no shares.
Result<void> drop_shares_of(WriteTxn& txn, const Uuid& log_id);

// Whether a log has a live share; for rules that keep what is shared. Costs nothing where there are none.
class ShareJoin {
 public:
  // Good as long as `txn` is neither renewed nor changed.
  static Result<ShareJoin> begin(const Txn& txn, std::int64_t now_ms);

  bool is_empty() const { return !m_cursor; }
  Result<bool> has(const Uuid& log_id);

 private:
  ShareJoin(std::optional<Cursor> cursor, std::int64_t now_ms)
      : m_cursor(std::move(cursor)), m_now_ms(now_ms) {}
  std::optional<Cursor> m_cursor;
  std::int64_t m_now_ms;
};

}  // namespace pk::store
