#include "replay/run_all.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <utility>

namespace pk::replay {

namespace {

namespace asio = boost::asio;

struct Rest {
  std::size_t next = 0;
  std::size_t count = 0;
  std::size_t running = 0;
};

Task<void> one_after_another(asio::io_context& loop, Rest& rest,
                             const std::function<Task<void>(std::size_t)>& job) {
  while (rest.next < rest.count) {
    Task<void> task = job(rest.next++);
    co_await std::move(task);
  }
  if (--rest.running == 0) loop.stop();
}

}  // namespace

// What waits for the ledger's thread has nothing on the loop: the guard keeps it turning.
void run_all(asio::io_context& loop, std::size_t count, std::size_t concurrency,
             const std::function<Task<void>(std::size_t)>& job) {
  if (count == 0) return;
  loop.restart();
  const auto guard = asio::make_work_guard(loop);
  Rest rest{0, count, std::clamp<std::size_t>(concurrency, 1, std::min(count, k_concurrency_max))};
  for (std::size_t lanes = rest.running; lanes > 0; --lanes) one_after_another(loop, rest, job).detach();
  if (rest.running > 0) loop.run();
}

void run_one(asio::io_context& loop, Task<void> task) {
  run_all(loop, 1, 1, [&task](std::size_t) { return std::move(task); });
}

}  // namespace pk::replay
