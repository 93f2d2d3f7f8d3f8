// What the control plane is told of rooms that it does not see: whether something may be saved, how it is
// shown, why a request went where it went, what an inserted log comes to.
#pragma once

#include <filesystem>
#include <memory>

#include "admin/services.h"
#include "base/guarded.h"
#include "config_rules.h"

namespace pk::cmd {

// The rules that configs and hosts are checked by now: follows the settings.
using CurrentRules = Guarded<SavedConfigRules>;

// `rules` and `clock` outlive it.
admin::Knowledge make_knowledge(const std::filesystem::path& data, const CurrentRules& rules,
                                const Clock& clock);

// Fills what a proxied call's record has by itself: endpoint, whether it can be replayed, and, where they are
// not there, model, user, tokens, cost, error. Pure.
void complete(log::LogRecord& record);

}  // namespace pk::cmd
