// A client on a loop of its own, and what came of its calls as plain values.
#pragma once

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "support/fake_upstream.h"
#include "support/loop_thread.h"
#include "upstream/client.h"

namespace pk::test {

// What one call gave, read to its end.
struct Fetched {
  std::optional<Error> head_error;
  std::optional<Error> body_error;
  int status = 0;
  log::Headers headers;
  std::string body;
  bool ended_early = false;  // ended() before the last bytes were given
  bool ended_late = false;   // ended() only once the end itself was read

  std::string header(std::string_view name) const { return header_of(headers, name); }
  bool whole() const { return !head_error && !body_error; }
};

inline Task<Fetched> read_all(upstream::Call& call) {
  Fetched fetched;
  auto head = co_await call.head();
  if (!head) {
    fetched.head_error = head.error();
    co_return fetched;
  }
  fetched.status = (*head)->status;
  fetched.headers = (*head)->headers;
  bool ended = false;
  while (true) {
    auto piece = co_await call.read();
    if (!piece) {
      fetched.body_error = piece.error();
      fetched.ended_early = ended;
      co_return fetched;
    }
    if (piece->empty()) break;
    fetched.ended_early = fetched.ended_early || ended;
    fetched.body.append(*piece);
    ended = call.ended();
  }
  fetched.ended_late = !ended;
  co_return fetched;
}

inline Task<Fetched> fetch(upstream::Client& client, upstream::Request request) {
  const std::unique_ptr<upstream::Call> call = client.start(std::move(request));
  Fetched fetched = co_await read_all(*call);
  co_return fetched;
}

class ClientThread {
 public:
  explicit ClientThread(upstream::Options options = trusting()) {
    static const bool once = static_cast<bool>(upstream::Client::global_init());
    (void)once;
    m_loop.run([&] { m_client.emplace(m_loop.loop(), std::move(options)); });
  }
  ~ClientThread() {
    m_loop.run([&] { m_client.reset(); });
    m_loop.stop();
  }

  // Loopback may be called.
  static upstream::Options trusting() {
    upstream::Options options;
    options.trusted_hosts = config::TrustedHosts::make(true, {}).value();
    // All of it holds for both ways to call: the same tests run once more with this set.
    options.curl_for_http = std::getenv("PK_TEST_CURL_FOR_HTTP") != nullptr;
    return options;
  }
  static upstream::Request request_to(std::string url, std::string method = "GET") {
    upstream::Request request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.trust = config::Trust::loopback;
    return request;
  }

  Fetched get(const std::string& url) { return send(request_to(url)); }
  Fetched send(upstream::Request request) {
    return m_loop.await([&] { return fetch(*m_client, std::move(request)); });
  }

  LoopThread& thread() { return m_loop; }
  upstream::Client& client() { return *m_client; }  // on the loop's thread

 private:
  LoopThread m_loop;
  std::optional<upstream::Client> m_client;
};

}  // namespace pk::test
