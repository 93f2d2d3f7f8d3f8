#include "gateway/timers.h"

#include "support/catch.h"

using pk::gateway::LoopTimers;
using pk::gateway::Timer;
using Clock = std::chrono::steady_clock;

TEST_CASE("A timer calls once, from the loop, in the order of the times") {
  boost::asio::io_context loop{1};
  LoopTimers timers(loop);
  std::vector<int> called;
  std::unique_ptr<Timer> later, sooner, now;
  // Within a millisecond, or the last one's time may come after that of the others.
  for (auto begin = Clock::time_point::min(); Clock::now() >= begin + std::chrono::milliseconds(1);) {
    begin = Clock::now();
    later = timers.start(2, [&] { called.push_back(2); });
    sooner = timers.start(1, [&] { called.push_back(1); });
    now = timers.start(0, [&] { called.push_back(0); });
  }
  CHECK(called.empty());
  loop.run();
  CHECK(called == std::vector<int>{0, 1, 2});
}

TEST_CASE("A timer that is destroyed says nothing") {
  boost::asio::io_context loop{1};
  LoopTimers timers(loop);
  bool called = false;
  timers.start(0, [&] { called = true; }).reset();
  loop.run();
  CHECK_FALSE(called);
}

TEST_CASE("A timer whose time is over already can still be destroyed by another's call") {
  boost::asio::io_context loop{1};
  LoopTimers timers(loop);
  // Both handlers are ready before the first one runs: the second has left its timer by then.
  std::unique_ptr<Timer> first, second;
  int called = 0;
  first = timers.start(0, [&] {
    ++called;
    second.reset();
  });
  second = timers.start(0, [&] {
    ++called;
    first.reset();
  });
  loop.run();
  CHECK(called == 1);
}

TEST_CASE("A timer may be destroyed, and another one started, in its own call") {
  boost::asio::io_context loop{1};
  LoopTimers timers(loop);
  std::unique_ptr<Timer> timer;
  int called = 0;
  std::function<void()> again = [&] {
    timer.reset();
    if (++called < 3) timer = timers.start(0, again);
  };
  timer = timers.start(0, again);
  loop.run();
  CHECK(called == 3);
}
