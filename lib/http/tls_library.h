// OpenSSL's libssl, loaded by the first TlsContext (base/shared_library.h). Private to the room.
#pragma once

#include "base/result.h"

namespace pk::http {

// Must have gone well before any function of <openssl/ssl.h> is called. Error: io, with what to install.
Result<void> load_tls();

}  // namespace pk::http
