#include "replay/run_all.h"

#include <boost/asio/post.hpp>
#include <set>

#include "support/catch.h"

namespace pk::replay {

namespace {

// Goes on with the loop's next turn, as often as it is told.
Task<void> turns(boost::asio::io_context& loop, int count) {
  for (; count > 0; --count) {
    Event event;
    boost::asio::post(loop, [&event] { event.set(); });
    co_await event;
  }
}

}  // namespace

TEST_CASE("Every job is done once, and never more of them at a time than may be") {
  for (const std::size_t concurrency : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) {
    boost::asio::io_context loop{1};
    std::multiset<std::size_t> done;
    std::size_t running = 0, most = 0;
    const auto job = [&](std::size_t i) -> Task<void> {
      most = std::max(most, ++running);
      Task<void> wait = turns(loop, static_cast<int>(i % 4));
      co_await std::move(wait);
      --running;
      done.insert(i);
    };
    run_all(loop, 100, concurrency, job);
    CHECK(done.size() == 100);
    CHECK(std::set<std::size_t>(done.begin(), done.end()).size() == 100);
    CHECK(most == std::min({concurrency, std::size_t{100}, k_concurrency_max}));
    run_all(loop, 0, concurrency, job);
    CHECK(done.size() == 100);
  }
}

TEST_CASE("The loop can be turned again for the next ones, also where nothing waits") {
  boost::asio::io_context loop{1};
  int done = 0;
  const auto count = [&done](Task<void> task) -> Task<void> {
    co_await std::move(task);
    ++done;
  };
  run_one(loop, count(turns(loop, 0)));
  run_one(loop, count(turns(loop, 2)));
  run_one(loop, count(turns(loop, 0)));
  CHECK(done == 3);
}

}  // namespace pk::replay
