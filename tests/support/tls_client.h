// A client that speaks TLS and trusts one certificate. The bytes are carried by whoever owns it: a test, or a
// socket.
#pragma once

#include <openssl/err.h>

#include <array>
#include <string>
#include <string_view>

#include "support/certificate.h"
#include "support/http_client.h"
#include "support/wire.h"

namespace pk::test {

class TlsClient {
 public:
  explicit TlsClient(const Certificate& trusted, int version_max = TLS1_3_VERSION)
      : m_context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
        m_session((prepare(trusted, version_max), SSL_new(m_context.get())), SSL_free) {
    SSL_set_bio(m_session.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(m_session.get());
  }

  SSL* get() { return m_session.get(); }
  // ALPN: names behind their lengths.
  void offer(std::string_view protocols) {
    SSL_set_alpn_protos(get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
  }

  void take(std::string_view bytes) {
    BIO_write(SSL_get_rbio(get()), bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string give() {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(get()), &bytes);
    std::string given(bytes, static_cast<std::size_t>(size));
    BIO_reset(SSL_get_wbio(get()));
    return given;
  }
  bool shake() { return SSL_do_handshake(get()) == 1; }  // false: more is needed, or it failed
  bool say(std::string_view text) { return SSL_write(get(), text.data(), static_cast<int>(text.size())) > 0; }
  // What the other side said by the bytes taken so far.
  std::string hear() {
    std::string heard;
    std::array<char, 4096> piece;
    for (int size = 0; (size = SSL_read(get(), piece.data(), piece.size())) > 0;)
      heard.append(piece.data(), static_cast<std::size_t>(size));
    return heard;
  }
  bool told_the_end() { return (SSL_get_shutdown(get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
  long serial_seen() {
    const std::unique_ptr<X509, decltype(&X509_free)> seen(SSL_get1_peer_certificate(get()), X509_free);
    return seen ? ASN1_INTEGER_get(X509_get_serialNumber(seen.get())) : 0;
  }

 private:
  void prepare(const Certificate& trusted, int version_max) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(m_context.get()), trusted.get());
    SSL_CTX_set_verify(m_context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_security_level(m_context.get(), 0);  // to offer what no server should take
    SSL_CTX_set_min_proto_version(m_context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(m_context.get(), version_max);
  }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> m_context;
  std::unique_ptr<SSL, decltype(&SSL_free)> m_session;
};

// The same over a socket.
class HttpsClient {
 public:
  HttpsClient(int port, const Certificate& trusted) : m_socket(port), m_tls(trusted) {
    while (!m_tls.shake() && exchange()) {
    }
    m_socket.send(m_tls.give());
  }

  TlsClient& tls() { return m_tls; }
  HttpClient& socket() { return m_socket; }
  bool send(std::string_view text) { return m_tls.say(text) && m_socket.send(m_tls.give()); }
  Reply read_reply() {
    MessageReader reader(std::exchange(m_unread, {}), MessageReader::Kind::response);
    while (!reader.done()) {
      const std::string bytes = m_socket.read_some();
      if (bytes.empty()) break;
      m_tls.take(bytes);
      reader.feed(m_tls.hear());
    }
    m_unread = reader.rest();
    return {reader.begun() && reader.head_done() ? reader.status() : 0, reader.headers(), reader.body(),
            reader.raw_head(), reader.done()};
  }
  // Says that it will say no more.
  void end() {
    SSL_shutdown(m_tls.get());
    m_socket.send(m_tls.give());
  }
  // Reads to the end; whether the server said that it is one.
  bool ended_properly() {
    for (std::string bytes = m_socket.read_some(); !bytes.empty(); bytes = m_socket.read_some()) {
      m_tls.take(bytes);
      m_tls.hear();
    }
    return m_tls.told_the_end();
  }

 private:
  bool exchange() {
    if (!m_socket.send(m_tls.give())) return false;
    const std::string bytes = m_socket.read_some();
    m_tls.take(bytes);
    return !bytes.empty();
  }

  HttpClient m_socket;
  TlsClient m_tls;
  std::string m_unread;
};

}  // namespace pk::test
