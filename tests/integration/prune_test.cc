// Pruning and compacting the ledger beside the server that writes it.
#include <atomic>
#include <csignal>
#include <random>
#include <set>
#include <thread>

#include "support/catch.h"
#include "support/serve_fixture.h"
#include "support/wait_until.h"

using namespace pk::test;

namespace {

// A client that calls the demo until it is told to stop, and remembers each answer that it got whole.
class Client {
 public:
  explicit Client(const Serve& serve) : m_serve(serve), m_thread([this] { run(); }) {}
  ~Client() {
    m_stop = true;
    if (m_thread.joinable()) m_thread.join();
  }
  std::set<std::string> stop() {
    m_stop = true;
    m_thread.join();
    return m_ids;
  }
  // Until it has so many, or got one that is none.
  void wait_for(std::size_t answers) const {
    wait_until(std::to_string(answers) + " answers came", [&] { return m_answers >= answers || m_failed; });
  }
  std::size_t answers() const { return m_answers; }
  bool failed() const { return m_failed; }

 private:
  void run() {
    const HeaderList demo{{"Content-Type", "application/json"}, {"x-portkey-provider", "demo"}};
    while (!m_stop) {
      const Reply reply = request(m_serve.port(), "POST", "/v1/chat/completions", demo, chat_request());
      if (reply.status != 200 || !reply.whole) m_failed = true;
      m_ids.insert(reply.header("x-pk-log-id"));
      ++m_answers;
    }
  }

  const Serve& m_serve;
  std::set<std::string> m_ids;
  std::atomic<std::size_t> m_answers{0};
  std::atomic<bool> m_stop{false};
  std::atomic<bool> m_failed{false};
  std::thread m_thread;
};

std::set<std::string> ids_of(const std::vector<boost::json::value>& rows) {
  std::set<std::string> ids;
  for (const auto& row : rows) ids.insert(at(row, "/id"));
  return ids;
}

// Letters that do not compress to much less.
std::string noise(std::size_t size) {
  static std::minstd_rand random(7);
  std::string text(size, ' ');
  for (char& letter : text) letter = static_cast<char>('a' + random() % 26);
  return text;
}

std::uintmax_t ledger_bytes(const Serve& serve) {
  return std::filesystem::file_size(serve.data() / "ledger.mdb");
}

}  // namespace

TEST_CASE("The ledger is compacted beside the server, which serves on and loses nothing", "[prune]") {
  Serve serve;
  {
    const HeaderList demo{{"Content-Type", "application/json"}, {"x-portkey-provider", "demo"}};
    for (int i = 0; i < 40; ++i)
      request(serve.port(), "POST", "/v1/chat/completions", demo, chat_request(noise(50'000)));
  }
  Client client(serve);
  client.wait_for(5);
  CHECK(run_pk(serve.data(), {"prune", "--older-than", "0s", "-q"}).exit == 0);
  const auto before = ledger_bytes(serve);
  const PkRun done = run_pk(serve.data(), {"prune", "--compact"});
  CHECK(done.exit == 0);
  CHECK(done.err.find("the file went from") != std::string::npos);
  CHECK(serve.errors().find("compacted") != std::string::npos);
  CHECK(ledger_bytes(serve) < before);
  client.wait_for(client.answers() + 20);
  CHECK(run_pk(serve.data(), {"prune", "--compact", "-q"}).exit == 0);  // and again
  const std::set<std::string> answered = client.stop();
  CHECK_FALSE(client.failed());
  const auto kept = ids_of(logs(serve.data()));
  std::size_t there = 0;
  for (const std::string& id : answered) there += kept.contains(id);
  CHECK(there == kept.size());
  CHECK(there >= 20);
  CHECK(kept.contains(*answered.rbegin()));
  CHECK(run_pk(serve.data(), {"verify"}).exit == 0);
  CHECK(serve.terminate() == 0);
  CHECK(run_pk(serve.data(), {"verify"}).exit == 0);
}

TEST_CASE("A server that stands still is not waited for for ever, and goes on as before", "[prune][.slow]") {
  Serve serve;
  serve.signal(SIGSTOP);
  const PkRun refused = run_pk(serve.data(), {"prune", "--compact"});
  serve.signal(SIGCONT);
  CHECK(refused.exit == 1);
  CHECK(refused.err.find(std::to_string(serve.pid())) != std::string::npos);
  CHECK(serve.terminate() == 0);
}

TEST_CASE("The answer to a compaction that a server's end cut off is that it was", "[prune]") {
  Serve serve;
  Client client(serve);
  client.wait_for(3);
  std::thread asking([&] { run_pk(serve.data(), {"prune", "--compact"}); });
  client.wait_for(6);
  client.stop();
  CHECK(serve.terminate() == 0);
  asking.join();
  CHECK(run_pk(serve.data(), {"verify"}).exit == 0);
  CHECK_FALSE(std::filesystem::exists(serve.data() / "compacting"));
}
