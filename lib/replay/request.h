// The logged request as its client would send it again, less what the log has masked. Pure.
#pragma once

#include <string>
#include <vector>

#include "http/message.h"
#include "log/record.h"

namespace pk::replay {

struct Resent {
  http::Request request;  // without a body
  bool had_key = false;   // it brought a provider's key, in Authorization or x-api-key
  // Headers that were to be forwarded and are not, for the log has only their masks.
  std::vector<std::string> lost;
};

// The record has its request. What was of its one connection, transfer and trace is left out, as is what
// would make an upstream take it for the first one (Idempotency-Key). Masks stay in what credentials.h can
// fill in: x-portkey-config and the options of a provider.
Resent resent(const log::LogRecord& record);

}  // namespace pk::replay
