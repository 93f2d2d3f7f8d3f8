#include "http/tls_library.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "support/catch.h"

namespace pk::http {

TEST_CASE("A context for servers is made, and says why a file is no certificate") {
  REQUIRE(load_tls());
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  REQUIRE(context);
  CHECK((SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION) & SSL_OP_NO_COMPRESSION) != 0);
  CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
  ERR_clear_error();
  CHECK(SSL_CTX_use_certificate_chain_file(context, "/dev/null") != 1);
  CHECK(ERR_reason_error_string(ERR_peek_error()) != nullptr);
  ERR_clear_error();
  CHECK(ERR_peek_last_error() == 0);
  SSL* const session = SSL_new(context);
  REQUIRE(session);
  SSL_set_bio(session, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(session);
  CHECK(BIO_write(SSL_get_rbio(session), "no hello", 8) == 8);
  char byte = 0;
  const int read = SSL_read(session, &byte, 1);
  CHECK(SSL_get_error(session, read) == SSL_ERROR_SSL);
  CHECK(SSL_is_init_finished(session) == 0);
  ERR_clear_error();
  SSL_free(session);
  SSL_CTX_free(context);
}

}  // namespace pk::http
