// Reading a file that may be damaged. LMDB maps the ledger and follows its page numbers without sums: a bad
// page can end the process by SIGBUS, SIGSEGV or abort. So the risk is taken in a child process, and its
// death is an Error.
//
// Why a child and not a signal handler with a jump: a jump over C++ frames skips destructors (locks,
// transactions), and a wild write by LMDB would go on unnoticed in a process that lives. A fork of a process
// that has mapped nothing yet costs about 0.3 ms.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.h"

namespace pk::store {

inline constexpr std::uint64_t k_probe_records = 1000;

enum class ProbeDepth {
  saved,  // meta pages and every page of what is saved with pk config, prompt, provider and key
  tail,   // meta pages, free list, every table's root, and the newest k_probe_records records: before serving
  whole,  // every page of every table, rows not decoded
};

// Opens the ledger of `dir` in a child process and walks it. Ok if it is sound, or not there. corrupt: what
// was found and what to do. Call it before this process opens the ledger and before it starts threads.
Result<void> probe(const std::filesystem::path& dir, ProbeDepth depth = ProbeDepth::tail);

// Runs `work` in a child process that shares stdin, stdout and stderr, and returns what `work` returned, 0 to
// 255: the exit code. Its death by SIGBUS, SIGSEGV, SIGABRT, SIGILL or SIGFPE is a corrupt error; by another
// signal, 128 + signal is returned. What a command-line reader runs in. The child dies with this process.
// `work` must open what it reads itself; buffered stdio is flushed on both sides; destructors of the parent's
// objects do not run in the child.
Result<int> run_guarded(const std::function<int()>& work);

}  // namespace pk::store
