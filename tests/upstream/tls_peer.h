// A provider that speaks TLS and vouches for itself: one handshake, on a thread of its own.
#pragma once

#include <openssl/ssl.h>
#include <signal.h>

#include <future>
#include <memory>
#include <string>

#include "support/certificate.h"
#include "upstream/peer.h"

namespace pk::test {

class SelfSignedPeer {
 public:
  SelfSignedPeer() : m_context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    Certificate().use_in(m_context.get());
    m_spoken = std::async(std::launch::async, [this] { return hear(); });
  }

  std::string url() const { return "https://127.0.0.1:" + std::to_string(m_listener.port()) + "/v1"; }
  // Whether the one caller went on after it had seen the certificate. Waits for that.
  bool was_believed() { return m_spoken.get(); }

 private:
  bool hear() {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe, nullptr);  // OpenSSL writes to who may be gone
    wait_readable(m_listener.fd());
    const Fd fd(::accept4(m_listener.fd(), nullptr, nullptr, SOCK_CLOEXEC));
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(m_context.get()), SSL_free);
    SSL_set_fd(ssl.get(), fd);
    return SSL_accept(ssl.get()) == 1;
  }

  PeerListener m_listener;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> m_context;
  std::future<bool> m_spoken;
};

}  // namespace pk::test
