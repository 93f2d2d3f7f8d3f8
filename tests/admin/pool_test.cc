#include "admin/pool.h"

#include <atomic>
#include <future>

#include "support/catch.h"
#include "support/loop_thread.h"

using pk::admin::Pool;
using pk::admin::Post;
using pk::admin::run_on;

TEST_CASE("Work is done on another thread, and all of it before the end") {
  std::atomic<int> done{0};
  {
    Pool pool(2, 1000);
    const auto here = std::this_thread::get_id();
    for (int i = 0; i < 500; ++i)
      REQUIRE(pool.post([&] {
        if (std::this_thread::get_id() != here) ++done;
      }));
  }
  CHECK(done == 500);
}

TEST_CASE("A full queue takes nothing more, and says so") {
  Pool pool(1, 2);
  std::promise<void> gate, running;
  REQUIRE(pool.post([&] {
    running.set_value();
    gate.get_future().wait();
  }));
  running.get_future().wait();
  CHECK(pool.post([] {}));
  CHECK(pool.post([] {}));
  CHECK_FALSE(pool.post([] {}));
  gate.set_value();
  pool.stop();
  CHECK_FALSE(pool.post([] {}));
}

TEST_CASE("A coroutine gets the result back on its own loop") {
  pk::test::LoopThread thread;
  Pool pool(1, 4);
  const Post post = [&](std::function<void()> work) { boost::asio::post(thread.loop(), std::move(work)); };
  std::promise<std::pair<int, bool>> result;
  const auto ask = [](Pool& asked, const Post& loop,
                      std::promise<std::pair<int, bool>>& out) -> pk::Task<void> {
    const auto here = std::this_thread::get_id();
    std::function<int()> work = [here] { return std::this_thread::get_id() == here ? 0 : 42; };
    const auto got = co_await run_on<int>(asked, loop, std::move(work));
    out.set_value({got.value_or(-1), std::this_thread::get_id() == here});
  };
  thread.run([&] { ask(pool, post, result).detach(); });
  CHECK(result.get_future().get() == std::pair(42, true));
  pool.stop();
  std::promise<std::pair<int, bool>> refused;
  thread.run([&] { ask(pool, post, refused).detach(); });
  CHECK(refused.get_future().get() == std::pair(-1, true));
}
