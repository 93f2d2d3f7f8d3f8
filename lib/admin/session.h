// Sessions of the page: who logs in with an API key gets a token that stands for it, sealed under a key that
// only this server has. Nothing is kept: a session ends when its time is over, its API key is removed, or the
// server ends.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/guarded.h"
#include "http/message.h"

namespace pk::admin {

inline constexpr std::int64_t k_session_ms = 30LL * 86'400'000;
// So many wrong API keys within that time, and for its rest nobody can log in.
inline constexpr std::size_t k_wrong_logins_max = 20;
inline constexpr std::int64_t k_wrong_logins_ms = 10'000;

// Any thread.
class Sessions {
 public:
  Sessions();

  // URL-safe. `key_id` is the API key's id.
  std::string seal(std::string_view key_id, std::int64_t now_ms) const;
  // The API key's id; nothing if the token was not made here, was changed, or is over.
  std::optional<std::string> open(std::string_view token, std::int64_t now_ms) const;
  // The same for the request's cookie.
  std::optional<std::string> of(const http::Request& request, std::int64_t now_ms) const;

  // Whether another may be tried.
  bool may_try(std::int64_t now_ms) const;
  void was_wrong(std::int64_t now_ms);

 private:
  std::array<unsigned char, 32> m_key{};
  Guarded<std::deque<std::int64_t>> m_wrong;  // when
};

}  // namespace pk::admin
