#include "upstream/client.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "upstream/loop.h"
#include "upstream/transfer.h"

namespace pk::upstream {

namespace asio = boost::asio;
using boost::system::error_code;

void Client::global_init() {
  PK_ASSERT(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

Client::Client(asio::io_context& loop, Options options)
    : m_impl(std::make_unique<Impl>(loop, std::move(options))) {}
Client::~Client() = default;

std::unique_ptr<Call> Client::start(Request request) {
  auto transfer = std::make_unique<Transfer>(*m_impl, std::move(request));
  transfer->begin();
  return transfer;
}

void Client::set_trusted_hosts(config::TrustedHosts hosts) {
  m_impl->options.trusted_hosts = std::move(hosts);
}

Client::Impl::Impl(asio::io_context& loop, Options options_)
    : io(loop),
      options(std::move(options_)),
      ticker(loop.get_executor()),
      curl(
          loop, options.limits.connections_max,
          [](CURL* easy, CURLcode code) { Transfer::of(easy).finished(code); }, [this] { settle(); }) {
  tick();
}

Client::Impl::~Impl() {
  for (EasyHandle& easy : idle) curl_easy_cleanup(easy.handle);
}

EasyHandle Client::Impl::take_handle() {
  if (!idle.empty()) {
    EasyHandle easy = std::move(idle.back());
    idle.pop_back();
    return easy;
  }
  EasyHandle easy{curl_easy_init(), std::make_unique<char[]>(CURL_ERROR_SIZE)};
  PK_ASSERT(easy.handle != nullptr);
  Transfer::set_constant_options(easy, *this);
  return easy;
}

void Client::Impl::give_handle(EasyHandle easy) {
  if (idle.size() < k_idle_handles_max)
    idle.push_back(std::move(easy));
  else
    curl_easy_cleanup(easy.handle);
}

// Resumes what waits for a transfer that moved. Resuming may start, end and destroy transfers, and comes back
// here through curl: the outermost call does the work, the others only add to the list.
void Client::Impl::settle() {
  if (std::exchange(settling, true)) return;
  while (!moved.empty()) {
    Transfer* transfer = moved.back();
    moved.pop_back();
    transfer->wake();
  }
  settling = false;
}

void Client::Impl::forget(Transfer* transfer) {
  std::erase(moved, transfer);
  std::erase(running, transfer);
}

void Client::Impl::tick() {
  ticker.expires_after(std::chrono::milliseconds(k_tick_ms));
  ticker.async_wait([this, life = std::weak_ptr(life)](error_code error) {
    if (error || life.expired()) return;
    const auto now = std::chrono::steady_clock::now();
    const std::vector<Transfer*> snapshot = running;
    for (Transfer* transfer : snapshot)
      if (std::find(running.begin(), running.end(), transfer) != running.end()) transfer->check_deadline(now);
    tick();
  });
}

}  // namespace pk::upstream
