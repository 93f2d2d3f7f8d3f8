// Where a shared link leads, and how long it lives. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/settings.h"

namespace pk::share {

inline constexpr std::string_view k_share_path = "/s/";

// "http://127.0.0.1:8787" of an address to listen on; of one that stands for all, loopback's.
std::string origin_of(const config::Listen& address, bool tls = false);

// "https://pk.example/s/TOKEN"; `origin` has no slash at its end.
std::string share_url(std::string_view origin, std::string_view token);

// The token of such a URL; anything else as it is.
std::string_view token_of(std::string_view url_or_token);

inline constexpr std::string_view k_expires_default = "7d";

// When a link of "7d" that is made now ends; nothing for "never". invalid for anything else, saying what it
// may be.
Result<std::optional<std::int64_t>> parse_expires(std::string_view text, std::int64_t now_ms);

}  // namespace pk::share
