// What the routes of the control plane work with, the same for all workers. Made once by serve; outlives
// them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "admin/exports.h"
#include "admin/pool.h"
#include "admin/session.h"
#include "admin/tail.h"
#include "base/clock.h"
#include "base/guarded.h"
#include "config/pattern.h"
#include "log/sink.h"
#include "store/env.h"
#include "store/plan.h"
#include "store/saved_prompts.h"
#include "store/saved_rows.h"
#include "store/saved_virtual_keys.h"

namespace pk::admin {

// What other rooms and the command line know: whether something may be saved (errors are invalid, in one
// line), and how it is shown. Any thread.
struct Knowledge {
  std::function<Result<void>(std::string_view json)> check_config;
  std::function<Result<void>(const store::Env&, std::string_view id_or_name, bool partial,
                             std::string_view text)>
      check_prompt;
  // Of a new one (`before` is null) that it has what its provider needs.
  std::function<Result<void>(const store::VirtualKeyChange& change, const store::StoredVirtualKey* before)>
      check_virtual_key;
  std::function<Result<void>(std::string_view slug)> check_provider;  // a slug, or "@" and a virtual key

  // As `pk … show --json` has them, `whole`, or as in `list --json`. No secret is in them.
  std::function<std::string(const store::StoredConfig&, bool whole)> config_json;
  std::function<std::string(const config::SavedPrompt&, std::int64_t version, bool whole)> prompt_json;
  std::function<std::string(const store::StoredVirtualKey&, bool whole)> virtual_key_json;
  std::function<std::string(const store::StoredApiKey&)> api_key_json;
  std::function<std::string(store::Tier, const store::MonthCount&)> plan_json;

  // What `pk logs why --json` prints. Blocks; ends with `cancelled` soon after `given_up` says true.
  std::function<Result<std::string>(const Uuid& id, const std::function<bool()>& given_up)> why;
  // Fills what a proxied call's record has by itself, where it is not there: endpoint, model, tokens, cost,
  // whether it can be replayed.
  std::function<void(log::LogRecord&)> complete;
};

// What of the settings the routes go by; another one once they are read again. A value.
struct Preferences {
  std::string public_url = {};      // "": links lead to the Host of who asks for them
  std::string default_config = {};  // the saved config of requests that name none; "" if there is none
  std::vector<config::NamedPattern> share_patterns = {};  // what redacted shares mask besides
};

// Any thread.
struct Services {
  const Clock& clock;
  log::Sink& sink;
  Pool& pool;
  Tail& tail;
  Sessions& sessions;
  Exports& exports;
  const Guarded<Preferences>& preferences;
  Knowledge know = {};
  std::shared_ptr<store::Env> env = {};  // null: there is no ledger
  std::string trouble = {};              // why
  std::string version = {};              // of pk
  std::string plan = {};  // of the settings, which goes before the ledger's; "" if they have none
  bool tls = false;       // spoken on the address itself
};

}  // namespace pk::admin
