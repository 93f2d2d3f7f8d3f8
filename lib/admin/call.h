// One request on its way through the control plane: what a route is given, and the ways to answer.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "admin/guard.h"
#include "admin/parameters.h"
#include "admin/reply.h"
#include "admin/services.h"
#include "base/result.h"
#include "base/task.h"
#include "http/handler.h"
#include "store/reader.h"

namespace pk::admin {

class Replayer;  // replayer.h

// One worker's side of the control plane.
struct Desk {
  const Services& services;
  Guard& guard;
  Post post;  // to the worker's loop
  std::function<Task<void>(log::Sink::Seq)>
      until_kept;                // until a record is on disk, or waited for long enough
  Replayer* replayer = nullptr;  // null: nothing is replayed
};

// Bodies of requests to the control plane.
inline constexpr std::size_t k_body_bytes_max = 16'000'000;
inline constexpr std::size_t k_open_body_bytes_max = 64 * 1024;  // where no API key is asked for
// A piece of a body that is made while it is sent: about so much is held for one client, however slow.
inline constexpr std::size_t k_piece_bytes = 64 * 1024;

// A part of an answer; `last` is true of the one that ends it.
struct Piece {
  std::string text;
  bool last = true;
};

// Lives on its worker's thread while its route runs; left() is for any thread.
class Call {
 public:
  Call(const Desk& desk, http::Request& request, http::Responder& responder);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // ---- what is asked ----
  const Desk& desk;
  http::Request& request;
  http::Responder& responder;
  std::vector<std::string> parts;  // what stands for each {…} of the pattern, decoded
  Parameters query;
  Caller caller;
  int page_status = 200;  // of a page: 401 or 403 where its reader is to log in

  bool is_head() const { return request.method == "HEAD"; }
  // The client has gone: who works for it may stop.
  bool left() const { return m_left.load(std::memory_order_relaxed); }
  // Over the ledger, for this client: what it scans ends with `cancelled` soon after the client has left.
  store::LogReader reader(const std::shared_ptr<store::Env>& env) const;
  // `left` is called on the loop as soon as it does; at once if it has left already.
  void on_left(std::function<void()> left);

  // ---- the answer, one of these ----
  Task<void> answer(Reply reply);
  // What `work` makes of the ledger, on the pool. 503 where there is no ledger, or too much waits for the
  // pool.
  Task<void> answer_from(std::function<Result<Reply>(const std::shared_ptr<store::Env>& env)> work);
  // A body in pieces, each asked for on the pool once the client has taken the one before. An error before
  // the first is the answer, a later one cuts the connection. Who asks HEAD gets the head alone.
  Task<void> stream(Reply head, std::function<Result<Piece>(const std::shared_ptr<store::Env>& env)> next);

 private:
  std::atomic<bool> m_left{false};
  std::function<void()> m_on_left;
};

// 503: no ledger, the pool is full.
Reply no_ledger(const Services& services);
Reply too_busy();

}  // namespace pk::admin
