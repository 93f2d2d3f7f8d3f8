// What `pk doctor` looks at: each check says what it found and, where something is wrong, what to do. They
// change nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "store/env.h"

namespace pk::cmd {

enum class Health { fine, note, trouble };

struct Finding {
  Health health = Health::fine;
  std::string check;  // "permissions"
  std::string found;
  std::string advice = {};  // "" where there is nothing to do
};
using Findings = std::vector<Finding>;

// Without the ledger.
void check_settings(const Context& context, Findings& findings);
void check_folder(const Context& context, Findings& findings);  // permissions, disk space
void check_server(const Context& context, Findings& findings);  // one that runs: what its /health says

// With it; `env` is null where there is none yet.
void check_store(const std::shared_ptr<store::Env>& env, std::int64_t now_ms, Findings& findings);
void check_plan(const Context& context, const std::shared_ptr<store::Env>& env, std::int64_t now_ms,
                Findings& findings);
void check_providers(const std::shared_ptr<store::Env>& env, Findings& findings);
void check_keys(const std::shared_ptr<store::Env>& env,
                Findings& findings);  // and other users of the machine
void check_cache(const Context& context, Findings& findings);

}  // namespace pk::cmd
