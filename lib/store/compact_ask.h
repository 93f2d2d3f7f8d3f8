// How a process has the one that serves the ledger compact it: by a file of the data folder that asks, and
// one that answers. One process asks at a time: it holds the lock of prunes.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "store/compact.h"

namespace pk::store {

// Returns the token of the question.
Result<std::string> ask_to_compact(const std::filesystem::path& dir);
// Whether nobody has taken it yet.
bool is_unheard(const std::filesystem::path& dir, const std::string& token);
void withdraw_ask(const std::filesystem::path& dir);
// Nothing yet; or what came of it, once.
std::optional<Result<CompactReport>> take_answer(const std::filesystem::path& dir, const std::string& token);

// The server's side: the token of a question, once. Costs a system call where there is none.
std::optional<std::string> take_ask(const std::filesystem::path& dir);
Result<void> answer_ask(const std::filesystem::path& dir, const std::string& token,
                        const Result<CompactReport>& report);

}  // namespace pk::store
