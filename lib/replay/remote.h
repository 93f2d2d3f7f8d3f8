// Replays by a server: what it has logged is read from its API, and sent again by it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "config/secret.h"
#include "gateway/timers.h"
#include "log/record.h"
#include "replay/way.h"
#include "upstream/client.h"

namespace pk::replay {

inline constexpr std::size_t k_reply_bytes_max = 64'000'000;
// A server whose answers do not wait for its ledger (--durability relaxed) has the log of one a moment later.
inline constexpr int k_log_tries_max = 100;
inline constexpr std::int64_t k_log_wait_ms = 20;

class Remote final : public Way {
 public:
  // `url`: "http://127.0.0.1:8787". `key`: an API key of its, "" for none. `ca_file`: PEM, who vouches for
  // its certificate; "" for those that the system trusts. invalid: no URL, or a file that cannot be read.
  static Result<std::unique_ptr<Remote>> make(boost::asio::io_context& loop, std::string url,
                                              config::Secret key, std::string ca_file = "");

  // A record whole, by what a person calls it.
  Task<Result<log::LogRecord>> fetch(std::string id);
  // The ids of the logs that a filter, as text, means, newest first: `take` gets each with whether it can be
  // replayed.
  Task<Result<void>> find(std::string filter, const std::function<void(const Uuid&, bool)>& take);

  Result<void> check(const log::LogRecord& original, const Overrides& overrides) override;
  Task<Result<Replayed>> send(log::LogRecord original, const Overrides& overrides) override;

 private:
  struct Reply {
    int status = 0;
    log::Headers headers;
    std::string body;
  };
  Remote(boost::asio::io_context& loop, upstream::Options options, std::string url, config::Secret key)
      : m_url(std::move(url)), m_key(std::move(key)), m_client(loop, std::move(options)), m_timers(loop) {}
  // The log of what was just answered.
  Task<Result<log::LogRecord>> fetch_new(std::string id);
  Task<Result<Reply>> ask(std::string method, std::string path, std::string body);

  const std::string m_url;
  const config::Secret m_key;
  upstream::Client m_client;
  gateway::LoopTimers m_timers;
};

}  // namespace pk::replay
