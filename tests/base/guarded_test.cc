#include "base/guarded.h"

#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

using pk::Guarded;

TEST_CASE("Threads that count together lose nothing") {
  Guarded<int> count(0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&count] {
      for (int i = 0; i < 10'000; ++i) count.with([](int& n) { ++n; });
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(count.with([](int& n) { return n; }) == 40'000);
}

TEST_CASE("What the function returns is returned, from a const one too") {
  Guarded<std::string> text(std::string("abc"));
  text.with([](std::string& t) { t += 'd'; });
  const Guarded<std::string>& view = text;
  CHECK(view.with([](const std::string& t) { return t.size(); }) == 4);
}
