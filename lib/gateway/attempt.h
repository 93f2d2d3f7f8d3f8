// One try at one target: the request in its form, the call, and what came of it. Lives on its exchange's
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"
#include "gateway/cache_facts.h"
#include "gateway/outbound.h"
#include "gateway/plan.h"
#include "gateway/timers.h"
#include "provider/dialect.h"
#include "route/facts.h"
#include "upstream/client.h"

namespace pk::gateway {

// Of an answer that the client does not get, for the record: as much, and for no longer (half the shortest
// wait between two attempts).
inline constexpr std::size_t k_passed_over_bytes_max = 64 * 1024;
inline constexpr std::int64_t k_passed_over_ms_max = 500;
// Of a request whose like is under way already: the longest that it waits for that one's answer.
inline constexpr std::int64_t k_shared_wait_ms_max = 60'000;

class Attempt {
 public:
  Attempt(const Target& target, std::uint16_t leaf) : m_target(target), m_leaf(leaf) {}
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  // Makes the request. `in` has the client's body and facts, the target's edits are applied here; what it
  // refers to is needed until prepare() returns, the body until the attempt is over. A refusal: it cannot be
  // made, nobody else could do better.
  std::optional<Refusal> prepare(const Inbound& in, const config::TrustedHosts& trusted);

  // Sends it; `client_body` is where the client's body stands now.
  void start(upstream::Client& upstream, std::string_view client_body, const log::LogRecord& record);
  // Instead of start(): the answer is this.
  void answer_with(std::unique_ptr<upstream::Call> stored) { m_call = std::move(stored); }
  // Waits for the head, or for why there is none.
  Task<void> head();
  // Ends the call; whoever waits for it is told.
  void cancel();
  // Reads what the client is not to get, for its words; empty if there are none in time. The call ends with
  // it: nothing of the upstream is held while the next attempt waits.
  Task<std::string> passed_over(Timers& timers);

  const Target& target() const { return m_target; }
  std::uint16_t leaf() const { return m_leaf; }
  const std::string& model() const { return m_facts.model; }  // as sent
  std::string_view key() const { return m_key; }
  const provider::BodyFacts& facts() const { return m_facts; }  // of the body as sent
  std::optional<std::int64_t> timeout_ms() const { return m_timeout_ms; }
  // Where the target has a cache rule; else null. From prepare() to start().
  const CacheFacts* cache_facts() const { return m_cache.get(); }
  // The body, or the target's prompt in its place, with the target's edits, before it is put into the
  // provider's form.
  std::string_view asked_body(std::string_view client_body) const;

  // After head(), before passed_over().
  route::Outcome outcome(std::int64_t wall_now_ms) const;
  upstream::Call& call() { return *m_call; }
  const upstream::Head* answer() const { return m_head; }  // null: there is none
  const std::optional<Error>& error() const { return m_error; }
  bool timed_out() const { return m_timed_out; }  // by request_timeout

  // What turns the answer into the client's form; null: it passes as it is.
  std::unique_ptr<provider::Decoder> decoder(const log::LogRecord& record) const;
  // Whether the usage is read from what the provider sent, not from what the client gets.
  bool usage_is_upstreams() const;

 private:
  std::optional<Refusal> render(const Inbound& in);
  std::optional<Refusal> edit(const Inbound& in);
  std::optional<Refusal> prepare_built_in();
  void take_cache_facts(const Inbound& in);
  void start_built_in(std::string_view body, const log::LogRecord& record);

  const Target& m_target;
  const std::uint16_t m_leaf;
  log::Endpoint m_endpoint = log::Endpoint::other;
  std::string m_method, m_path;
  std::string m_body;  // after edits; empty: the client's
  bool m_edited = false;
  bool m_edits = false;   // the target's: else m_body is only another form of the client's
  bool m_base64 = false;  // embeddings are wanted that way
  provider::BodyFacts m_facts;
  std::string m_key;
  std::optional<std::int64_t> m_timeout_ms;
  Outbound m_out;
  std::unique_ptr<CacheFacts> m_cache;
  std::unique_ptr<upstream::Call> m_call;
  const upstream::Head* m_head = nullptr;
  std::optional<Error> m_error;
  bool m_timed_out = false;
  std::chrono::steady_clock::time_point m_started{};
};

}  // namespace pk::gateway
