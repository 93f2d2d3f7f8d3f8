// What makes two requests the same to the cache: a digest for each thing that could change the answer, so
// that a miss can also say which of them differed. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/record.h"

namespace pk::cache {

using Digest = std::array<std::uint8_t, 16>;  // BLAKE2b
using Key = std::array<std::uint8_t, 32>;     // BLAKE2b of all fields of a fingerprint

// A message beyond this number has no field of its own: all of these share one.
inline constexpr std::size_t k_messages_named_max = 256;
// A body with more members than this is none for the cache.
inline constexpr std::size_t k_members_max = 256;

// A POST as it goes to the provider, before it is put into the provider's form. Views are read during the
// call alone.
struct RequestFacts {
  log::Endpoint endpoint = log::Endpoint::other;
  std::string_view path;        // "/v1/chat/completions", with its query if it has one
  std::string_view provider;    // its slug
  std::string_view host;        // scheme, host and port that it is sent to
  std::string_view credential;  // as sent; only its digest is kept
  std::string_view name_space;  // x-portkey-cache-namespace: stands in for `headers`
  log::Headers
      headers;  // the client's that go along and could change the answer; no credentials, no trace ids
  log::Metadata metadata;
  std::string_view body;  // JSON, with the config's edits
};

struct Field {
  std::string name;  // "path", "provider", "host", "credential", "namespace", "headers", "metadata",
                     // "body.temperature", "body.messages[3]"
  Digest digest{};
  bool operator==(const Field&) const = default;
};

// In the order of their names. A body's members each have a field, its messages one each
// ("body.messages[256...]" for all from the 257th on). White space, the order of members and that of headers
// with different names do not count; how a number is written does. `stream` and `stream_options` have no
// field where restream.h can serve a stored answer either way: chat-completions, completions, messages.
//
// A member that is there twice has two fields of one name: which of them counts is the provider's affair.
using Fingerprint = std::vector<Field>;

// Empty: not a request for the cache. Its body is no JSON object (a form, a file, none at all), or is deeper
// or wider than the limits allow.
Fingerprint fingerprint(const RequestFacts& facts);
Key key_of(const Fingerprint& fields);

// The names whose digests differ, or that only one of them has; each once.
std::vector<std::string> differing(const Fingerprint& a, const Fingerprint& b);

}  // namespace pk::cache
