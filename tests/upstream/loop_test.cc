// The loop between curl and io_context: that it does its work, and that it does none without need.
#include "upstream/loop.h"

#include "support/catch.h"
#include "support/fake_upstream.h"
#include "support/turns.h"
#include "upstream/client.h"

using namespace pk::test;
using pk::upstream::CurlLoop;

namespace {

std::size_t ignore_body(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

curl_socket_t open_socket(void* loop, curlsocktype, curl_sockaddr* address) {
  return static_cast<CurlLoop*>(loop)->open_socket(*address);
}

int close_socket(void* loop, curl_socket_t fd) {
  static_cast<CurlLoop*>(loop)->close_socket(fd);
  return 0;
}

// Transfers on a loop that the test turns by hand.
class Turned {
 public:
  Turned()
      : m_curl(std::make_unique<CurlLoop>(
            m_loop, 10L, [this](CURL* easy, CURLcode code) { m_ended.emplace_back(easy, code); }, [] {})) {
    REQUIRE(pk::upstream::Client::global_init());
  }
  ~Turned() {
    for (CURL* easy : m_easies) curl_easy_cleanup(easy);
  }

  CURL* add(const std::string& url) {
    CURL* easy = curl_easy_init();
    m_easies.push_back(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &ignore_body);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, m_curl.get());
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &close_socket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, m_curl.get());
    m_curl->add(easy);
    return easy;
  }
  void remove(CURL* easy) { m_curl->remove(easy); }
  // Turns until `count` transfers have ended in all; how many handlers ran.
  std::size_t turn_until_ended(std::size_t count) {
    return turn_until(m_loop, [&] { return m_ended.size() >= count; });
  }
  std::size_t turn_what_is_ready() { return pk::test::turn_what_is_ready(m_loop); }
  const std::vector<std::pair<CURL*, CURLcode>>& ended() const { return m_ended; }
  // As when a worker stops: the curl side goes, the loop stays a little longer.
  void end_curl() {
    for (CURL* easy : m_easies) m_curl->remove(easy);
    m_curl.reset();
  }

 private:
  boost::asio::io_context m_loop{1};
  std::vector<std::pair<CURL*, CURLcode>> m_ended;
  std::vector<CURL*> m_easies;
  std::unique_ptr<CurlLoop> m_curl;
};

}  // namespace

TEST_CASE("A transfer ends and says how") {
  FakeUpstream upstream;
  Turned turned;
  CURL* good = turned.add(upstream.url());
  turned.turn_until_ended(1);
  CHECK(turned.ended().back() == std::pair(good, CURLE_OK));
  upstream.always(Answer::script().reset());
  turned.remove(good);
  CURL* bad = turned.add(upstream.url());
  turned.turn_until_ended(2);
  CHECK(turned.ended().back().first == bad);
  CHECK(turned.ended().back().second != CURLE_OK);
  turned.end_curl();
}

TEST_CASE("A name is resolved through sockets of curl's own") {
  FakeUpstream upstream;
  Turned turned;
  turned.add("http://localhost:" + std::to_string(upstream.port()) + "/");
  turned.turn_until_ended(1);
  CHECK(turned.ended().back().second == CURLE_OK);
  turned.end_curl();
}

TEST_CASE("A loop may end while a name is resolved and while answers are awaited") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  Turned turned;
  turned.add("http://localhost:" + std::to_string(upstream.port()) + "/");
  turned.turn_what_is_ready();
  turned.add(upstream.url());
  turned.turn_what_is_ready();
  turned.end_curl();
  turned.turn_what_is_ready();
  CHECK(turned.ended().empty());
}

TEST_CASE("A transfer on a kept connection costs a handful of handlers, and none come after it") {
  constexpr std::size_t k_handlers_max = 12;
  FakeUpstream upstream;
  Turned turned;
  for (std::size_t i = 1; i <= 20; ++i) {
    CURL* easy = turned.add(upstream.url());
    const std::size_t handlers = turned.turn_until_ended(i);
    if (i > 1) CHECK(handlers <= k_handlers_max);
    turned.remove(easy);
    // What is left over comes to rest: no timer that fires for ever.
    std::size_t turns = 0;
    while (turned.turn_what_is_ready() > 0) REQUIRE(++turns < k_handlers_max);
  }
  CHECK(upstream.connection_count() == 1);
  turned.end_curl();
}

TEST_CASE("An idle connection that the provider closes is let go without a sound") {
  FakeUpstream upstream;
  Answer closing = Answer::json(200, "{}");
  upstream.always(closing.close());
  Turned turned;
  for (std::size_t i = 1; i <= 10; ++i) {
    CURL* easy = turned.add(upstream.url());
    turned.turn_until_ended(i);
    CHECK(turned.ended().back().second == CURLE_OK);
    turned.remove(easy);
    turned.turn_what_is_ready();
  }
  turned.end_curl();
}
