#include "store/shares.h"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "base/text.h"
#include "store/share_rows.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr std::size_t k_hint_shown_max = 5;
constexpr std::size_t k_purged_per_txn = 1000;  // then other writers are let in

// No letter case and no signs: it survives being read aloud, a double click takes all of it, and it is never
// mistaken for a flag.
std::string random_token() {
  constexpr std::string_view k_letters = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<unsigned char, k_share_token_chars> random{};
  randombytes_buf(random.data(), random.size());
  std::string token;
  for (const unsigned char byte : random) token += k_letters[byte % k_letters.size()];
  return token;
}

Result<std::vector<std::string>> expired_keys(const Txn& txn, std::int64_t now_ms, std::size_t most) {
  std::vector<std::string> keys;
  PK_TRY(each_entry(txn, Table::shares, [&](std::string_view key, std::string_view row) {
    if (const Result<Share> share = read_share(key, row); share && !share->is_live(now_ms))
      keys.emplace_back(key);
    return keys.size() < most;
  }));
  return keys;
}

Result<void> make_room(WriteTxn& txn, std::int64_t now_ms) {
  PK_ASSIGN(const std::uint64_t entries, txn.entries(Table::shares));
  if (entries < k_shares_max) return {};
  PK_ASSIGN(const std::vector<std::string> keys, expired_keys(txn, now_ms, k_purged_per_txn));
  if (keys.empty())
    return Error{Errc::limit, "there are 100,000 shared links; revoke some (pk logs share --list)"};
  for (const std::string& key : keys) PK_TRY(drop_share(txn, key));
  return {};
}

bool is_hint(std::string_view text) {
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() >= k_share_hint_digits && std::ranges::all_of(text, is_digit);
}

// The keys whose hexadecimal digits begin with `hint`.
Result<std::vector<std::string>> keys_of_hint(const Txn& txn, std::string_view hint) {
  std::vector<std::string> keys;
  if (!is_hint(hint)) return keys;
  std::string front(hint.size() / 2, '\0');
  sodium_hex2bin(reinterpret_cast<unsigned char*>(front.data()), front.size(), hint.data(), front.size() * 2,
                 nullptr, nullptr, nullptr);
  PK_ASSIGN(Cursor cursor, Cursor::open(txn, Table::shares));
  PK_ASSIGN(bool more, cursor.seek(front));
  while (more && cursor.key().starts_with(front) && keys.size() <= k_hint_shown_max) {
    if (hex(cursor.key()).starts_with(hint)) keys.emplace_back(cursor.key());
    PK_ASSIGN(more, cursor.next());
  }
  return keys;
}

Error ambiguous(std::string_view hint, const std::vector<std::string>& keys) {
  std::string candidates;
  for (std::size_t i = 0; i < std::min(keys.size(), k_hint_shown_max); ++i)
    candidates += (i == 0 ? "" : ", ") + hex(keys[i]);
  return {Errc::invalid, "several shares begin with '" + std::string(hint) + "': " + candidates};
}

// The key of a token's or hint's share; "" if there is none.
Result<std::string> key_in(const Txn& txn, std::string_view token_or_hint) {
  std::string key = share_key(config::key_hash(token_or_hint));
  PK_ASSIGN(const auto row, txn.get(Table::shares, key));
  if (row) return key;
  PK_ASSIGN(const std::vector<std::string> keys, keys_of_hint(txn, token_or_hint));
  if (keys.size() > 1) return ambiguous(token_or_hint, keys);
  return keys.empty() ? std::string() : keys.front();
}

}  // namespace

std::string Share::hint() const {
  return hex(share_key(hash)).substr(0, k_share_hint_digits);
}

Result<MadeShare> add_share(Env& env, const Share& wanted) {
  if (wanted.patterns.size() > k_share_patterns_max)
    return Error{Errc::limit, "a share has at most 32 patterns"};
  PK_ASSERT(sodium_init() >= 0);
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const auto record, txn.get(Table::records, as_view(wanted.log_id)));
  if (!record) return Error{Errc::not_found, "no log has the id '" + wanted.log_id.text() + "'"};
  PK_TRY(make_room(txn, wanted.created_at));
  MadeShare made{random_token(), wanted};
  made.share.hash = config::key_hash(made.token);
  PK_TRY(put_share(txn, made.share));
  PK_TRY(txn.commit());
  return made;
}

Result<std::optional<Share>> find_share(const Env& env, std::string_view token, std::int64_t now_ms) {
  const config::KeyHash hash = config::key_hash(token);
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  const std::string key = share_key(hash);
  PK_ASSIGN(const auto row, txn.get(Table::shares, key));
  if (!row) return std::optional<Share>{};
  PK_ASSIGN(Share share, read_share(key, *row));
  if (sodium_memcmp(hash.data(), share.hash.data(), hash.size()) != 0 || !share.is_live(now_ms))
    return std::optional<Share>{};
  return std::optional<Share>(std::move(share));
}

Result<SavedList<Share>> list_shares(const Env& env, std::int64_t now_ms, const std::optional<Uuid>& log_id) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  PK_ASSIGN(SavedList<Share> list, read_all<Share>(txn, Table::shares, read_share));
  std::erase_if(list.entries, [&](const Share& share) {
    return !share.is_live(now_ms) || (log_id && share.log_id != *log_id);
  });
  std::ranges::stable_sort(list.entries, std::ranges::greater(), &Share::created_at);
  return list;
}

Result<bool> revoke_share(Env& env, std::string_view token_or_hint) {
  PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
  PK_ASSIGN(const std::string key, key_in(txn, token_or_hint));
  if (key.empty()) return false;
  PK_TRY(drop_share(txn, key));
  PK_TRY(txn.commit());
  return true;
}

Result<std::uint64_t> purge_expired_shares(Env& env, std::int64_t now_ms) {
  std::vector<std::string> keys;
  {
    PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
    PK_ASSIGN(keys, expired_keys(txn, now_ms, SIZE_MAX));
  }
  for (std::size_t done = 0; done < keys.size();) {
    PK_ASSIGN(WriteTxn txn, WriteTxn::begin(env));
    const std::size_t end = std::min(keys.size(), done + k_purged_per_txn);
    for (; done < end; ++done) PK_TRY(drop_share(txn, keys[done]));
    PK_TRY(txn.commit());
  }
  return keys.size();
}

}  // namespace pk::store
