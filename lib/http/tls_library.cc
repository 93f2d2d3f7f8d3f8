// The functions of OpenSSL that tls.cc calls, each forwarded to the library; those of libcrypto are found
// with libssl, which brings it. One that is missing here fails to link.
#include "http/tls_library.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/shared_library.h"

namespace pk::http {

namespace {

constinit SharedLibrary s_ssl("libssl.so.3", "libssl3");

}  // namespace

Result<void> load_tls() {
  return s_ssl.load();
}

}  // namespace pk::http

using pk::http::s_ssl;

extern "C" {

// clang-format off
PK_FORWARD(s_ssl, BIO*, BIO_new, (const BIO_METHOD* kind), (kind))
PK_FORWARD(s_ssl, const BIO_METHOD*, BIO_s_mem, (), ())
PK_FORWARD(s_ssl, int, BIO_write, (BIO* bio, const void* bytes, int size), (bio, bytes, size))
PK_FORWARD(s_ssl, long, BIO_ctrl, (BIO* bio, int what, long number, void* pointer),
           (bio, what, number, pointer))
PK_FORWARD(s_ssl, void, ERR_clear_error, (), ())
PK_FORWARD(s_ssl, unsigned long, ERR_peek_error, (), ())
PK_FORWARD(s_ssl, unsigned long, ERR_peek_last_error, (), ())
PK_FORWARD(s_ssl, const char*, ERR_reason_error_string, (unsigned long error), (error))
PK_FORWARD(s_ssl, const SSL_METHOD*, TLS_server_method, (), ())
PK_FORWARD(s_ssl, SSL_CTX*, SSL_CTX_new, (const SSL_METHOD* method), (method))
PK_FORWARD(s_ssl, void, SSL_CTX_free, (SSL_CTX* context), (context))
PK_FORWARD(s_ssl, long, SSL_CTX_ctrl, (SSL_CTX* context, int what, long number, void* pointer),
           (context, what, number, pointer))
PK_FORWARD(s_ssl, uint64_t, SSL_CTX_set_options, (SSL_CTX* context, uint64_t options), (context, options))
PK_FORWARD(s_ssl, void, SSL_CTX_set_alpn_select_cb,
           (SSL_CTX* context, SSL_CTX_alpn_select_cb_func callback, void* data), (context, callback, data))
PK_FORWARD(s_ssl, void, SSL_CTX_set_default_passwd_cb, (SSL_CTX* context, pem_password_cb* callback),
           (context, callback))
PK_FORWARD(s_ssl, void, SSL_CTX_set_default_passwd_cb_userdata, (SSL_CTX* context, void* data),
           (context, data))
PK_FORWARD(s_ssl, int, SSL_CTX_use_certificate_chain_file, (SSL_CTX* context, const char* file),
           (context, file))
PK_FORWARD(s_ssl, int, SSL_CTX_use_PrivateKey_file, (SSL_CTX* context, const char* file, int type),
           (context, file, type))
PK_FORWARD(s_ssl, int, SSL_CTX_check_private_key, (const SSL_CTX* context), (context))
PK_FORWARD(s_ssl, int, SSL_select_next_proto,
           (unsigned char** out, unsigned char* size, const unsigned char* ours, unsigned ours_size,
            const unsigned char* theirs, unsigned theirs_size),
           (out, size, ours, ours_size, theirs, theirs_size))
PK_FORWARD(s_ssl, SSL*, SSL_new, (SSL_CTX* context), (context))
PK_FORWARD(s_ssl, void, SSL_free, (SSL* session), (session))
PK_FORWARD(s_ssl, void, SSL_set_bio, (SSL* session, BIO* in, BIO* out), (session, in, out))
PK_FORWARD(s_ssl, BIO*, SSL_get_rbio, (const SSL* session), (session))
PK_FORWARD(s_ssl, BIO*, SSL_get_wbio, (const SSL* session), (session))
PK_FORWARD(s_ssl, void, SSL_set_accept_state, (SSL* session), (session))
PK_FORWARD(s_ssl, int, SSL_is_init_finished, (const SSL* session), (session))
PK_FORWARD(s_ssl, int, SSL_read, (SSL* session, void* bytes, int size), (session, bytes, size))
PK_FORWARD(s_ssl, int, SSL_write, (SSL* session, const void* bytes, int size), (session, bytes, size))
PK_FORWARD(s_ssl, int, SSL_get_error, (const SSL* session, int code), (session, code))
PK_FORWARD(s_ssl, int, SSL_shutdown, (SSL* session), (session))
// clang-format on

}  // extern "C"
