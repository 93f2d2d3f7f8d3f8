#include "cache/flights.h"

#include <atomic>
#include <thread>
#include <vector>

#include "cache/fixture.h"

namespace pk::cache::test {
namespace {

// What a worker's loop is asked to run, run when the test says so.
struct Loop {
  std::vector<std::function<void()>> posted;
  Post post() {
    return [this](std::function<void()> f) { posted.push_back(std::move(f)); };
  }
  void run() {
    for (auto& f : std::exchange(posted, {})) f();
  }
};

const Post k_at_once = [](std::function<void()> f) { f(); };

}  // namespace

TEST_CASE("The first flies, the others get its entry on their own loops") {
  Flights flights;
  Loop loop;
  std::vector<EntryPtr> got;
  const auto landed = [&](EntryPtr entry) { got.push_back(std::move(entry)); };
  REQUIRE(flights.join(key_of(1), loop.post(), landed) == 0);
  REQUIRE(flights.join(key_of(1), loop.post(), landed) != 0);
  REQUIRE(flights.join(key_of(1), loop.post(), landed) != 0);
  REQUIRE(flights.join(key_of(2), loop.post(), landed) == 0);
  const EntryPtr entry = shared(entry_of(1));
  flights.land(key_of(1), entry);
  CHECK(got.empty());
  loop.run();
  CHECK(got == std::vector<EntryPtr>{entry, entry});
}

TEST_CASE("Who left is not called, and a landing without an answer is told too") {
  Flights flights;
  std::vector<int> called;
  REQUIRE(flights.join(key_of(1), k_at_once, {}) == 0);
  const auto first = flights.join(key_of(1), k_at_once, [&](const EntryPtr&) { called.push_back(1); });
  flights.join(key_of(1), k_at_once, [&](const EntryPtr& entry) { called.push_back(entry ? 3 : 2); });
  flights.leave(key_of(1), first);
  flights.leave(key_of(2), first);
  flights.land(key_of(1), nullptr);
  CHECK(called == std::vector<int>{2});
}

TEST_CASE("After a landing the next one flies anew, also from within") {
  Flights flights;
  REQUIRE(flights.join(key_of(1), k_at_once, {}) == 0);
  Flights::Waiter again = 99;
  flights.join(key_of(1), k_at_once,
               [&](const EntryPtr&) { again = flights.join(key_of(1), k_at_once, {}); });
  flights.land(key_of(1), nullptr);
  CHECK(again == 0);
  flights.land(key_of(1), nullptr);
  flights.land(key_of(1), nullptr);  // nobody flies: nothing happens
}

TEST_CASE("Threads that join and land lose nobody") {
  Flights flights;
  std::atomic<int> waited{0}, woken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        const Key key = key_of(i % 3);
        if (flights.join(key, k_at_once, [&](const EntryPtr&) { ++woken; }) == 0)
          flights.land(key, nullptr);
        else
          ++waited;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(waited == woken);
}

}  // namespace pk::cache::test
