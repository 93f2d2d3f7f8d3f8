// The built `pk`, run to its end or step by step, with an environment of its own: what commands print and end
// with.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace pk::test {

struct PkCall {
  std::vector<std::string> arguments;
  std::vector<std::string> environment =
      {};                  // "NAME=value", beside PATH, HOME (a folder that is not there) and TZ
  std::string input = {};  // its stdin
  bool terminal = false;   // stdout is a terminal, xterm, no pager
  unsigned short columns = 80;
  bool full_output = false;  // stdout is /dev/full: each write fails as on a full disk
};

struct PkOutcome {
  int exit = 0;  // -signal if one ended it
  std::string out;
  std::string err;
};

// To its end.
PkOutcome call_pk(const PkCall& call);

// Still running: a test of --follow. The destructor kills what is left.
class PkProcess {
 public:
  explicit PkProcess(const PkCall& call);
  ~PkProcess();
  PkProcess(const PkProcess&) = delete;
  PkProcess& operator=(const PkProcess&) = delete;

  // The next line of stdout without its end; "" once there is none any more.
  std::string read_line();
  void close_output();  // nobody reads its stdout from here on
  void signal(int number) const;
  bool ended() const;
  // Its outcome; `out` is what was not read yet.
  PkOutcome wait();

 private:
  void read_some();

  pid_t m_pid = -1;
  int m_out = -1;
  int m_err = -1;
  PkOutcome m_got;
};

}  // namespace pk::test
