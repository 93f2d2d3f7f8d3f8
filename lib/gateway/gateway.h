// The data plane of one worker: serves the /v1 routes that go to providers, and leaves a record of each
// exchange. Lives on its worker's thread; what it refers to outlives it.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/ids.h"
#include "cache/cache.h"
#include "gateway/access.h"
#include "gateway/durable_gate.h"
#include "gateway/plan_cache.h"
#include "gateway/replay.h"
#include "gateway/stats.h"
#include "gateway/timers.h"
#include "http/handler.h"
#include "log/sink.h"
#include "provider/body.h"
#include "route/breaker.h"
#include "route/sticky.h"
#include "upstream/client.h"

namespace pk::gateway {

class Shadow;  // shadow.h

// The operator's choices; one value, made at start.
struct Rules {
  AcceptedHosts hosts;
  PlanRules plan;
  bool key_required = false;  // even if no API key exists: pk listens beyond loopback
  bool tracked = true;        // settings: debug = false tracks nothing
  // --on-log-failure refuse: nothing is served whole whose record is not on disk, or, where that is not
  // waited for, was not taken by a ledger that works.
  bool refuse_unlogged = false;
  bool hold_until_durable = true;  // --durability strict

  // The id of the API key that a request's session of the page stands for, "" if it has none; empty: there
  // are no sessions.
  std::function<std::string(const http::Request&)> session_key = {};

  // Once an API key exists every call needs one.
  bool wants_key() const { return key_required || plan.saved->has_api_keys(); }
  std::string session_key_of(const http::Request& request) const {
    return session_key ? session_key(request) : std::string();
  }
};

// What an exchange works with.
struct Deps {
  const Clock& clock;
  log::Sink& sink;
  upstream::Client& upstream;
  DurableGate& gate;
  Stats& stats;
  Timers& timers;
  route::Breakers& breakers;      // of all workers
  route::StickyTargets& sticky;   // of all workers
  cache::Cache* cache = nullptr;  // null: nothing is looked up or kept
  Shadow* shadow = nullptr;       // null: no semantic hit is asked upstream too
};

class Gateway final : public http::Handler {
 public:
  Gateway(const Deps& deps, std::shared_ptr<const Rules> rules, UuidSource ids)
      : m_deps(deps), m_rules(std::move(rules)), m_ids(std::move(ids)) {}

  // For requests from now on; those that run keep theirs.
  void set_rules(std::shared_ptr<const Rules> rules) {
    m_rules = std::move(rules);
    m_plans.clear();
  }

  Task<void> handle(http::Request& request, http::Responder& responder) override;
  Task<void> handle_malformed(http::Request& request, const http::Malformed& problem,
                              http::Responder& responder) override;
  // For http::Server, see restricted.h.
  std::uint64_t body_bytes_max(const http::Request& head) const;
  // Sends a logged request again. It was asked for by somebody who may: nothing is asked of its Host or key.
  // `rules` are those that it goes by; one that is refused before anything is sent leaves no record, and
  // its answer has no x-pk-log-id.
  Task<void> replay(Replay replay, std::shared_ptr<const Rules> rules, http::Request& request,
                    http::Responder& responder);

  const std::shared_ptr<const Rules>& rules() const { return m_rules; }

 private:
  const Deps m_deps;
  std::shared_ptr<const Rules> m_rules;
  UuidSource m_ids;
  provider::BodyReader m_bodies;
  PlanCache m_plans;
};

}  // namespace pk::gateway
