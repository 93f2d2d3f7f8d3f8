// What the ledger keeps when the server is killed, asked to end, or started twice.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "support/catch.h"
#include "support/serve_fixture.h"
#include "support/wait_until.h"

using namespace pk::test;

namespace {

// Clients that call until the server is gone, and remember each answer that they received whole.
class Load {
 public:
  Load(const Serve& serve, const FakeUpstream& upstream, int clients) {
    for (int i = 0; i < clients; ++i) {
      std::string text = request_text("POST", "/v1/chat/completions", openai(upstream),
                                      chat_request("from " + std::to_string(i), i % 2 == 1));
      auto client = std::make_shared<HttpClient>(serve.port());
      ++m_running;
      m_threads.emplace_back([this, client, text = std::move(text)] { call(*client, text); });
    }
  }
  ~Load() {
    m_stop = true;
    join();
  }

  void wait_for_answers(std::size_t count) const {
    wait_until(std::to_string(count) + " answers came", [&] { return m_answers >= count || m_running == 0; });
  }
  std::set<std::string> join() {
    for (std::thread& thread : m_threads) thread.join();
    m_threads.clear();
    return m_ids;
  }

 private:
  void call(HttpClient& client, const std::string& text) {
    while (!m_stop && client.send(text)) {
      const Reply reply = client.read_reply();
      if (!reply.whole) break;
      std::lock_guard lock(m_mutex);
      m_ids.insert(reply.header("x-pk-log-id"));
      ++m_answers;
    }
    --m_running;
  }

  std::mutex m_mutex;
  std::set<std::string> m_ids;
  std::atomic<std::size_t> m_answers{0};
  std::atomic<int> m_running{0};
  std::atomic<bool> m_stop{false};
  std::vector<std::thread> m_threads;
};

std::set<std::string> ids_of(const std::vector<boost::json::value>& rows) {
  std::set<std::string> ids;
  for (const auto& row : rows) ids.insert(at(row, "/id"));
  return ids;
}

// Whoever only listens may wait for ever: of a connection made in the moment its listener closes, Linux can
// leave the client's half open and say nothing. One word of the client's tells.
bool refuses_connections(int port) {
  try {
    HttpClient client(port);
    client.send(request_text("GET", "/health", {}, ""));
    return !client.read_reply().whole;
  } catch (const std::runtime_error&) {
    return true;
  }
}

}  // namespace

TEST_CASE("Killed under load, a strict server has lost no answer that a client received whole",
          "[durability]") {
  FakeUpstream upstream;
  upstream.handle([](const SeenRequest& seen) {
    const bool stream = seen.body.find("\"stream\":true") != std::string::npos;
    return stream ? Answer::sse(chat_events({"a", "b"})) : Answer::json(200, chat_body());
  });
  TempFolder folder;
  std::set<std::string> received;
  for (int round = 0; round < 3; ++round) {
    Serve serve({.data = folder.path()});
    Load load(serve, upstream, 16);
    load.wait_for_answers(500);
    serve.kill9();
    received.merge(load.join());
  }
  Serve serve({.data = folder.path()});
  const std::vector<boost::json::value> rows = logs(folder.path());
  const std::set<std::string> kept = ids_of(rows);
  CHECK(received.size() >= 1500);
  std::vector<std::string> lost;
  std::set_difference(received.begin(), received.end(), kept.begin(), kept.end(), std::back_inserter(lost));
  CHECK(lost == std::vector<std::string>{});
  for (const auto& row : rows)
    if (received.count(at(row, "/id")) > 0) CHECK(at(row, "/state") == "complete");
  CHECK(run_pk(folder.path(), {"verify"}).exit == 0);
}

TEST_CASE("An exchange that a kill cut short shows as interrupted", "[durability]") {
  FakeUpstream upstream;
  TempFolder folder;
  {
    Serve serve({.data = folder.path()});
    upstream.next(Answer::script().hang());
    HttpClient client(serve.port());
    client.send(request_text("POST", "/v1/chat/completions", openai(upstream), chat_request("cut")));
    upstream.seen(0);
    CHECK(chat(serve, upstream).status == 200);
    wait_until_open_on_disk(folder.path(), 1);
    serve.kill9();
  }
  Serve again({.data = folder.path()});
  const auto rows = logs(folder.path(), {"--state", "interrupted"});
  REQUIRE(rows.size() == 1);
  CHECK(at(rows[0], "/ok") == "false");
  CHECK(at(rows[0], "/replay_blocked_by") == "no-content");
  CHECK(at(log_of(folder.path(), at(rows[0], "/id")), "/request/body/messages/0/content") == "cut");
}

TEST_CASE("SIGTERM lets what runs finish, takes nothing new, writes every record and ends with 0",
          "[durability]") {
  for (const char* durability : {"strict", "relaxed"}) {
    for (int number : {SIGTERM, SIGINT}) {
      INFO(durability << ", signal " << number);
      FakeUpstream upstream;
      const Gate finish;
      upstream.always(
          Answer::script()
              .head(200, {{"Content-Type", "text/event-stream"}, {"Transfer-Encoding", "chunked"}})
              .chunk("data: one\n\n")
              .wait(finish)
              .chunk("data: [DONE]\n\n")
              .last_chunk());
      Serve serve({.flags = {"--durability", durability}});
      HttpClient client(serve.port());
      HttpClient idle(serve.port());
      client.send(request_text("POST", "/v1/chat/completions", openai(upstream), chat_request("hi", true)));
      client.read_until("data: one\n\n");
      serve.signal(number);
      CHECK(idle.peer_closed());
      wait_until("connections are refused", [&] { return refuses_connections(serve.port()); });
      finish.open();
      const Reply reply = client.read_reply();
      CHECK(reply.whole);
      CHECK(reply.body == "data: one\n\ndata: [DONE]\n\n");
      CHECK(serve.wait() == 0);
      const auto rows = logs(serve.data());
      REQUIRE(rows.size() == 1);
      CHECK(at(rows[0], "/state") == "complete");
      CHECK(at(rows[0], "/ok") == "true");
    }
  }
}

TEST_CASE("What outlasts the grace is cut off and recorded", "[durability]") {
  FakeUpstream upstream;
  upstream.always(Answer::script().hang());
  Serve serve({.flags = {"--grace", "1s"}});
  HttpClient client(serve.port());
  client.send(request_text("POST", "/v1/chat/completions", openai(upstream), chat_request()));
  upstream.seen(0);
  CHECK(serve.terminate() == 0);
  const auto rows = logs(serve.data());
  REQUIRE(rows.size() == 1);
  CHECK(at(rows[0], "/ok") == "false");
}

TEST_CASE("A relaxed server writes all it answered when it is asked to end", "[durability]") {
  FakeUpstream upstream;
  Serve serve({.flags = {"--durability", "relaxed"}});
  std::set<std::string> received;
  for (int i = 0; i < 200; ++i) received.insert(chat(serve, upstream).header("x-pk-log-id"));
  CHECK(serve.terminate() == 0);
  CHECK(ids_of(logs(serve.data())) == received);
}

TEST_CASE("A second server on the same data is refused with one line; a free one is not", "[durability]") {
  FakeUpstream upstream;
  Serve first;
  const PkRun second = run_pk(first.data(), {"serve", "--listen", "127.0.0.1:0"});
  CHECK(second.exit == 4);
  CHECK(second.out == "");
  CHECK(second.err.rfind("pk: ", 0) == 0);
  CHECK(std::count(second.err.begin(), second.err.end(), '\n') == 1);
  CHECK(second.err.find(std::to_string(first.pid())) != std::string::npos);
  CHECK(chat(first, upstream).status == 200);
  CHECK(first.terminate() == 0);
  Serve third({.data = first.data()});
  CHECK(chat(third, upstream).status == 200);
}

TEST_CASE("A new server may start while the first one drains", "[durability]") {
  FakeUpstream upstream;
  const Gate finish;
  upstream.next(Answer::script().wait(finish).head(200, {{"Content-Length", "2"}}).bytes("{}"));
  Serve first;
  HttpClient client(first.port());
  client.send(request_text("POST", "/v1/chat/completions", openai(upstream), chat_request()));
  upstream.seen(0);
  first.signal(SIGTERM);
  wait_until("connections are refused", [&] { return refuses_connections(first.port()); });
  Serve second({.data = first.data()});
  CHECK(chat(second, upstream).status == 200);
  finish.open();
  CHECK(client.read_reply().whole);
  CHECK(first.wait() == 0);
  CHECK(logs(second.data()).size() == 2);
}

TEST_CASE("Reading and pruning go on beside a serving pk", "[durability]") {
  FakeUpstream upstream;
  Serve serve;
  Load load(serve, upstream, 4);
  for (int i = 0; i < 20; ++i) {
    load.wait_for_answers(static_cast<std::size_t>(i) * 20);
    CHECK(run_pk(serve.data(), {"logs", "list", "--json"}).exit == 0);
    CHECK(run_pk(serve.data(), {"prune", "--keep-last", "100", "-q"}).exit == 0);
  }
  CHECK(serve.terminate() == 0);
  load.join();
  CHECK(run_pk(serve.data(), {"verify"}).exit == 0);
}

TEST_CASE("An address in use is one clear line", "[durability]") {
  Serve first;
  TempFolder other;
  const PkRun run = run_pk(other.path(), {"serve", "--listen", "127.0.0.1:" + std::to_string(first.port())});
  CHECK(run.exit == 1);
  CHECK(run.err.rfind("pk: ", 0) == 0);
  CHECK(std::count(run.err.begin(), run.err.end(), '\n') == 1);
}
