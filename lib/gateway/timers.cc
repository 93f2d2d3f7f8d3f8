#include "gateway/timers.h"

#include <utility>

namespace pk::gateway {

namespace {

using SteadyClock = std::chrono::steady_clock;

class LoopTimer final : public Timer {
 public:
  LoopTimer(boost::asio::io_context& loop, std::int64_t ms, std::function<void()> over)
      : m_over(std::make_shared<std::function<void()>>(std::move(over))), m_timer(loop.get_executor()) {
    m_timer.expires_after(std::chrono::milliseconds(ms));
    // A handler that has left the timer cannot be cancelled any more: it asks whether we are still there.
    m_timer.async_wait([over = std::weak_ptr(m_over)](boost::system::error_code error) {
      const auto call = over.lock();
      if (!error && call) (*call)();
    });
  }

 private:
  std::shared_ptr<std::function<void()>> m_over;
  boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>,
                                    boost::asio::io_context::executor_type>
      m_timer;
};

}  // namespace

std::unique_ptr<Timer> LoopTimers::start(std::int64_t ms, std::function<void()> over) {
  return std::make_unique<LoopTimer>(m_loop, ms, std::move(over));
}

}  // namespace pk::gateway
