// Waiting for what another thread or process brings about: it is looked at again and again, and there is an
// end, so that a test which waits in vain says what was missing, and does not hang.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace pk::test {

// Far longer than anything takes on a machine that is busy with other things.
inline constexpr std::chrono::seconds k_patience{120};

// Looks until `holds` does, with a pause between; false if it still does not when patience is over.
template <class F>
[[nodiscard]] bool comes_true(F holds, std::chrono::milliseconds pause = std::chrono::milliseconds(5)) {
  const auto end = std::chrono::steady_clock::now() + k_patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

// The same; throws with these words where it would be false.
template <class F>
void wait_until(std::string_view what, F holds,
                std::chrono::milliseconds pause = std::chrono::milliseconds(5)) {
  if (!comes_true(std::move(holds), pause))
    throw std::runtime_error("waited in vain until " + std::string(what));
}

}  // namespace pk::test
