#include "base/work_threads.h"

#include <pthread.h>
#include <sched.h>

#include <system_error>
#include <utility>

namespace pk {

std::thread begin_elsewhere(std::function<void()> work) {
  std::thread thread;
  try {
    thread = std::thread(std::move(work));
  } catch (const std::system_error&) {
    return thread;
  }
  cpu_set_t others;
  const int here = sched_getcpu();
  if (here < 0 || sched_getaffinity(0, sizeof others, &others) != 0) return thread;
  CPU_CLR(static_cast<unsigned>(here), &others);
  if (CPU_COUNT(&others) > 0) pthread_setaffinity_np(thread.native_handle(), sizeof others, &others);
  return thread;
}

}  // namespace pk
