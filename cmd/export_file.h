// The file of an export: what is in it already, what is written to it. Main thread.
//
// Which records a file has is asked of the file itself, of the ids that its lines begin with: ids are made
// when a request begins and records are written when it ends, or long after, when they are imported; so
// neither the last id of a file nor a time tells what it lacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "store/locks.h"

namespace pk::cmd {

enum class ExportForm { jsonl, csv };

// What a file has: of its lines those that are whole.
struct Exported {
  std::vector<Uuid> ids;    // in order, each once
  std::uint64_t bytes = 0;  // of the whole lines; what is behind them was cut off in the middle
};

// Reads lines piece by piece, in pieces of any size.
class ExportedLines {
 public:
  // `header` is the first line that the file must have, without its end; "" for none.
  ExportedLines(ExportForm form, std::string header) : m_form(form), m_header(std::move(header)) {}

  // invalid, naming the line, where one is no record.
  Result<void> feed(std::string_view bytes);
  Exported take() &&;

 private:
  Result<void> end_line();
  std::size_t line_end(std::string_view bytes);

  ExportForm m_form;
  std::string m_header;
  Exported m_exported;
  std::uint64_t m_bytes = 0;  // fed
  std::uint64_t m_lines = 0;
  std::string m_front;  // of the line that is being read
  char m_last = '\0';   // its last byte
  bool m_quoted = false;
};

class ExportFile {
 public:
  enum class Open {
    fresh,   // must not have anything in it
    over,    // what is in it goes
    resume,  // goes on behind what is in it
  };
  // "-" and "" are stdout. A file that is made is for its owner alone. An error where another export writes
  // it, or what is there is not what `open` wants; then it is as it was.
  static Result<ExportFile> open(const std::string& name, Open open);

  // For `resume`: what the file has, a line that was cut taken off it.
  Result<Exported> mend(ExportForm form, const std::string& header);

  // False once nobody reads it any more or a write failed: stop. Which of the two finish() tells.
  bool write(std::string_view text);
  std::uint64_t bytes_written() const { return m_bytes; }
  // Waits until it is on disk. An io error if that, or a write, failed for another reason than the reader's
  // leaving.
  Result<void> finish();

  bool is_file() const { return m_is_file; }

 private:
  ExportFile(store::FileLock fd, std::string name, bool is_file)
      : m_fd(std::move(fd)), m_name(std::move(name)), m_is_file(is_file) {}
  Result<void> empty(Open open);
  Error failure(int error_number) const;

  store::FileLock m_fd;
  std::string m_name;
  bool m_is_file;  // not a pipe or a device
  std::uint64_t m_bytes = 0;
  int m_error_number = 0;
};

}  // namespace pk::cmd
