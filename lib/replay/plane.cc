#include "replay/plane.h"

#include <map>
#include <utility>

#include "base/rng.h"
#include "gateway/durable_gate.h"
#include "gateway/stats.h"
#include "gateway/timers.h"
#include "route/breaker.h"
#include "route/keyed_hash.h"
#include "route/sticky.h"

namespace pk::replay {

namespace {

// Passes records on, and keeps those that whoever replays wants to see.
class Witness final : public log::Sink {
 public:
  explicit Witness(log::Sink& sink) : m_sink(sink) {}

  Seq open(const log::LogRecord& record) override { return m_sink.open(record); }
  Seq close(const log::LogRecord& record) override {
    m_closed.insert_or_assign(record.id, record);
    return m_sink.close(record);
  }
  Seq close_all(std::span<const log::LogRecord> records) override { return m_sink.close_all(records); }
  Seq durable() const override { return m_sink.durable(); }
  bool is_kept(Seq seq) const override { return m_sink.is_kept(seq); }
  bool healthy() const override { return m_sink.healthy(); }
  void subscribe(std::function<void()> on_advance) override { m_sink.subscribe(std::move(on_advance)); }

  std::optional<log::LogRecord> take(const Uuid& id) {
    auto found = m_closed.extract(id);
    if (found.empty()) return {};
    return std::move(found.mapped());
  }

 private:
  log::Sink& m_sink;
  std::map<Uuid, log::LogRecord> m_closed;  // of the loop's thread alone
};

}  // namespace

// ---- the client's side ----

void Taker::head(const http::ResponseHead& head) {
  m_head = head;
}

void Taker::body(std::string_view piece) {
  m_staged += piece;
}

Task<bool> Taker::flush() {
  if (m_left || m_cut) co_return false;
  m_sent = true;
  const std::size_t room = k_answer_bytes_max - m_body.size();
  m_body.append(m_staged, 0, room);
  m_staged.clear();
  m_whole = m_staged_end;
  co_return true;
}

void Taker::cut() {
  m_cut = true;
  m_staged.clear();
}

void Taker::unstage() {
  m_head = {};
  m_staged.clear();
  m_staged_end = false;
}

void Taker::on_client_left(std::function<void()> left) {
  m_on_left = std::move(left);
  if (m_left) leave();
}

void Taker::leave() {
  m_left = true;
  if (auto left = std::exchange(m_on_left, {})) left();
}

Outcome Taker::outcome() && {
  Outcome outcome;
  if (m_sent) outcome.status = m_head.status;
  outcome.headers = std::move(m_head.headers);
  outcome.body = std::move(m_body);
  outcome.whole = m_whole;
  return outcome;
}

// ---- the gateway ----

struct Plane::Parts {
  Parts(boost::asio::io_context& loop, const upstream::Options& options, log::Sink& sink,
        std::shared_ptr<const gateway::Rules> rules, cache::Cache* cache)
      : witness(sink),
        client(loop, options),
        gate(loop, witness),
        timers(loop),
        gateway({clock, witness, client, gate, stats, timers, breakers, sticky, cache}, std::move(rules),
                UuidSource(clock, Rng::from_entropy())) {}

  const SystemClock clock;
  Witness witness;
  const route::KeyedHash hash = route::KeyedHash::random();
  route::Breakers breakers{hash};
  route::StickyTargets sticky{hash};
  gateway::Stats stats;
  upstream::Client client;
  gateway::DurableGate gate;
  gateway::LoopTimers timers;
  gateway::Gateway gateway;
};

Plane::Plane(boost::asio::io_context& loop, const upstream::Options& upstream, log::Sink& sink,
             std::shared_ptr<const gateway::Rules> rules, cache::Cache* cache)
    : m_parts(std::make_unique<Parts>(loop, upstream, sink, std::move(rules), cache)) {
  sink.subscribe([this] { notify(); });
}

Plane::~Plane() = default;

void Plane::notify() {
  m_parts->gate.notify();
}

Task<Outcome> Plane::run(Prepared prepared, Taker& taker) {
  Task<void> task =
      m_parts->gateway.replay(std::move(prepared.replay), std::move(prepared.rules), prepared.request, taker);
  co_await std::move(task);
  Outcome outcome = std::move(taker).outcome();
  const auto id = http::find_header(outcome.headers, "x-pk-log-id");
  const auto uuid = id ? Uuid::parse(*id) : std::nullopt;
  if (uuid) outcome.record = m_parts->witness.take(*uuid);
  co_return outcome;
}

}  // namespace pk::replay
