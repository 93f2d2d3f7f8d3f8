// The sink of a gateway without a ledger: it serves, and says of each record that it is lost.
#pragma once

#include <atomic>
#include <limits>

#include "log/sink.h"

namespace pk::log {

class LostSink final : public Sink {
 public:
  Seq open(const LogRecord&) override { return 0; }
  Seq close(const LogRecord&) override {
    m_lost.fetch_add(1, std::memory_order_relaxed);
    return 0;
  }
  Seq close_all(std::span<const LogRecord>) override { return 0; }
  Seq durable() const override { return std::numeric_limits<Seq>::max(); }
  bool healthy() const override { return false; }
  void subscribe(std::function<void()>) override {}

  std::uint64_t lost() const { return m_lost.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> m_lost{0};
};

}  // namespace pk::log
