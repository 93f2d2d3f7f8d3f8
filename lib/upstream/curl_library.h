// libcurl, loaded by the first who makes a Client (base/shared_library.h). Private to the room.
#pragma once

#include "base/result.h"

namespace pk::upstream {

// Must have gone well before any function of <curl/curl.h> is called. Error: io, with what to install.
Result<void> load_curl();

}  // namespace pk::upstream
