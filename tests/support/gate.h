// A gate that a test opens and a fake waits at: how tests order things without sleeping. A copy is the same
// gate.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <memory>

namespace pk::test {

class Gate {
 public:
  Gate() : m_fd(new int(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), close_fd) {}

  // Once open it stays open.
  void open() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] auto written = write(*m_fd, &one, sizeof one);
  }
  // Readable once the gate is open: for poll().
  int fd() const { return *m_fd; }

 private:
  static void close_fd(int* fd) {
    close(*fd);
    delete fd;
  }
  std::shared_ptr<int> m_fd;
};

}  // namespace pk::test
