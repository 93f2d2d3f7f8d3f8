// TLS as a change of bytes: what came from a client's socket goes in, what it says comes out, and the other
// way about. No socket, no waiting: that is the connection's, which does it as it does without. OpenSSL's
// part; TLS 1.2 and 1.3, HTTP/1.1.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace pk::http {

// A certificate and its key, for the connections that begin while it is in use. Any thread.
class TlsContext {
 public:
  // PEM files: the certificate with what vouches for it behind, and the key, which no passphrase may guard.
  // Errors are invalid, and say which of the files is wrong and how; or io, with what to install.
  static Result<std::shared_ptr<const TlsContext>> load(const std::string& cert_file,
                                                        const std::string& key_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsSession;
  explicit TlsContext(ssl_ctx_st* context) : m_context(context) {}

  ssl_ctx_st* m_context;
};

// One client's. Lives on its connection's thread.
class TlsSession {
 public:
  explicit TlsSession(std::shared_ptr<const TlsContext> context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Takes what came and appends to `plain` what the client said by it. False: nothing more is to come, for
  // the client has ended, or what it sends is no TLS that we speak; an output may say so.
  bool put(std::string_view bytes, std::string& plain);
  // Whether both sides know each other: from here on there is something to say.
  bool is_established() const;
  // Puts what is to be said into the output. Only once it is established.
  void say(std::string_view plain);
  // The same for "nothing follows": without it the client may take what it has for cut.
  void end();
  // What is to be sent, in this order; it is the caller's now.
  std::string take_output();

 private:
  bool read(std::string& plain);
  void fail();

  const std::shared_ptr<const TlsContext> m_context;
  ssl_st* m_session;
  std::string m_unasked;  // the answer to who speaks plain HTTP
  bool m_over = false;    // nothing may be said or heard any more
};

}  // namespace pk::http
