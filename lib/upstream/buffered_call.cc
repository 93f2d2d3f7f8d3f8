#include "upstream/buffered_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pk::upstream {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

BufferedCall::BufferedCall(const Options& options, RunningCalls& running, Request request)
    : m_options(options),
      m_running(running),
      m_request(std::move(request)),
      m_started(steady_clock::now()),
      m_last_byte(m_started) {
  m_running.push_back(this);
}

BufferedCall::~BufferedCall() {
  // Usually one of the oldest; their order means nothing.
  const auto self = std::find(m_running.begin(), m_running.end(), this);
  *self = m_running.back();
  m_running.pop_back();
}

// ---- the reader's side ----

Task<Result<const Head*>> BufferedCall::head() {
  while (!m_head_done && !m_done) co_await m_changed;
  if (!m_head_done)
    co_return Error(m_error ? *m_error
                            : Error{Errc::upstream, "the provider closed the connection without an answer"});
  co_return &m_head;
}

Task<Result<std::string_view>> BufferedCall::read() {
  m_given.clear();
  while (true) {
    if (!unpack()) end({Errc::upstream, "the provider's content coding is broken"});
    if (!m_given.empty()) co_return std::string_view(m_given);
    if (m_done) break;
    if (std::exchange(m_paused, false)) {
      resume();
      continue;
    }
    co_await m_changed;
  }
  if (!m_error && m_gunzip && !m_gunzip->whole())
    m_error = Error{Errc::upstream, "the provider ended its answer early: its content coding is cut"};
  if (m_error) co_return Error(*m_error);
  co_return std::string_view();
}

// What was received, or the next piece of what it stands for, into m_given. False if it stands for nothing.
bool BufferedCall::unpack() {
  if (!m_gunzip) {
    m_given.swap(m_body);
    return true;
  }
  bool good = true;
  std::string_view packed = std::string_view(m_body).substr(m_body_at);
  while (good && m_given.empty() && (!packed.empty() || m_gunzip->has_more()))
    good = m_gunzip->step(packed, m_given);
  m_body_at = m_body.size() - packed.size();
  if (packed.empty()) m_body.clear(), m_body_at = 0;
  return good;
}

bool BufferedCall::ended() const {
  return m_done && !m_error && m_body.empty() && (!m_gunzip || (m_gunzip->whole() && !m_gunzip->has_more()));
}

void BufferedCall::cancel() {
  end({Errc::cancelled, "the client left"});
}

// ---- the carrier's side ----

void BufferedCall::head_moved(Head head, const BodyFacts& body) {
  m_head = std::move(head);
  m_head_done = true;
  m_moved = true;
  if (body.gzip) m_gunzip = std::make_unique<Gunzip>();
}

std::string& BufferedCall::body_moved() {
  m_moved = true;
  return m_body;
}

bool BufferedCall::full() const {
  return m_body.size() - m_body_at >= m_options.limits.buffer_bytes_max;
}

void BufferedCall::finished(std::optional<Error> error) {
  m_done = true;
  if (!m_error) m_error = std::move(error);
}

void BufferedCall::wake() {
  if (m_changed.has_waiter()) m_changed.set();
}

void BufferedCall::end(Error error) {
  if (!m_done) {
    m_done = true;
    m_error = std::move(error);
  } else if (error.code != Errc::cancelled) {
    m_error = std::move(error);  // what came whole turned out to be broken
  } else {
    return;
  }
  m_body = {};
  m_body_at = 0;
  detach();
  wake();
}

void BufferedCall::check_deadline(SteadyTime now) {
  const milliseconds first_byte(m_request.first_byte_timeout_ms);
  const milliseconds silence(m_options.limits.silence_timeout_ms);
  if (m_done) return;
  if (!m_head_done && first_byte.count() > 0 && now - m_started >= first_byte)
    return end({Errc::timeout, fmt::format("no answer within {} ms", first_byte.count())});
  if (std::exchange(m_moved, false) || m_paused)
    m_last_byte = now;  // while it is paused it waits for its reader, not for the provider
  else if (now - m_last_byte >= silence)
    return end({Errc::timeout, fmt::format("the provider was silent for {} s", silence.count() / 1000)});
  tick(now);
}

}  // namespace pk::upstream
