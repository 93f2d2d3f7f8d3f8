#include "upstream/client.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <utility>

#include "upstream/curl_library.h"
#include "upstream/plain_call.h"
#include "upstream/transfer.h"

namespace pk::upstream {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr int k_ticks_between_prunes = 100;

}  // namespace

struct Client::Impl {
  Impl(asio::io_context& loop, Options options);

  void tick();

  Options options;
  RunningCalls running;  // for time limits
  int ticks = 0;
  std::shared_ptr<int> life = std::make_shared<int>();  // asked by the ticker's handler
  asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                             Executor>
      ticker;
  CurlCarrier curl;
  PlainCarrier plain;
};

Result<void> Client::global_init() {
  PK_TRY(load_curl());
  PK_ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
  return {};
}

Client::Client(asio::io_context& loop, Options options)
    : m_impl(std::make_unique<Impl>(loop, std::move(options))) {}
Client::~Client() = default;

std::unique_ptr<Call> Client::start(Request request) {
  const Options& options = m_impl->options;
  const bool ours = !options.curl_for_http && options.proxy.empty() && split_plain_url(request.url);
  if (ours) return m_impl->plain.start(m_impl->running, std::move(request));
  return m_impl->curl.start(m_impl->running, std::move(request));
}

void Client::set_trusted_hosts(config::TrustedHosts hosts) {
  m_impl->options.trusted_hosts = std::move(hosts);
}

Client::Impl::Impl(asio::io_context& loop, Options options_)
    : options(std::move(options_)), ticker(loop.get_executor()), curl(loop, options), plain(loop, options) {
  tick();
}

void Client::Impl::tick() {
  ticker.expires_after(std::chrono::milliseconds(k_tick_ms));
  ticker.async_wait([this, alive = std::weak_ptr(life)](error_code error) {
    if (error || alive.expired()) return;
    const auto now = std::chrono::steady_clock::now();
    // From the back: a call that ends may take others with it, and the last one takes the place of each.
    for (std::size_t i = running.size(); i-- > 0;)
      if (i < running.size()) running[i]->check_deadline(now);
    if (++ticks % k_ticks_between_prunes == 0) plain.prune(now);
    tick();
  });
}

}  // namespace pk::upstream
