#include "base/in_order.h"

#include <atomic>
#include <string>
#include <vector>

#include "support/catch.h"

using pk::InOrder;

TEST_CASE("What several threads do comes in the order in which it was put in") {
  std::vector<int> got;
  InOrder<int, int> work(
      4, 16,
      [](std::size_t, int n) {
        if (n % 7 == 0) std::this_thread::yield();
        return n * n;
      },
      [&](int square) {
        got.push_back(square);
        return true;
      });
  for (int i = 0; i < 2000; ++i) REQUIRE(work.put(i));
  REQUIRE(work.finish());
  REQUIRE(got.size() == 2000);
  for (int i = 0; i < 2000; ++i) REQUIRE(got[static_cast<std::size_t>(i)] == i * i);
}

TEST_CASE("No more is held than was said, and one thread alone does") {
  std::atomic<int> begun = 0;
  int taken = 0;
  InOrder<int, int> work(
      1, 3,
      [&](std::size_t, int n) {
        ++begun;
        return n;
      },
      [&](int) {
        ++taken;
        return true;
      });
  for (int i = 0; i < 100; ++i) {
    REQUIRE(work.put(i));
    CHECK(i + 1 - taken <= 3);
  }
  REQUIRE(work.finish());
  CHECK(begun == 100);
  CHECK(taken == 100);
}

TEST_CASE("Who has enough is given no more, and what was not begun is let go") {
  int taken = 0;
  InOrder<std::string, std::string> work(
      2, 4, [](std::size_t, std::string text) { return text + "!"; },
      [&](const std::string& text) {
        CHECK(text == std::to_string(taken) + "!");
        return ++taken < 10;
      });
  int put = 0;
  while (put < 1000 && work.put(std::to_string(put))) ++put;
  CHECK(taken == 10);
  CHECK(put < 20);
  CHECK_FALSE(work.put("more"));
  CHECK_FALSE(work.finish());
  CHECK(taken == 10);
}

TEST_CASE("Each thread has a number of its own, below how many there are") {
  constexpr std::size_t k_threads = 3;
  std::vector<std::atomic<int>> inside(k_threads);
  InOrder<int, bool> work(
      k_threads, 50,
      [&](std::size_t thread, int) {
        if (thread >= k_threads) return false;
        const bool alone = inside[thread].fetch_add(1) == 0;
        std::this_thread::yield();
        inside[thread].fetch_sub(1);
        return alone;
      },
      [](bool alone) {
        CHECK(alone);
        return true;
      });
  for (int i = 0; i < 500; ++i) REQUIRE(work.put(i));
  CHECK(work.finish());
}
