// A provider that speaks TLS and vouches for itself: one handshake, on a thread of its own.
#pragma once

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <future>
#include <memory>
#include <string>

#include "upstream/peer.h"

namespace pk::test {

class SelfSignedPeer {
 public:
  SelfSignedPeer() : m_context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    name(certificate.get());
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    if (SSL_CTX_use_certificate(m_context.get(), certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(m_context.get(), key.get()) != 1)
      throw std::runtime_error("no certificate");
    m_spoken = std::async(std::launch::async, [this] { return hear(); });
  }

  std::string url() const { return "https://127.0.0.1:" + std::to_string(m_listener.port()) + "/v1"; }
  // Whether the one caller went on after it had seen the certificate. Waits for that.
  bool was_believed() { return m_spoken.get(); }

 private:
  // Valid now, for 127.0.0.1: nothing is wrong with it but who says so.
  static void name(X509* certificate) {
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME* subject = X509_get_subject_name(certificate);
    const auto* host = reinterpret_cast<const unsigned char*>("127.0.0.1");
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, host, -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
  }
  bool hear() {
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
