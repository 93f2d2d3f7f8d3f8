#include "base/mailbox.h"

#include <atomic>
#include <string>
#include <thread>

#include "support/catch.h"

using namespace std::chrono_literals;
using pk::Mailbox;

namespace {

constexpr auto k_ignore = [](auto&) {};
constexpr auto k_at_once = 0ms;
constexpr auto k_forever = std::chrono::milliseconds(std::chrono::hours(1));

template <class T>
bool post(Mailbox<T>& box, T value, std::size_t cost) {
  return box.post(value, cost, k_ignore);
}

}  // namespace

TEST_CASE("What is posted is taken at once and in order") {
  Mailbox<int> box(100);
  for (int i = 0; i < 5; ++i) CHECK(post(box, i, 10));
  CHECK(box.cost() == 50);
  std::vector<int> out = {-1};
  CHECK(box.take_all(out, k_at_once));
  CHECK(out == std::vector{-1, 0, 1, 2, 3, 4});
  CHECK(box.cost() == 0);
}

TEST_CASE("A full mailbox refuses and leaves the value alone") {
  Mailbox<std::string> box(10);
  std::string value = "a value long enough to be moved away";
  CHECK(post<std::string>(box, "x", 10));
  CHECK_FALSE(box.post(value, 1, [](std::string& v) { v = "touched"; }));
  CHECK(value == "a value long enough to be moved away");
  CHECK_FALSE(box.post(value, std::numeric_limits<std::size_t>::max(), k_ignore));
  std::vector<std::string> out;
  box.take_all(out, k_at_once);
  CHECK(box.post(value, 1, k_ignore));
}

TEST_CASE("A value larger than the bound fits an empty mailbox, and only that") {
  Mailbox<int> box(10);
  CHECK(post(box, 1, 1000));
  CHECK_FALSE(post(box, 2, 1));
  std::vector<int> out;
  box.take_all(out, k_at_once);
  CHECK(post(box, 3, 1));
  CHECK_FALSE(post(box, 4, 1000));
}

TEST_CASE("Several values are taken in together or not at all") {
  Mailbox<int> box(10);
  std::vector<int> values = {1, 2, 3}, out;
  CHECK(post(box, 0, 4));
  CHECK_FALSE(box.post_all(values, 7, [](int& value) { value = 9; }));
  CHECK(values == std::vector{1, 2, 3});
  CHECK(box.post_all(values, 6, [](int& value) { value += 10; }));
  CHECK(box.cost() == 10);
  box.take_all(out, k_at_once);
  CHECK(out == std::vector{0, 11, 12, 13});
  values = {4, 5};
  CHECK(box.post_all(values, 1000, k_ignore));  // of an empty one
  box.close();
  values = {6};
  CHECK_FALSE(box.post_all(values, 0, k_ignore));
}

TEST_CASE("Values that cost nothing are bounded too") {
  Mailbox<int> box(10);
  int taken = 0;
  while (taken < 1000 && post(box, taken, 0)) ++taken;
  CHECK(taken == 10);
}

TEST_CASE("A closed mailbox takes nothing in and gives what it has") {
  Mailbox<int> box(100);
  CHECK(post(box, 1, 1));
  box.close();
  CHECK_FALSE(post(box, 2, 1));
  std::vector<int> out;
  CHECK(box.take_all(out, k_forever));
  CHECK(out == std::vector{1});
  // Closed and empty, also for a taker that keeps what it took before.
  CHECK_FALSE(box.take_all(out, k_forever));
  out.clear();
  CHECK_FALSE(box.take_all(out, k_forever));
}

TEST_CASE("An empty mailbox lets go after the wait") {
  Mailbox<int> box(100);
  std::vector<int> out;
  CHECK(box.take_all(out, 1ms));
  CHECK(out.empty());
}

TEST_CASE("Numbers given while posting are in the order of the mailbox") {
  Mailbox<int> box(1'000'000);
  int next = 0;
  std::vector<std::thread> posters;
  for (int t = 0; t < 4; ++t)
    posters.emplace_back([&] {
      for (int i = 0; i < 2000; ++i) {
        int value = -1;
        box.post(value, 1, [&](int& v) { v = next++; });
      }
    });
  for (std::thread& poster : posters) poster.join();
  std::vector<int> out;
  box.take_all(out, k_at_once);
  REQUIRE(out.size() == 8000);
  for (int i = 0; i < 8000; ++i) REQUIRE(out[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("A sleeping taker is woken by each post, and by the end") {
  Mailbox<int> box(64);
  std::atomic<long> sum = 0;
  std::thread taker([&] {
    std::vector<int> out;
    for (bool more = true; more;) {
      out.clear();
      more = box.take_all(out, k_forever);
      for (const int value : out) sum += value;
    }
  });
  std::vector<std::thread> posters;
  for (int t = 0; t < 3; ++t)
    posters.emplace_back([&] {
      for (int i = 1; i <= 1000; ++i)
        while (!post(box, i, 1)) std::this_thread::yield();
    });
  for (std::thread& poster : posters) poster.join();
  box.close();
  taker.join();
  CHECK(sum == 3 * 500'500);
}
