// What serve tells its workers at the start, and anew whenever the settings or what is saved changes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/settings.h"
#include "gateway/gateway.h"
#include "http/server.h"
#include "store/env.h"

namespace pk::cmd {

// Where the server listens.
struct Bound {
  http::Address address;
  bool loopback = false;
};

// What settings can ask for and this version does not have: refused, not ignored.
Result<void> check_offered(const config::Settings& settings);
// Beyond loopback only who has a key may call, and plain HTTP has to be asked for by name.
Result<void> check_exposure(const config::Settings& settings, const Bound& bound, const config::Saved& saved);

Result<std::shared_ptr<const gateway::Rules>> make_rules(const config::Settings& settings, const Bound& bound,
                                                         std::shared_ptr<const config::Saved> saved);

// Saved configs, virtual keys and API keys, as they are in the ledger now. Lives on the main thread.
class SavedSource {
 public:
  // `env` may be null: then nothing is saved.
  explicit SavedSource(std::shared_ptr<store::Env> env) : m_env(std::move(env)) {}

  // Whether something changed since load(); also when that cannot be told.
  bool changed() const;
  // Never null. What had to be left out is told on stderr; where the ledger cannot be read at all it is what
  // was loaded before.
  std::shared_ptr<const config::Saved> load(const config::Settings& settings, const Bound& bound);
  const std::shared_ptr<const config::Saved>& latest() const { return m_latest; }

 private:
  std::shared_ptr<store::Env> m_env;
  std::uint64_t m_changes = 0;
  std::shared_ptr<const config::Saved> m_latest = std::make_shared<config::Saved>();
};

}  // namespace pk::cmd
