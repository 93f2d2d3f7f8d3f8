// What an exchange works with, in a test's hands: a client that is a value, a ledger that is a list, and the
// gateway between them on a loop that the test turns.
#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "cache/cache.h"
#include "cache/flights.h"
#include "gateway/attempt.h"
#include "gateway/gateway.h"
#include "log/lost_sink.h"
#include "support/fake_clock.h"
#include "support/fake_upstream.h"
#include "support/turns.h"

namespace pk::test {

// A client's view of one answer.
class FakeResponder final : public http::Responder {
 public:
  void head(const http::ResponseHead& head) override {
    m_head = head;
    m_staged_head = true;
  }
  void body(std::string_view piece) override { m_staged += piece; }
  void end() override { m_staged_end = true; }
  Task<bool> flush() override {
    if (leave_at_flush && flushes == *leave_at_flush) leave();
    ++flushes;
    if (m_left || m_cut) co_return false;
    if (!std::exchange(m_staged_head, false) && !m_sent_head && m_staged.empty()) co_return true;
    m_sent_head = true;
    sent += std::exchange(m_staged, {});
    whole = m_staged_end;
    co_return true;
  }
  void cut() override {
    m_cut = true;
    m_staged.clear();
  }
  void unstage() override {
    m_head = {};
    m_staged.clear();
    m_staged_head = m_staged_end = false;
  }
  bool head_sent() const override { return m_sent_head; }
  bool client_left() const override { return m_left; }
  void on_client_left(std::function<void()> left) override {
    m_on_left = std::move(left);
    if (m_left) leave();
  }

  void leave() {
    m_left = true;
    if (auto left = std::exchange(m_on_left, {})) left();
  }

  int status() const { return m_sent_head ? m_head.status : 0; }
  const http::Headers& headers() const { return m_head.headers; }
  std::string header(std::string_view name) const { return header_of(m_head.headers, name); }
  std::optional<std::uint64_t> length() const { return m_head.content_length; }
  bool was_cut() const { return m_cut; }

  std::string sent;    // of the body
  bool whole = false;  // its end has left too
  int flushes = 0;
  std::optional<int> leave_at_flush;  // the client goes before this one

 private:
  http::ResponseHead m_head;
  std::string m_staged;
  bool m_staged_head = false;
  bool m_staged_end = false;
  bool m_sent_head = false;
  bool m_left = false;
  bool m_cut = false;
  std::function<void()> m_on_left;
};

// A ledger that keeps everything, and is as durable and healthy as it is told.
class RecordingSink final : public log::Sink {
 public:
  Seq open(const log::LogRecord& record) override {
    opened.push_back(record);
    return takes ? ++m_last : 0;
  }
  Seq close(const log::LogRecord& record) override {
    closed.push_back(record);
    if (on_close) on_close();
    return takes ? ++m_last : 0;
  }
  Seq close_all(std::span<const log::LogRecord> records) override {
    closed.insert(closed.end(), records.begin(), records.end());
    return takes ? m_last += records.size() : 0;
  }
  Seq durable() const override { return durable_up_to; }
  bool healthy() const override { return is_healthy; }
  void subscribe(std::function<void()>) override {}

  std::vector<log::LogRecord> opened, closed;
  std::function<void()> on_close;
  Seq durable_up_to = std::numeric_limits<Seq>::max();
  bool takes = true;
  bool is_healthy = true;

 private:
  Seq m_last = 0;
};

// Time that a test lets pass. The waits between attempts are over as soon as the loop turns, so that a retry
// takes no time; with `holds` they, and always the time for an answer that was passed over or that is
// another request's, last until end_all().
class FakeTimers final : public gateway::Timers {
 public:
  explicit FakeTimers(boost::asio::io_context& loop) : m_loop(loop) {}

  std::unique_ptr<gateway::Timer> start(std::int64_t ms, std::function<void()> over) override {
    const bool is_wait = ms != gateway::k_passed_over_ms_max && ms != gateway::k_shared_wait_ms_max;
    if (is_wait) waits.push_back(ms);
    auto timer = std::make_unique<Running>(std::move(over));
    m_running.push_back(timer->over);
    if (is_wait && !holds) boost::asio::post(m_loop, [timer = std::weak_ptr(timer->over)] { end(timer); });
    return timer;
  }
  void end_all() {
    for (const auto& timer : std::exchange(m_running, {})) end(timer);
  }
  std::size_t running() const {
    return static_cast<std::size_t>(std::count_if(m_running.begin(), m_running.end(),
                                                  [](const auto& timer) { return !timer.expired(); }));
  }

  std::vector<std::int64_t> waits;  // between attempts, as they were asked for
  bool holds = false;

 private:
  using Over = std::function<void()>;
  struct Running final : gateway::Timer {
    explicit Running(Over call) : over(std::make_shared<Over>(std::move(call))) {}
    std::shared_ptr<Over> over;
  };
  static void end(const std::weak_ptr<Over>& timer) {
    const auto over = timer.lock();
    if (auto call = over ? std::exchange(*over, {}) : Over()) call();
  }

  boost::asio::io_context& m_loop;
  std::vector<std::weak_ptr<Over>> m_running;
};

inline http::Request request_of(std::string method, std::string target, http::Headers headers = {},
                                std::string body = "") {
  http::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = std::move(headers);
  request.headers.emplace(request.headers.begin(), "Host", "localhost:8787");
  request.body = std::move(body);
  return request;
}

// A chat request to `provider`.
inline http::Request chat_of(std::string provider, http::Headers headers = {}, bool stream = false,
                             std::string model = "gpt-4o-mini") {
  headers.emplace_back("Content-Type", "application/json");
  headers.emplace_back("x-portkey-provider", std::move(provider));
  return request_of("POST", "/v1/chat/completions", std::move(headers),
                    R"({"model":")" + model + R"(","messages":[{"role":"user","content":"hello there"}])" +
                        (stream ? R"(,"stream":true,"stream_options":{"include_usage":true}})" : "}"));
}

// The same, to an upstream of the test's.
inline http::Request chat_to(const FakeUpstream& upstream, http::Headers headers = {}, bool stream = false) {
  headers.emplace_back("x-portkey-custom-host", upstream.url());
  headers.emplace_back("Authorization", "Bearer sk-a-key-of-the-client-123");
  return chat_of("openai", std::move(headers), stream);
}

// Keeps what it is given, and says so at once.
class MemoryStore final : public cache::Store {
 public:
  void get(const cache::Key& key, std::int64_t now_ms, const cache::Post&,
           std::function<void(cache::EntryPtr)> done) override {
    ++gets;
    const auto found = entries.find(key);
    const bool good = found != entries.end() && found->second->expires_ms > now_ms;
    done(good ? found->second : nullptr);
  }
  void put(const cache::Key& key, cache::EntryPtr entry) override { entries[key] = std::move(entry); }
  void remove(const cache::Key& key) override { entries.erase(key); }
  cache::StoreStats stats() const override { return {}; }

  // The only one.
  const cache::Entry& one() const { return *entries.begin()->second; }

  std::map<cache::Key, cache::EntryPtr> entries;
  int gets = 0;
};

class TestGateway {
 public:
  explicit TestGateway(log::Sink& sink)
      : rules(default_rules()),
        m_client((static_cast<void>(upstream::Client::global_init()), m_loop), client_options()),
        timers(m_loop),
        gate(m_loop, sink),
        m_gateway({clock, sink, m_client, gate, stats, timers, breakers, sticky, &m_cache},
                  std::make_shared<gateway::Rules>(rules), UuidSource(clock, Rng(7))) {}

  static gateway::Rules default_rules() {
    gateway::Rules rules;
    rules.hosts.names = {"localhost", "127.0.0.1"};
    rules.plan.trusted_hosts = config::TrustedHosts::make(true, {}).value();
    return rules;
  }
  static upstream::Options client_options() {
    upstream::Options options;
    options.trusted_hosts = config::TrustedHosts::make(true, {}).value();
    return options;
  }
  // Takes `rules` as they are now.
  void use_rules() { m_gateway.set_rules(std::make_shared<gateway::Rules>(rules)); }

  // Serves it to its end.
  FakeResponder answer(http::Request request) {
    FakeResponder responder;
    serve(std::move(request), responder);
    return responder;
  }
  void serve(http::Request request, FakeResponder& responder) {
    start(std::move(request), responder);
    while (!done()) turn();
  }
  // A logged request again.
  FakeResponder answer_replay(const gateway::Replay& replay, http::Request request) {
    FakeResponder responder;
    ++m_running;
    run_replay(replay, std::move(request), responder).detach();
    while (!done()) turn();
    return responder;
  }
  FakeResponder answer_malformed(http::Request request, const http::Malformed& problem) {
    FakeResponder responder;
    ++m_running;
    run_malformed(std::move(request), problem, responder).detach();
    while (!done()) turn();
    return responder;
  }

  // The same in steps: to the first wait, then turn by turn. Several may run; done() is when none does.
  void start(http::Request request, FakeResponder& responder) {
    ++m_running;
    run(std::move(request), responder).detach();
  }
  void turn() { test::turn(m_loop); }
  void turn_what_is_ready() { test::turn_what_is_ready(m_loop); }
  bool done() const { return m_running == 0; }

 private:
  Task<void> run(http::Request request, FakeResponder& responder) {
    co_await m_gateway.handle(request, responder);
    --m_running;
  }
  Task<void> run_replay(gateway::Replay replay, http::Request request, FakeResponder& responder) {
    co_await m_gateway.replay(std::move(replay), m_gateway.rules(), request, responder);
    --m_running;
  }
  Task<void> run_malformed(http::Request request, http::Malformed problem, FakeResponder& responder) {
    co_await m_gateway.handle_malformed(request, problem, responder);
    --m_running;
  }

 public:
  FakeClock clock;
  gateway::Stats stats;
  gateway::Rules rules;

 private:
  boost::asio::io_context m_loop{1};
  upstream::Client m_client;

 public:
  FakeTimers timers;
  route::Breakers breakers{route::KeyedHash({})};
  route::StickyTargets sticky{route::KeyedHash({})};
  gateway::DurableGate gate;
  MemoryStore answers;  // of the cache

 private:
  cache::Flights m_flights;
  cache::Cache m_cache{
      answers, m_flights, nullptr,
      nullptr, {},        [this](std::function<void()> work) { boost::asio::post(m_loop, std::move(work)); },
      clock};
  gateway::Gateway m_gateway;
  int m_running = 0;
};

}  // namespace pk::test
