#include "progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "terminal.h"
#include "words.h"

namespace pk::cmd {

namespace {

constexpr std::chrono::milliseconds k_first{1000};
constexpr std::chrono::milliseconds k_every{100};
constexpr std::size_t k_bar_columns = 20;

bool stderr_takes_a_line() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && term && std::string_view(term) != "dumb";
}

std::size_t stderr_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void put(std::string_view text) {
  const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
  static_cast<void>(ignored);  // nowhere left to say it
}

std::string number(std::uint64_t n) {
  return thousands(static_cast<std::int64_t>(n));
}

}  // namespace

std::string progress_line(std::string_view what, std::uint64_t done, std::uint64_t total,
                          std::string_view more, std::size_t columns) {
  std::string line;
  if (total > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const auto full = static_cast<std::size_t>(share * k_bar_columns);
    line =
        fmt::format("[{}{}] {:3.0f} %  {} of {} {}", std::string(full, '#'),
                    std::string(k_bar_columns - full, '-'), share * 100, number(done), number(total), what);
  } else {
    line = fmt::format("{} {}", number(done), what);
  }
  if (!more.empty()) line.append(", ").append(more);
  return fit(line, columns);
}

Progress::Progress(std::string_view what, std::uint64_t total, bool quiet)
    : m_what(what), m_total(total), m_on(!quiet && stderr_takes_a_line()), m_next(Clock::now() + k_first) {}

Progress::~Progress() {
  stop();
}

void Progress::at(std::uint64_t done, std::string_view more) {
  if (!m_on) return;
  const auto now = Clock::now();
  if (now < m_next) return;
  m_next = now + k_every;
  m_shown = true;
  // The last column stays free: some terminals go to the next line there.
  put("\r" + progress_line(m_what, done, m_total, more, stderr_columns() - 1) + "\x1b[K");
}

void Progress::stop() {
  if (m_shown) put("\r\x1b[K");
  m_on = m_shown = false;
}

}  // namespace pk::cmd
