// Replays that somebody asks a server for: through its own gateway, by its rules and its environment.
#pragma once

#include <memory>

#include "admin/replayer.h"
#include "gateway/gateway.h"
#include "replay/credentials.h"
#include "store/env.h"

namespace pk::replay {

// One worker's, on its thread. What it refers to outlives it.
class Replayer final : public admin::Replayer {
 public:
  // `env`: the ledger, of which configs of then are asked; null: there is none.
  Replayer(gateway::Gateway& gateway, std::shared_ptr<store::Env> env, Environment environment)
      : m_gateway(gateway), m_env(std::move(env)), m_environment(std::move(environment)) {}

  Task<std::optional<admin::Reply>> replay(log::LogRecord original, std::string_view overrides,
                                           const admin::Caller& caller, http::Responder& responder) override;

 private:
  gateway::Gateway& m_gateway;
  const std::shared_ptr<store::Env> m_env;
  const Environment m_environment;
};

}  // namespace pk::replay
