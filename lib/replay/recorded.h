// Answers requests from the ledger, as their logs were answered: status, headers, the events of a stream at
// the pace at which they came. Nothing goes upstream, and nothing is logged. One per worker, on its thread.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "config/saved.h"
#include "gateway/replies.h"
#include "gateway/timers.h"
#include "http/handler.h"
#include "log/record.h"
#include "replay/recording.h"
#include "store/reader.h"

namespace pk::replay {

class Recorded final : public http::Handler {
 public:
  // `saved`: the prompts that calls are rendered with. `speed`: 1 as it was, 2 twice as fast; 0 without
  // waiting. What it refers to outlives it.
  Recorded(const Recording& recording, store::LogReader reader, std::shared_ptr<const config::Saved> saved,
           gateway::Timers& timers, double speed)
      : m_recording(recording),
        m_reader(std::move(reader)),
        m_saved(std::move(saved)),
        m_timers(timers),
        m_speed(speed) {}

  Task<void> handle(http::Request& request, http::Responder& responder) override;
  Task<void> handle_malformed(http::Request& request, const http::Malformed& problem,
                              http::Responder& responder) override;

 private:
  struct Asked {
    std::string path, body;
    bool render_only = false;
  };
  // What a request asks for: of a call of a prompt, what it comes to.
  std::variant<Asked, gateway::Refusal> asked(http::Request& request) const;
  Task<void> answer(const log::LogRecord& record, http::Responder& responder);
  Task<void> refuse(gateway::Refusal refusal, std::string_view path, http::Responder& responder);
  Task<void> reply(int status, std::string body, http::Responder& responder);
  Task<void> wait(double ms, http::Responder& responder);

  const Recording& m_recording;
  const store::LogReader m_reader;
  const std::shared_ptr<const config::Saved> m_saved;
  gateway::Timers& m_timers;
  const double m_speed;
};

// A stored stream in its events, each with the empty line that ends it; the rest, if any, is one more. Views
// into it.
std::vector<std::string_view> events_of(std::string_view stream);

}  // namespace pk::replay
