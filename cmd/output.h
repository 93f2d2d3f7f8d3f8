// stdout as commands use it: buffered, through a pager where that is wanted, quiet when the reader leaves.
// Main thread.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::cmd {

class Output {
 public:
  enum class Paging { never, on_terminal };
  explicit Output(Paging paging);
  ~Output();  // flushes what is left, waits for the pager
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  // False once nobody reads any more (EPIPE) or a write failed: stop producing. Which of the two finish()
  // tells.
  bool write(std::string_view text);
  bool flush();
  bool open() const { return m_error_number == 0; }

  // Called once, before the first byte leaves.
  void before_first_write(std::function<void()> call) { m_before = std::move(call); }

  // Flushes, waits for the pager. An io error if a write failed for another reason than the reader's leaving.
  Result<void> finish();

 private:
  void start_pager();

  int m_fd;
  pid_t m_pager = -1;
  int m_error_number = 0;
  std::string m_buffer;
  std::function<void()> m_before;
};

}  // namespace pk::cmd
