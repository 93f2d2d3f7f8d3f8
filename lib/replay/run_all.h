// Many replays, so many at once. Lives on its loop's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>

#include "base/task.h"

namespace pk::replay {

inline constexpr std::size_t k_concurrency_max = 64;

// Does `job(0)` to `job(count - 1)`, at most `concurrency` of them at a time, and turns the loop until all
// are over.
void run_all(boost::asio::io_context& loop, std::size_t count, std::size_t concurrency,
             const std::function<Task<void>(std::size_t)>& job);

// Turns the loop until the one task is over.
void run_one(boost::asio::io_context& loop, Task<void> task);

}  // namespace pk::replay
