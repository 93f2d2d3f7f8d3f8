#include "store/share_rows.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "store/saved_rows.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::uint8_t k_redact = 1;
constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::max();

std::string index_key(const Uuid& log_id, std::string_view key) {
  return std::string(as_view(log_id)).append(key);
}

Error damaged_share(std::string_view key) {
  const std::string hint = hex(key).substr(0, k_share_hint_digits);
  return {Errc::corrupt, "share " + hint + " is damaged; pk logs share --revoke " + hint + " removes it"};
}

// The entries of `share_logs` that lead to a share, whatever its row says: that one may be damaged.
Result<std::vector<std::string>> index_keys_to(const Txn& txn, std::string_view key) {
  std::vector<std::string> keys;
  PK_TRY(each_entry(txn, Table::share_logs, [&](std::string_view index, std::string_view) {
    if (index.ends_with(key)) keys.emplace_back(index);
    return true;
  }));
  return keys;
}

}  // namespace

std::string share_key(const config::KeyHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), k_share_key_bytes};
}

std::string row_of(const Share& share) {
  std::string row = begin_saved_row();
  append_fixed(row, share.redact ? k_redact : std::uint8_t{0});
  row.append(reinterpret_cast<const char*>(share.hash.data()) + k_share_key_bytes,
             share.hash.size() - k_share_key_bytes);
  row.append(as_view(share.log_id));
  append_zigzag(row, share.created_at);
  append_zigzag(row, share.expires_at.value_or(k_never));
  append_varint(row, share.patterns.size());
  for (const config::NamedPattern& one : share.patterns) {
    append_text(row, one.name);
    append_text(row, one.pattern);
  }
  return end_saved_row(share_key(share.hash), std::move(row));
}

Result<Share> read_share(std::string_view key, std::string_view row) {
  WireReader in = open_saved_row(key, row);
  Share share;
  share.redact = in.fixed<std::uint8_t>() & k_redact;
  const std::string_view rest = in.bytes(share.hash.size() - k_share_key_bytes);
  share.log_id = as_uuid(in.bytes(share.log_id.bytes.size()));
  share.created_at = in.zigzag();
  if (const std::int64_t end = in.zigzag(); end != k_never) share.expires_at = end;
  const std::uint64_t patterns = in.varint();
  for (std::uint64_t i = 0; in.ok() && i < patterns; ++i) {
    config::NamedPattern& one = share.patterns.emplace_back();
    one.name = in.text();
    one.pattern = in.text();
  }
  if (!in.ok() || !in.done() || key.size() != k_share_key_bytes) return damaged_share(key);
  std::copy(key.begin(), key.end(), share.hash.begin());
  std::copy(rest.begin(), rest.end(), share.hash.begin() + k_share_key_bytes);
  return share;
}

Result<void> put_share(WriteTxn& txn, const Share& share) {
  const std::string key = share_key(share.hash);
  PK_TRY(txn.put(Table::shares, key, row_of(share)));
  std::string end;
  append_fixed(end, share.expires_at.value_or(k_never));
  return txn.put(Table::share_logs, index_key(share.log_id, key), end);
}

Result<void> drop_share(WriteTxn& txn, std::string_view key) {
  const std::string name(key);
  PK_ASSIGN(const auto row, txn.get(Table::shares, name));
  std::vector<std::string> indexed;
  if (const Result<Share> share = read_share(name, row.value_or(std::string_view()))) {
    indexed.push_back(index_key(share->log_id, name));
  } else {
    PK_ASSIGN(indexed, index_keys_to(txn, name));
  }
  PK_TRY(txn.remove(Table::shares, name));
  for (const std::string& entry : indexed) PK_TRY(txn.remove(Table::share_logs, entry));
  return {};
}

Result<void> drop_shares_of(WriteTxn& txn, const Uuid& log_id) {
  PK_ASSIGN(const std::uint64_t entries, txn.entries(Table::share_logs));
  if (entries == 0) return {};
  std::vector<std::string> indexed;
  {
    PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::share_logs));
    PK_ASSIGN(bool more, cursor.seek(as_view(log_id)));
    while (more && cursor.key().starts_with(as_view(log_id))) {
      indexed.emplace_back(cursor.key());
      PK_ASSIGN(more, cursor.next());
    }
  }
  for (const std::string& entry : indexed) {
    PK_TRY(txn.remove(Table::shares, entry.substr(log_id.bytes.size())));
    PK_TRY(txn.remove(Table::share_logs, entry));
  }
  return {};
}

Result<ShareJoin> ShareJoin::begin(const Txn& txn, std::int64_t now_ms) {
  PK_ASSIGN(const std::uint64_t entries, txn.entries(Table::share_logs));
  if (entries == 0) return ShareJoin(std::nullopt, now_ms);
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::share_logs));
  return ShareJoin(std::move(cursor), now_ms);
}

Result<bool> ShareJoin::has(const Uuid& log_id) {
  if (!m_cursor) return false;
  PK_ASSIGN(bool more, m_cursor->seek(as_view(log_id)));
  while (more && m_cursor->key().starts_with(as_view(log_id))) {
    WireReader in(m_cursor->value());
    const auto end = in.fixed<std::int64_t>();
    if (!in.ok() || m_now_ms < end) return true;  // what cannot be read keeps its log
    PK_ASSIGN(more, m_cursor->next());
  }
  return false;
}

}  // namespace pk::store
