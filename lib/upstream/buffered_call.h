// What all calls are, whatever carries them: an answer that arrives and waits for its reader, and the times
// it has. Private to the room.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "upstream/client.h"
#include "upstream/gunzip.h"
#include "upstream/head_reader.h"

namespace pk::upstream {

constexpr std::int64_t k_tick_ms = 100;  // how finely first-byte and silence times are kept

using SteadyTime = std::chrono::steady_clock::time_point;

class BufferedCall;

// The calls of one client that are under way.
using RunningCalls = std::vector<BufferedCall*>;

// Lives on its client's thread.
class BufferedCall : public Call {
 public:
  BufferedCall(const Options& options, RunningCalls& running, Request request);
  ~BufferedCall() override;
  BufferedCall(const BufferedCall&) = delete;
  BufferedCall& operator=(const BufferedCall&) = delete;

  Task<Result<const Head*>> head() final;
  Task<Result<std::string_view>> read() final;
  bool ended() const final;
  void cancel() final;

  // From the client, every k_tick_ms.
  void check_deadline(SteadyTime now);

 protected:
  // The carrier's part. Both may be called at any time, more than once.
  virtual void detach() = 0;        // gives back what carries the call; nothing comes after it
  virtual void resume() = 0;        // the reader has taken what there was: goes on after full()
  virtual void tick(SteadyTime) {}  // every k_tick_ms while the call is under way; may end it

  // What the carrier brings. `moved` in the names: the carrier then calls wake(), when it is safe to.
  void head_moved(Head head, const BodyFacts& body);
  std::string& body_moved();       // append here
  void sent() { m_moved = true; }  // some of the request went out
  bool full() const;               // then the carrier pauses
  void paused() { m_paused = true; }
  void finished(std::optional<Error> error);
  // Resumes whoever waits; that may destroy the call.
  void wake();
  // Over at once: detached, and whoever waits is told.
  void end(Error error);

  bool is_head_done() const { return m_head_done; }
  bool is_done() const { return m_done; }
  const Options& options() const { return m_options; }
  const Request& request() const { return m_request; }
  SteadyTime started() const { return m_started; }

 private:
  bool unpack();

  const Options& m_options;
  RunningCalls& m_running;
  const Request m_request;
  Event m_changed;

  Head m_head;
  bool m_head_done = false;
  std::unique_ptr<Gunzip> m_gunzip;  // the body has a content coding
  std::string m_body;                // received, not read
  std::size_t m_body_at = 0;         // up to here it has been unpacked
  std::string m_given;               // what read() gave out last
  bool m_paused = false;
  bool m_done = false;
  std::optional<Error> m_error;
  const SteadyTime m_started;
  SteadyTime m_last_byte;  // the first tick after it
  bool m_moved = false;    // since the last tick: so that a byte that comes costs no look at the clock
};

}  // namespace pk::upstream
