// Threads for a work that keeps processors busy for a few ms and more.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <thread>

namespace pk {

inline constexpr std::size_t k_work_threads_max = 8;

// How many threads such a work gets.
inline std::size_t work_threads() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, k_work_threads_max);
}

// One that begins at once, on another processor than the caller's, where there is one: the caller goes on
// with its part of the work, and a thread that the kernel has put behind it waits for some ms. It keeps off
// that processor as long as it lives, which is not long. Not joinable, and nothing is begun, where the system
// has no thread left.
std::thread begin_elsewhere(std::function<void()> work);

}  // namespace pk
