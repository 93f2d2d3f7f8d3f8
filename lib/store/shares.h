// Links that show one log each to whoever holds their token. A share is kept by its token's hash, so that
// nothing can tell the token again. Any thread; each call is one short transaction, many processes may call
// at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "config/pattern.h"
#include "config/saved.h"
#include "store/env.h"
#include "store/saved_table.h"

namespace pk::store {

inline constexpr std::size_t k_share_token_chars = 32;  // of a-z 2-7: 160 random bits
inline constexpr std::size_t k_share_hint_digits = 6;   // of the hash, as lists name a share
inline constexpr std::uint64_t k_shares_max = 100'000;
inline constexpr std::size_t k_share_patterns_max = 32;

struct Share {
  Uuid log_id;
  std::int64_t created_at = 0;             // ms since 1970
  std::optional<std::int64_t> expires_at;  // from then on it is dead; nothing: never
  bool redact = false;
  // What a redacted one masks beside what it always does, as it was when the share was made.
  std::vector<config::NamedPattern> patterns;
  config::KeyHash hash{};  // of its token; add_share() sets it

  bool is_live(std::int64_t now_ms) const { return !expires_at || now_ms < *expires_at; }
  std::string hint() const;  // the first k_share_hint_digits of the hash, hexadecimal
  bool operator==(const Share&) const = default;
};

struct MadeShare {
  std::string token;
  Share share;
};

// not_found: there is no such log. limit: k_shares_max live shares, or too many patterns.
Result<MadeShare> add_share(Env& env, const Share& wanted);

// The live share of a token. Nothing if there is none, it is over or revoked; how long the answer takes tells
// nothing of other tokens. corrupt: it is damaged.
Result<std::optional<Share>> find_share(const Env& env, std::string_view token, std::int64_t now_ms);

// Those that are live, of one log or of all, newest first. A damaged one is a line of `damage`.
Result<SavedList<Share>> list_shares(const Env& env, std::int64_t now_ms, const std::optional<Uuid>& log_id);

// By token, or by hint: k_share_hint_digits or more of the hash. Expired ones too. False if there is none.
// invalid: the hint is that of several.
Result<bool> revoke_share(Env& env, std::string_view token_or_hint);

// Forgets those that are over; how many there were.
Result<std::uint64_t> purge_expired_shares(Env& env, std::int64_t now_ms);

}  // namespace pk::store
