// A scripted upstream on 127.0.0.1: answers what a test says, byte by byte if it wants, and remembers what it
// was sent. Plain sockets and threads, one thread a connection. Its waits end at a gate, at the peer's
// leaving, or with the fake.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/gate.h"

namespace pk::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// The value of a header whatever its case, "" if it is not there.
std::string header_of(const HeaderList& headers, std::string_view name);

// A gzip file of `text` (deflate's stored form: real gzip to any reader, and easy to cut at a known place).
std::string gzip_stored(std::string_view text);

struct SeenRequest {
  std::string method;
  std::string target;
  HeaderList headers;
  std::string body;    // chunked coding taken off
  bool whole = false;  // false: the peer left in the middle of it
  std::string header(std::string_view name) const { return header_of(headers, name); }
};

// What to do with one request, in steps. Each call adds a step and returns the answer, so that scripts read
// in order.
class Answer {
 public:
  // A whole JSON answer with a right Content-Length; `sse` a chunked event stream of "data: …" events.
  static Answer json(int status, std::string body);
  static Answer sse(const std::vector<std::string>& datas);
  // The steps alone: for answers that lie.
  static Answer script() { return Answer(); }

  Answer& head(int status, const HeaderList& headers);  // status line, headers, empty line
  Answer& bytes(std::string raw);                       // as they are
  Answer& drip(std::string raw);                        // the same, one byte a send
  Answer& chunk(std::string_view piece);                // in chunked coding
  Answer& last_chunk();
  Answer& wait(Gate gate);
  Answer& flood(
      std::uint64_t bytes_total);  // that many bytes of 'x' as chunks, as fast as the peer takes them
  Answer& hang();                  // until the peer leaves
  Answer& reset();                 // RST
  Answer& close();                 // FIN

 private:
  friend class FakeUpstream;
  struct Step {
    enum class Kind { send, drip, wait, flood, hang, reset, close } kind;
    std::string bytes;
    Gate gate;
    std::uint64_t count = 0;
  };
  std::vector<Step> m_steps;
};

// The body of an OpenAI chat completion with usage 9 + 3 = 12, and its streamed form's data lines, [DONE]
// with them.
std::string chat_body(std::string_view content = "Hello there", std::string_view model = "gpt-4o-mini");
std::vector<std::string> chat_events(const std::vector<std::string>& words, bool with_usage = true);

// Any thread may call any function. The destructor ends all connections.
class FakeUpstream {
 public:
  using Handler = std::function<Answer(const SeenRequest&)>;

  FakeUpstream();  // answers 200 chat_body() to everything until told otherwise
  ~FakeUpstream();
  FakeUpstream(const FakeUpstream&) = delete;
  FakeUpstream& operator=(const FakeUpstream&) = delete;

  int port() const { return m_port; }
  std::string url(std::string_view path = "/v1") const;

  void always(Answer answer);  // from now on
  void next(Answer answer);    // for one request; several queue up
  void handle(Handler handler);

  // Requests in the order of their arrival. `seen` waits for it; a wait that lasts `k_wait_max_ms` throws.
  SeenRequest seen(std::size_t index);
  std::size_t seen_count() const;
  // Waits until `count` connections were ended by the peer (half an answer not taken counts).
  void wait_peer_left(std::size_t count);
  std::size_t connection_count() const { return m_connections; }
  // Waits until this many body bytes left through floods.
  std::uint64_t flooded() const { return m_flooded; }

  static constexpr int k_wait_max_ms = 30'000;

 private:
  enum class Wait { ready, peer_left, stopped };
  struct Connection;

  void accept_loop();
  void serve(int fd);
  bool serve_one(Connection& connection);
  bool run(Connection& connection, const Answer& answer);
  bool run_step(Connection& connection, const Answer::Step& step);
  bool send_all(Connection& connection, std::string_view bytes);
  bool flood(Connection& connection, std::uint64_t count);
  Wait wait_for(int fd, short events, int other_fd) const;
  Answer answer_to(const SeenRequest& request);
  void note(SeenRequest request);
  void note_left();

  int m_listener = -1;
  int m_port = 0;
  Gate m_stop;
  std::atomic<std::size_t> m_connections{0};
  std::atomic<std::uint64_t> m_flooded{0};

  mutable std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<SeenRequest> m_seen;
  std::size_t m_left = 0;
  std::deque<Answer> m_next;
  Handler m_handler;
  std::vector<std::thread> m_threads;
  std::thread m_accepting;
};

}  // namespace pk::test
