// Preloaded into tests and the pk they start (./dev jitter): now and then a system call that hands something
// over between threads or processes comes late, as on a machine that is busy with other things. A test or a
// piece of code that lives by what mostly happens first fails then.
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>

namespace {

// From the environment: how many calls of a thousand are late, and by how much at most. Threads draw in turn
// from the seed, so that a failure mostly comes back with its seed; what the kernel does in between no seed
// holds.
std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::uint64_t g_permille = 0, g_us_max = 0, g_seed = 0;

[[gnu::constructor]] void read_settings() {
  g_permille = setting("PK_JITTER_PERMILLE", 10);
  g_us_max = setting("PK_JITTER_MS", 30) * 1000;
  g_seed = setting("PK_JITTER_SEED", 1);
}

// splitmix64
std::uint64_t drawn(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

void maybe_late() {
  static std::atomic<std::uint64_t> threads{0};
  thread_local std::uint64_t state = 0;
  if (state == 0) state = (g_seed << 32) + ++threads;
  if (drawn(state) % 1000 >= g_permille || g_us_max == 0) return;
  const int error_number = errno;
  const auto us = static_cast<long>(drawn(state) % g_us_max);
  const timespec pause{us / 1'000'000, us % 1'000'000 * 1000};
  ::nanosleep(&pause, nullptr);
  errno = error_number;
}

// The function behind the one of that name here.
template <class F>
F* next(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

#define LATE(result, name, parameters, arguments)             \
  extern "C" result name parameters {                         \
    static auto* const real = next<result parameters>(#name); \
    maybe_late();                                             \
    const result value = real arguments;                      \
    maybe_late();                                             \
    return value;                                             \
  }

LATE(int, poll, (pollfd * fds, nfds_t count, int ms), (fds, count, ms))
LATE(int, ppoll, (pollfd * fds, nfds_t count, const timespec* time, const sigset_t* mask),
     (fds, count, time, mask))
LATE(int, epoll_wait, (int fd, epoll_event* events, int count, int ms), (fd, events, count, ms))
LATE(ssize_t, read, (int fd, void* bytes, size_t size), (fd, bytes, size))
LATE(ssize_t, write, (int fd, const void* bytes, size_t size), (fd, bytes, size))
LATE(ssize_t, writev, (int fd, const iovec* parts, int count), (fd, parts, count))
LATE(ssize_t, recv, (int fd, void* bytes, size_t size, int flags), (fd, bytes, size, flags))
LATE(ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags))
LATE(ssize_t, send, (int fd, const void* bytes, size_t size, int flags), (fd, bytes, size, flags))
LATE(ssize_t, sendmsg, (int fd, const msghdr* message, int flags), (fd, message, flags))
LATE(ssize_t, sendfile, (int to, int from, off_t* offset, size_t size), (to, from, offset, size))
LATE(int, connect, (int fd, const sockaddr* address, socklen_t size), (fd, address, size))
LATE(int, accept, (int fd, sockaddr* address, socklen_t* size), (fd, address, size))
LATE(int, accept4, (int fd, sockaddr* address, socklen_t* size, int flags), (fd, address, size, flags))
LATE(int, shutdown, (int fd, int how), (fd, how))
LATE(int, close, (int fd), (fd))
LATE(int, fdatasync, (int fd), (fd))
LATE(pid_t, waitpid, (pid_t pid, int* status, int options), (pid, status, options))
LATE(int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* mutex), (condition, mutex))
LATE(int, pthread_mutex_unlock, (pthread_mutex_t * mutex), (mutex))
