// All that is saved, as the gateway needs it; and the counter that tells when to load it again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/saved.h"
#include "store/env.h"

namespace pk::store {

// What reads a config's text: config::parse_gateway_config with the caller's rules.
using ParseConfig = std::function<config::ParsedConfig(std::string_view json)>;

struct LoadedSaved {
  config::Saved saved;
  std::uint64_t changes = 0;  // saved_changes() when it was read
  // What had to be left out, one line each with what to do: damaged rows, configs that do not parse, virtual
  // keys whose secret cannot be opened. A damaged API key admits nobody, but still counts as one
  // (Saved::require_api_keys).
  std::vector<std::string> problems;
};

// An Error only where the ledger itself cannot be read. No transaction is held while configs are parsed.
Result<LoadedSaved> load_saved(const Env& env, const ParseConfig& parse);

// Grows with every change of what is saved, by any process. One key is read: cheap enough to ask often.
Result<std::uint64_t> saved_changes(const Env& env);

}  // namespace pk::store
