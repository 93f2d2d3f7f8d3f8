// Sessions of the page: who logs in with an API key gets a token that stands for it, sealed under a key that
// only this server has. Nothing is kept but which were ended before their time: a session ends when who has
// it logs out, its time is over, its API key is removed, or the server ends.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
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
// So many that were ended are kept in mind; with one more all sessions end.
inline constexpr std::size_t k_ended_sessions_max = 10'000;

// Any thread.
class Sessions {
 public:
  Sessions();

  // URL-safe. `key_id` is the API key's id.
  std::string seal(std::string_view key_id, std::int64_t now_ms) const;
  // The API key's id; nothing if the token was not made here, was changed or ended, or is over.
  std::optional<std::string> open(std::string_view token, std::int64_t now_ms) const;
  // The same for the request's cookie.
  std::optional<std::string> of(const http::Request& request, std::int64_t now_ms) const;

  // From now on the token stands for nothing. One that does not anyway changes nothing.
  void end(std::string_view token, std::int64_t now_ms);

  // Whether another may be tried.
  bool may_try(std::int64_t now_ms) const;
  void was_wrong(std::int64_t now_ms);

 private:
  struct Seals {
    std::array<unsigned char, 32> key{};
    std::map<std::string, std::int64_t> ended;  // by nonce, and when they are over anyway
  };
  struct Opened {
    std::string key_id, nonce;
    std::int64_t until_ms = 0;
  };
  static std::optional<Opened> unsealed(const Seals& seals, std::string_view token, std::int64_t now_ms);

  Guarded<Seals> m_seals;
  Guarded<std::deque<std::int64_t>> m_wrong;  // when
};

}  // namespace pk::admin
