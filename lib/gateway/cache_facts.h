// What of a request to one target decides whether a stored answer is its answer, beside the body and what the
// record knows. Taken while the request is made: later its headers are the record's, masked. Pure.
#pragma once

#include <string>
#include <string_view>

#include "gateway/outbound.h"
#include "gateway/plan.h"
#include "log/record.h"

namespace pk::gateway {

struct CacheFacts {
  std::string path;        // with its query; where the answer has another form because strict compliance is
                           // off, it says so
  std::string host;        // scheme, host and port of the URL that is called, and the target's open options
  std::string credential;  // the key, the target's secret options, and secret headers that go along
  std::string name_space;
  log::Headers headers;  // the others that go along, names in small letters, in their order; none that cannot
                         // change an answer
  bool refresh = false;
  std::string body;  // with the target's edits, where what is sent is another form of it; else ""
};

// `key`: of the provider, as sent. `out`: as make_outbound() made it; empty for a built-in provider.
CacheFacts cache_facts(const Target& target, const Inbound& in, const Outbound& out, std::string_view key);

}  // namespace pk::gateway
