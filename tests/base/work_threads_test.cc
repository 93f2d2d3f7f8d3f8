#include "base/work_threads.h"

#include <pthread.h>
#include <sched.h>

#include <atomic>

#include "support/catch.h"

namespace pk {

TEST_CASE("There is at least one thread for a work, and not any number") {
  CHECK(work_threads() >= 1);
  CHECK(work_threads() <= k_work_threads_max);
}

TEST_CASE("A thread that begins elsewhere does its work, beside a caller that is busy") {
  std::atomic<bool> done = false;
  std::thread thread = begin_elsewhere([&] { done = true; });
  if (work_threads() > 1)
    while (!done) {  // the caller lets nobody have its processor
    }
  thread.join();
  CHECK(done);
}

TEST_CASE("Where the system has no thread left, none is begun") {
  // No room for a stack of this size. Limits on their number do not hold for everybody.
  pthread_attr_t huge;
  REQUIRE(pthread_getattr_default_np(&huge) == 0);
  std::size_t usual = 0;
  REQUIRE(pthread_attr_getstacksize(&huge, &usual) == 0);
  REQUIRE(pthread_attr_setstacksize(&huge, std::size_t{1} << 47) == 0);
  REQUIRE(pthread_setattr_default_np(&huge) == 0);
  std::atomic<bool> done = false;
  std::thread thread = begin_elsewhere([&] { done = true; });
  REQUIRE(pthread_attr_setstacksize(&huge, usual) == 0);
  REQUIRE(pthread_setattr_default_np(&huge) == 0);
  pthread_attr_destroy(&huge);
  CHECK_FALSE(thread.joinable());
  CHECK_FALSE(done);
}

TEST_CASE("Who begins a thread elsewhere may go where it could before") {
  cpu_set_t before;
  cpu_set_t after;
  REQUIRE(sched_getaffinity(0, sizeof before, &before) == 0);
  begin_elsewhere([] {}).join();
  REQUIRE(sched_getaffinity(0, sizeof after, &after) == 0);
  CHECK(CPU_EQUAL(&before, &after));
}

}  // namespace pk
