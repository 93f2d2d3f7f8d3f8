// pk logs redact beside a server that is told a text again and again: once nobody says it any more, one more
// run leaves it nowhere.
#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>

#include "support/catch.h"
#include "support/serve_fixture.h"
#include "support/wait_until.h"

using namespace pk::test;

namespace {

const std::string k_said = "Qz7-kXv-9021-TTb";

// Bytes of a file that have it as it is.
bool has_bytes(const std::filesystem::path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return bytes.str().find(k_said) != std::string::npos;
}

// The files of the folder that have it; "" if none does.
std::string files_with_it(const std::filesystem::path& folder) {
  std::string names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && has_bytes(entry.path())) names += entry.path().filename().string() + " ";
  return names;
}

// Says it in every place there is for it, until it is told to stop or has said it often enough.
class Speaker {
 public:
  Speaker(const Serve& serve, int number)
      : m_port(serve.port()), m_number(number), m_thread([this] { run(); }) {}
  ~Speaker() { stop(); }
  void stop() {
    m_stop = true;
    if (m_thread.joinable()) m_thread.join();
  }
  std::size_t rounds() const { return m_rounds; }
  bool failed() const { return m_failed; }
  // Once it has stopped.
  const std::vector<std::string>& links() const { return m_links; }

 private:
  static constexpr int k_rounds_max = 400;

  void run() {
    std::string history = R"({"role":"system","content":")" + std::string(3'000, 's') + "\"}";
    for (int round = 0; round < k_rounds_max && !m_stop; ++round, ++m_rounds) {
      const std::string words = std::to_string(m_number) + "." + std::to_string(round) + " " + k_said;
      history += R"(,{"role":"user","content":")" + words + "\"}";
      if (round % 20 == 19) history.resize(history.find('}') + 1);
      chat(words, R"({"provider":"demo","cache":{"mode":"simple"}})", history, round % 3 == 0);
      post("/v1/feedback", R"({"trace_id":")" + words + R"(","value":1,"comment":")" + words + "\"}");
      post("/v1/logs", R"({"request":{"url":"/v1/chat/completions","body":")" + words +
                           R"("},"response":{"status":500,"body":")" + words + "\"}}");
      if (round % 10 == 0)
        m_links.push_back(at(parse_json(post("/v1/logs/@latest/share", "{}").body), "/token"));
    }
  }
  void chat(const std::string& words, const std::string& config, const std::string& messages, bool stream) {
    const std::string body = R"({"model":"demo-1","stream":)" + std::string(stream ? "true" : "false") +
                             R"(,"messages":[)" + messages + "]}";
    took(request(m_port, "POST", "/v1/chat/completions",
                 {{"Content-Type", "application/json"},
                  {"x-portkey-config", config},
                  {"x-portkey-trace-id", words},
                  {"x-portkey-metadata", R"({"note":")" + words + "\"}"},
                  {"x-note", words}},
                 body));
  }
  Reply post(const std::string& path, const std::string& body) {
    Reply reply = request(m_port, "POST", path, {{"Content-Type", "application/json"}}, body);
    took(reply);
    return reply;
  }
  void took(const Reply& reply) {
    if (reply.status != 200 || !reply.whole) m_failed = true;
  }

  const int m_port;
  const int m_number;
  std::vector<std::string> m_links;
  std::atomic<std::size_t> m_rounds{0};
  std::atomic<bool> m_stop{false};
  std::atomic<bool> m_failed{false};
  std::thread m_thread;
};

PkRun redact(const Serve& serve) {
  return run_pk(serve.data(), {"logs", "redact", "-y", "--pattern", "Qz7-[A-Za-z]+-[0-9]{4}-TTb", "--json"});
}

// What a reader of any kind is told.
void check_nobody_tells(const Serve& serve, const Speaker& speaker) {
  for (const std::vector<std::string>& reader :
       {std::vector<std::string>{"logs", "export"}, {"feedback", "list", "--json"}}) {
    const PkRun run = run_pk(serve.data(), reader);
    CHECK(run.exit == 0);
    CHECK(run.out.size() > 1'000);
    CHECK(run.out.find(k_said) == std::string::npos);
  }
  CHECK(run_pk(serve.data(), {"logs", "list", "-n", "0", "--json", "--search", k_said}).out == "[]\n");
  REQUIRE_FALSE(speaker.links().empty());
  for (const std::string& token : speaker.links())
    for (const char* form : {"text/html", "application/json"}) {
      const Reply shared = request(serve.port(), "GET", "/s/" + token, {{"Accept", form}});
      CHECK(shared.status == 200);
      CHECK(shared.body.find(k_said) == std::string::npos);
    }
}

}  // namespace

TEST_CASE("What is said while it is redacted again and again is nowhere after one more time", "[redact]") {
  Serve serve;
  Speaker first(serve, 1), second(serve, 2);
  for (std::size_t run = 1; run <= 5; ++run) {
    wait_until("both have spoken", [&] { return std::min(first.rounds(), second.rounds()) >= 10 * run; });
    CHECK(redact(serve).exit == 0);
  }
  first.stop();
  second.stop();
  CHECK_FALSE(first.failed());
  CHECK_FALSE(second.failed());
  CHECK_FALSE(files_with_it(serve.data()).empty());
  const PkRun last = redact(serve);
  CHECK(last.exit == 0);
  CHECK(at(parse_json(last.out), "/open") == "0");
  for (const Speaker* speaker : {&first, &second}) check_nobody_tells(serve, *speaker);
  const PkRun again = redact(serve);
  for (const char* none : {"/logs", "/feedback", "/cached"}) CHECK(at(parse_json(again.out), none) == "0");

  // The pages that were freed: the ledger's beside the server, the cache's once it has ended.
  CHECK(run_pk(serve.data(), {"prune", "--compact", "-q"}).exit == 0);
  CHECK_FALSE(has_bytes(serve.data() / "ledger.mdb"));
  CHECK(serve.terminate() == 0);
  CHECK(run_pk(serve.data(), {"prune", "--compact", "-q"}).exit == 0);
  CHECK(files_with_it(serve.data()) == "");
  CHECK(run_pk(serve.data(), {"verify"}).exit == 0);
}
