#include "cache/redis_mail.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace pk::cache {

void RedisQuestion::answer(EntryPtr entry) {
  if (answered()) return;
  post([told = std::exchange(done, nullptr), entry = std::move(entry)] { told(entry); });
}

RedisRoom::RedisRoom(std::atomic<std::size_t>& held, std::size_t bytes, std::size_t bytes_max)
    : m_bytes(bytes) {
  if (held.fetch_add(bytes) + bytes <= bytes_max)
    m_held = &held;
  else
    held.fetch_sub(bytes);
}

RedisRoom::~RedisRoom() {
  if (m_held) m_held->fetch_sub(m_bytes);
}

RedisBell::RedisBell() : m_fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

RedisBell::~RedisBell() {
  if (m_fd >= 0) ::close(m_fd);
}

void RedisBell::ring() {
  if (m_rung.exchange(true)) return;
  const std::uint64_t one = 1;
  const ssize_t written = ::write(m_fd, &one, sizeof one);
  static_cast<void>(written);  // only a full counter could refuse, and then it is readable anyway
}

void RedisBell::quiet() {
  std::uint64_t count = 0;
  const ssize_t got = ::read(m_fd, &count, sizeof count);
  static_cast<void>(got);  // nothing: it was not rung
  m_rung.exchange(false);
}

bool RedisMail::post(RedisJob& job) {
  const bool taken = box.with([&](Box& open) {
    if (!open.closed) open.jobs.push_back(std::move(job));
    return !open.closed;
  });
  if (taken) bell.ring();
  return taken;
}

}  // namespace pk::cache
