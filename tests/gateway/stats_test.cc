#include "gateway/stats.h"

#include <thread>

#include "support/catch.h"

using pk::gateway::Stats;

TEST_CASE("Counters begin at nothing and add up, read from any thread") {
  Stats stats;
  CHECK(stats.requests == 0);
  for (const auto& one : stats.by_class) CHECK(one == 0);
  std::thread worker([&] {
    for (int i = 0; i < 1000; ++i) Stats::add(stats.requests);
    Stats::add(stats.by_class[2], 5);
  });
  while (stats.requests < 1000) std::this_thread::yield();
  worker.join();
  CHECK(stats.requests == 1000);
  CHECK(stats.by_class[2] == 5);
  Stats::add(stats.prompt_tokens, 0);
  CHECK(stats.prompt_tokens == 0);
}
