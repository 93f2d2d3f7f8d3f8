// A gateway with one worker inside this process, on the thread that runs it: replays go through it and are
// written to the same ledger as everything else. It has no listener.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/task.h"
#include "gateway/gateway.h"
#include "http/handler.h"
#include "log/sink.h"
#include "replay/prepare.h"
#include "upstream/client.h"

namespace pk::replay {

inline constexpr std::size_t k_answer_bytes_max = 64'000'000;  // of one; more is cut off

// What came of one replay.
struct Outcome {
  int status = 0;  // 0: no answer
  http::Headers headers;
  std::string body;
  bool whole = false;
  // Its record, with its response; none: it was refused before anything was sent, `body` says why.
  std::optional<log::LogRecord> record;
};

// Takes an answer as a client would.
class Taker final : public http::Responder {
 public:
  void head(const http::ResponseHead& head) override;
  void body(std::string_view piece) override;
  void end() override { m_staged_end = true; }
  Task<bool> flush() override;
  void cut() override;
  void unstage() override;
  bool head_sent() const override { return m_sent; }
  bool client_left() const override { return m_left; }
  void on_client_left(std::function<void()> left) override;

  // Whoever waited for it waits no more.
  void leave();
  Outcome outcome() &&;

 private:
  http::ResponseHead m_head;
  std::string m_body, m_staged;
  bool m_staged_end = false, m_whole = false, m_sent = false, m_cut = false, m_left = false;
  std::function<void()> m_on_left;
};

class Plane {
 public:
  // `sink` and `cache` outlive it; without a cache (null) none is asked, whatever a replay says.
  Plane(boost::asio::io_context& loop, const upstream::Options& upstream, log::Sink& sink,
        std::shared_ptr<const gateway::Rules> rules, cache::Cache* cache);
  ~Plane();

  // Sends it and waits for its end; its record is on disk by then, or never will be. Several may run at once,
  // on the loop's thread. `taker` lives until then.
  Task<Outcome> run(Prepared prepared, Taker& taker);

  // From the ledger's thread: more is on disk.
  void notify();

 private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace pk::replay
