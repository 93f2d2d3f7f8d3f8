// What serves requests, and what it answers through. Free of sockets: a handler can be driven by a test.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/task.h"
#include "http/message.h"

namespace pk::http {

// The answer to one request. Lives on its connection's thread for as long as Handler::handle runs.
// Order: head, then any number of body pieces, then end; each is only staged until flush() sends it.
class Responder {
 public:
  virtual ~Responder() = default;

  virtual void head(const ResponseHead& head) = 0;
  virtual void body(std::string_view piece) = 0;
  virtual void end() = 0;

  // Sends what is staged and waits while the client is slow. False if the client has left: stop, nothing more
  // arrives.
  virtual Task<bool> flush() = 0;

  // The answer cannot be completed: what is staged is dropped and the connection closed, so that the client
  // sees a cut message and never a whole one.
  virtual void cut() = 0;

  // Takes back a head, and what was staged after it, that flush() has not sent: another answer may follow.
  virtual void unstage() = 0;

  virtual bool head_sent() const = 0;    // some of the head may have reached the client
  virtual bool client_left() const = 0;  // closed or reset its side
  // `left` is called at most once, as soon as the client leaves (at once if it has left already); unset it
  // with {} before what it refers to is gone.
  virtual void on_client_left(std::function<void()> left) = 0;
};

// A request that cannot be served as one: what was wrong and the status it deserves (400, 413, 431).
struct Malformed {
  int status = 400;
  std::string reason;
  bool head_known = false;  // method, target and headers of the request are set
};

// One handler per worker thread.
class Handler {
 public:
  virtual ~Handler() = default;
  // Answers; must not return before end() or cut(). `request` may be taken apart.
  virtual Task<void> handle(Request& request, Responder& responder) = 0;
  virtual Task<void> handle_malformed(Request& request, const Malformed& problem, Responder& responder) = 0;
};

}  // namespace pk::http
