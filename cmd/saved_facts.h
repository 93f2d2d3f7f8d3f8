// What is saved, as names and values for lists and reports. No secret is among them: those of a config are
// masked as in logs. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "listing.h"
#include "report.h"
#include "store/saved_rows.h"

namespace pk::cmd {

enum class Detail { list, show };  // show: times in full, and what a list has no room for

std::span<const ListColumn> config_columns();
std::span<const ListColumn> prompt_columns();
std::span<const ListColumn> provider_columns();
std::span<const ListColumn> key_columns();

// Those of the columns, in their order; with Detail::show more behind them.
std::vector<Fact> facts_of(const store::StoredConfig& config, Detail detail, std::int64_t now_ms);
std::vector<Fact> facts_of(const config::SavedPrompt& prompt, std::int64_t version, Detail detail,
                           std::int64_t now_ms);
std::vector<Fact> facts_of(const store::StoredVirtualKey& key, Detail detail, std::int64_t now_ms);
std::vector<Fact> facts_of(const store::StoredApiKey& key, Detail detail, std::int64_t now_ms);

}  // namespace pk::cmd
