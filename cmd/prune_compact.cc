#include "prune_compact.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "store/compact_ask.h"
#include "store/locks.h"
#include "store/probe.h"

namespace pk::cmd {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_step{50};
constexpr milliseconds k_hear_max{15'000};  // a server looks once a second

Error not_heard(const store::Server& server) {
  return {Errc::timeout,
          fmt::format("the ledger was not compacted: `pk serve` (process {}) does not answer; is it stopped, "
                      "or of an older version? Restart it and try again",
                      server.pid)};
}

// Nothing: the server ended before it had answered.
std::optional<Result<store::CompactReport>> asked(const std::filesystem::path& dir,
                                                  const store::Server& server) {
  const auto token = store::ask_to_compact(dir);
  if (!token) return token.error();
  for (auto waited = milliseconds(0);; waited += k_step) {
    if (auto answer = store::take_answer(dir, *token)) return answer;
    const auto still = store::is_served(dir);
    const bool ended = still && (!*still || (*still)->pid != server.pid);
    const bool unheard = waited >= k_hear_max && store::is_unheard(dir, *token);
    if (ended || unheard) store::withdraw_ask(dir);
    if (ended) return store::take_answer(dir, *token);
    if (unheard) return not_heard(server);
    std::this_thread::sleep_for(k_step);
  }
}

Result<store::CompactReport> compact_here(const std::filesystem::path& dir) {
  PK_ASSIGN(const auto env, store::Env::open(dir, store::Mode::read_write));
  return store::compact(*env);
}

}  // namespace

Result<store::CompactReport> compact_ledger(const Context& context) {
  const std::filesystem::path& dir = context.data;
  // All of it is read: damage is to end a child process, not the server.
  PK_TRY(store::probe(dir, store::ProbeDepth::whole));
  PK_ASSIGN(const store::FileLock lock, store::take_prune_lock(dir));
  PK_ASSIGN(const auto server, store::is_served(dir));
  if (server)
    if (auto answer = asked(dir, *server)) return *std::move(answer);
  return compact_here(dir);
}

}  // namespace pk::cmd
