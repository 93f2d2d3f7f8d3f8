// DIR/has-keys: an empty file that is there while API keys are saved in the ledger. Who has damaged the
// ledger has not taken it away, so that a server that cannot read its ledger still knows whether it had keys.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace pk::store {

inline constexpr std::string_view k_key_mark_file = "has-keys";

// Any thread, any process. Both are done inside the transaction that adds the first key or removes the last
// one, before its commit: LMDB orders them.
Result<void> set_key_mark(const std::filesystem::path& dir);
void clear_key_mark(const std::filesystem::path& dir);

// True as well where it cannot be told.
bool has_key_mark(const std::filesystem::path& dir);

}  // namespace pk::store
