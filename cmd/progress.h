// How far a long work is, on stderr: a line that changes, only on a terminal and only after a second. Main
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pk::cmd {

class Progress {
 public:
  // `what`: "logs exported". `total`: 0 where it is not known. `quiet`: never shown.
  Progress(std::string_view what, std::uint64_t total, bool quiet = false);
  ~Progress();  // stop()
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap: called as often as there is news. `more` stands behind the count.
  void at(std::uint64_t done, std::string_view more = {});
  // Wipes the line for good, before something else is written to the terminal.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;

  const std::string m_what;
  const std::uint64_t m_total;
  bool m_on;
  bool m_shown = false;
  Clock::time_point m_next;
};

// "[#####-----]  52 %  520,000 of 1,000,000 logs exported, 812 MB", within `columns`; without a total
// "520,000 logs exported, 812 MB".
std::string progress_line(std::string_view what, std::uint64_t done, std::uint64_t total,
                          std::string_view more, std::size_t columns);

}  // namespace pk::cmd
