// Reading a file that may be damaged. LMDB maps the ledger and follows its page numbers without sums: a bad
// page can end the process by SIGBUS, SIGSEGV or abort. A process that is to live on takes the risk in a
// child process, whose death is an Error; one that only reads ends with a line instead of a signal.
//
// Why not a signal handler with a jump: a jump over C++ frames skips destructors (locks, transactions), and a
// wild write by LMDB would go on unnoticed in a process that lives. Why no child where there is no need: with
// what it copies on write, it was an eighth of the time that a list of fifty logs takes.
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
// signal, 128 + signal is returned. The child dies with this process.
// `work` must open what it reads itself; buffered stdio is flushed on both sides; destructors of the parent's
// objects do not run in the child.
Result<int> run_guarded(const std::function<int()>& work);

// From now on those signals end this process with exit code 1 and a line on stderr that says that the ledger
// is damaged and what to do: for a command that opens it and ends. Transactions of a process that ends are as
// if they had not been, and what it locks is free.
void end_with_a_line();

}  // namespace pk::store
