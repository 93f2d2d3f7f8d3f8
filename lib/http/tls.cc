#include "http/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include "base/assert.h"
#include "http/tls_library.h"

namespace pk::http {

namespace {

// As a list of ALPN: each name behind its length.
constexpr unsigned char k_protocols[] = "\x08http/1.1";
constexpr std::size_t k_step_bytes = 16 * 1024;  // of a record, at most

constexpr std::string_view k_wants_https =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    "TLS is spoken on this port: its URLs begin with https://\n";

// What OpenSSL noted first, in its words; what followed from it is forgotten.
std::string first_reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return reason ? reason : "it cannot be read";
}

Error bad_file(std::string_view setting, std::string_view file, std::string_view what) {
  return {Errc::invalid, fmt::format("{} {}: {}", setting, file, what)};
}

Result<void> check_readable(std::string_view setting, const std::string& file) {
  if (::access(file.c_str(), R_OK) == 0) return {};
  Error error = errno_error(fmt::format("cannot read {} {}", setting, file), errno);
  error.code = Errc::invalid;
  return error;
}

// There is nobody who could be asked for a passphrase.
int note_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Result<void> use_files(SSL_CTX* context, const std::string& cert_file, const std::string& key_file) {
  PK_TRY(check_readable("tls_cert", cert_file));
  PK_TRY(check_readable("tls_key", key_file));
  bool guarded = false;
  SSL_CTX_set_default_passwd_cb(context, note_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(context, &guarded);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, cert_file.c_str()) != 1)
    return bad_file("tls_cert", cert_file, "no certificate in PEM form: " + first_reason());
  const bool used = SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  const bool foreign = !used && ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
  if (guarded) return bad_file("tls_key", key_file, "it is guarded by a passphrase: keep it without one");
  if (!used && !foreign)
    return bad_file("tls_key", key_file, "no private key in PEM form: " + first_reason());
  if (foreign || SSL_CTX_check_private_key(context) != 1)
    return bad_file("tls_key", key_file,
                    fmt::format("it is not the key of the certificate in {}", cert_file));
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  return {};
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  unsigned char* ours = nullptr;
  const int found =
      SSL_select_next_proto(&ours, size, k_protocols, sizeof k_protocols - 1, offered, offered_size);
  *chosen = ours;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const std::string& cert_file,
                                                           const std::string& key_file) {
  PK_TRY(load_tls());
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  PK_ASSERT(context != nullptr);
  const std::shared_ptr<const TlsContext> owned(new TlsContext(context));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);          // of idle connections
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // who comes again brings a ticket
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  PK_TRY(use_files(context, cert_file, key_file));
  return owned;
}

TlsContext::~TlsContext() {
  SSL_CTX_free(m_context);
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context)
    : m_context(std::move(context)), m_session(SSL_new(m_context->m_context)) {
  PK_ASSERT(m_session != nullptr);
  SSL_set_bio(m_session, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(m_session);
}

TlsSession::~TlsSession() {
  SSL_free(m_session);
}

bool TlsSession::put(std::string_view bytes, std::string& plain) {
  if (m_over) return false;
  BIO_write(SSL_get_rbio(m_session), bytes.data(), static_cast<int>(bytes.size()));
  return read(plain);
}

// To the end of what came: the handshake goes on by reading, too.
bool TlsSession::read(std::string& plain) {
  std::array<char, k_step_bytes> piece;
  ERR_clear_error();
  while (true) {
    const int size = SSL_read(m_session, piece.data(), static_cast<int>(piece.size()));
    if (size > 0) {
      plain.append(piece.data(), static_cast<std::size_t>(size));
      continue;
    }
    const int why = SSL_get_error(m_session, size);
    if (why == SSL_ERROR_WANT_READ) return true;
    if (why != SSL_ERROR_ZERO_RETURN) fail();
    return false;
  }
}

// Who speaks HTTP here is told in HTTP, not by an alert that it cannot read.
void TlsSession::fail() {
  m_over = true;
  const auto error = ERR_peek_last_error();
  const bool plain_http = ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
  if (plain_http) m_unasked = k_wants_https;
  ERR_clear_error();
}

bool TlsSession::is_established() const {
  return SSL_is_init_finished(m_session) == 1;
}

void TlsSession::say(std::string_view plain) {
  PK_ASSERT(m_over || is_established() || plain.empty());
  // A session that broke meanwhile says nothing: its client sees it cut.
  for (; !plain.empty() && !m_over;) {
    const auto part = plain.substr(0, INT_MAX);
    if (SSL_write(m_session, part.data(), static_cast<int>(part.size())) <= 0) return fail();
    plain.remove_prefix(part.size());
  }
}

void TlsSession::end() {
  if (m_over || !is_established()) return;
  SSL_shutdown(m_session);
  ERR_clear_error();
  m_over = true;
}

std::string TlsSession::take_output() {
  if (!m_unasked.empty()) return std::exchange(m_unasked, {});
  BIO* const out = SSL_get_wbio(m_session);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string taken(bytes, static_cast<std::size_t>(std::max(size, 0L)));
  BIO_reset(out);
  return taken;
}

}  // namespace pk::http
