// What the server says of itself, to who may hear it: stands before a handler that knows nothing of Hosts and
// keys. Lives on its worker's thread; what it refers to outlives it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "config/saved.h"
#include "gateway/access.h"
#include "gateway/gateway.h"
#include "gateway/stats.h"
#include "http/handler.h"

namespace pk::gateway {

// Who calls what the server says of itself.
struct Visitor {
  const config::ApiKey* key = nullptr;  // what they sent, or the session's; null: none, or none that is known
};

// Every request is to have a Host and an origin that check_access() lets in; where there is a `scope`, also a
// key with it, or a session of one, once keys are wanted. The visitor is filled in either case.
std::optional<Refusal> check_visitor(const http::Request& request, const Rules& rules,
                                     std::optional<config::Scope> scope, Links links, Visitor& visitor);

// How much body is taken with a head, for http::Server: 0 of who has no key that is wanted, where it is more
// than a head itself may have; else there is no limit here.
std::uint64_t body_bytes_max(const http::Request& head, const Rules& rules,
                             std::optional<config::Scope> scope);

class Restricted final : public http::Handler {
 public:
  // Asks check_visitor() of every request; what is refused is counted in `stats`.
  Restricted(http::Handler& inner, std::optional<config::Scope> scope, std::shared_ptr<const Rules> rules,
             Stats& stats)
      : m_inner(inner), m_scope(scope), m_rules(std::move(rules)), m_stats(stats) {}

  // For requests from now on.
  void set_rules(std::shared_ptr<const Rules> rules) { m_rules = std::move(rules); }

  Task<void> handle(http::Request& request, http::Responder& responder) override;
  Task<void> handle_malformed(http::Request& request, const http::Malformed& problem,
                              http::Responder& responder) override;
  std::uint64_t body_bytes_max(const http::Request& head) const {
    return gateway::body_bytes_max(head, *m_rules, m_scope);
  }

 private:
  Task<void> refuse(Refusal refusal, http::Responder& responder);

  http::Handler& m_inner;
  const std::optional<config::Scope> m_scope;
  std::shared_ptr<const Rules> m_rules;
  Stats& m_stats;
};

}  // namespace pk::gateway
