#include "base/task.h"

#include <memory>
#include <string>
#include <vector>

#include "support/catch.h"

using pk::Event;
using pk::Task;

namespace {

// Symmetric transfer is a tail call: the compiler promises it only when it optimises, and a sanitizer's
// frames take it away.
#if defined(__OPTIMIZE__) && !defined(PK_SANITIZED)
constexpr int k_many = 1'000'000;
#else
constexpr int k_many = 1'000;
#endif

Task<int> number(int value) {
  co_return value;
}

Task<std::unique_ptr<int>> only_movable(int value) {
  co_return std::make_unique<int>(value);
}

Task<std::string> text_after(Event& event) {
  co_await event;
  co_return "text";
}

Task<void> append(std::vector<int>& order, int value) {
  order.push_back(value);
  co_return;
}

// Runs to its first wait and, once that is over, to its end.
template <class T>
Task<void> keep(Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}

template <class T>
std::optional<T> result_of(Task<T> task) {
  std::optional<T> result;
  keep(std::move(task), result).detach();
  return result;
}

Task<int> sum_to(int last) {
  int sum = 0;
  for (int i = 0; i < last; ++i) sum += co_await number(1);
  co_return sum;
}

Task<int> depth(int levels) {
  if (levels == 0) co_return 0;
  co_return co_await depth(levels - 1) + 1;
}

// Tells when it is gone.
struct Mark {
  explicit Mark(bool& gone) : m_gone(gone) {}
  ~Mark() { m_gone = true; }
  bool& m_gone;
};

Task<void> wait_with_mark(Event& event, bool& gone) {
  const Mark mark(gone);
  co_await event;
}

}  // namespace

TEST_CASE("A task gives its value to the one who awaits it") {
  CHECK(result_of(number(7)) == 7);
  const auto moved = result_of(only_movable(8));
  REQUIRE(moved);
  CHECK(**moved == 8);
}

TEST_CASE("A task starts when it is awaited, not when it is made") {
  std::vector<int> order;
  const auto both = [](std::vector<int>& seen) -> Task<void> {
    Task<void> second = append(seen, 2);
    co_await append(seen, 1);
    co_await std::move(second);
    seen.push_back(3);
  };
  both(order).detach();
  CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("A task that was never started frees its frame") {
  std::vector<int> order;
  { const Task<void> unused = append(order, 1); }
  CHECK(order.empty());
}

TEST_CASE("A moved task has nothing left to destroy") {
  Task<int> first = number(3);
  Task<int> second = std::move(first);
  CHECK(result_of(std::move(second)) == 3);
}

TEST_CASE("A loop over tasks that are ready does not grow the stack") {
  CHECK(result_of(sum_to(k_many)) == k_many);
}

TEST_CASE("Tasks within tasks end one after the other, not one inside the other") {
  CHECK(result_of(depth(k_many / 10)) == k_many / 10);
}

TEST_CASE("A wait that is over many times does not grow the stack") {
  const auto loop = [](int& left) -> Task<void> {
    Event event;
    for (; left > 0; --left) {
      event.set();
      co_await event;
    }
  };
  int left = k_many;
  loop(left).detach();
  CHECK(left == 0);
}

TEST_CASE("An event that is set first is kept for the next wait, once") {
  Event event;
  event.set();
  event.set();
  CHECK_FALSE(event.has_waiter());
  CHECK(result_of(text_after(event)) == "text");
  std::optional<std::string> second;
  keep(text_after(event), second).detach();
  CHECK_FALSE(second);
  CHECK(event.has_waiter());
  event.set();
  CHECK(second == "text");
  CHECK_FALSE(event.has_waiter());
}

TEST_CASE("An event resumes its waiter inside set()") {
  Event event;
  std::vector<int> order;
  const auto wait = [](Event& awaited, std::vector<int>& seen) -> Task<void> {
    co_await awaited;
    seen.push_back(1);
    co_await awaited;
    seen.push_back(3);
  };
  wait(event, order).detach();
  event.set();
  order.push_back(2);
  event.set();
  CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("A detached task frees its frame when it ends, and not before") {
  Event event;
  bool gone = false;
  wait_with_mark(event, gone).detach();
  CHECK_FALSE(gone);
  event.set();
  CHECK(gone);
}

TEST_CASE("What resumes may end the event's owner") {
  struct Owner {
    Event event;
    std::string text = "a text that is longer than the small buffer of a string";
  };
  auto owner = std::make_unique<Owner>();
  const auto end = [](std::unique_ptr<Owner>& owned) -> Task<void> {
    co_await owned->event;
    owned.reset();
  };
  end(owner).detach();
  Event& event = owner->event;
  event.set();
  CHECK_FALSE(owner);
}
