// What is secret: the one place that decides. Pure functions that make the headers, queries and texts of an
// exchange safe before they leave it for a record, a message or another process.
//
// Secret are (letter case and - or _ make no difference, in JSON camelCase neither):
//   headers        authorization, cookie, set-cookie and what ends like a credential: *-key, *token, *secret,
//   *password,
//                  *authorization, *cookie, *credential(s), *assertion, *-jwt; every x-portkey-aws-*,
//                  -azure-*, -vertex-*, -oracle-* that is not a place or a resource's name; those the request
//                  names in x-portkey-sensitive-headers. Not secret: *virtual-key (an id), idempotency-key
//                  and other keys that open nothing.
//   x-portkey-config  values of such names at any depth, `api_key` first. A config that is no JSON and no id
//   is masked whole. URLs           user:password@, and query parameters of such names or key, sig,
//   signature, auth, pwd.
//
// A scheme word stays: "Bearer sk********789". What is masked is also given to `collected` (null: not
// wanted), so that the same secret can be found in an upstream's error.
#pragma once

#include <string>
#include <string_view>

#include "log/record.h"
#include "log/secrets.h"

namespace pk::log {

// Whether the name alone makes a header's value a secret.
bool is_secret_header(std::string_view name);

// What a text is once it is masked, and the secrets in it: for texts that come again and again.
struct Masked {
  std::string text, masked;
  Secrets secrets;
};
// As redact_headers() makes it of an x-portkey-config header.
Masked mask_config(std::string_view text);

// Masked, order and names kept. `sensitive_list` is a comma list of further names; the headers' own
// x-portkey-sensitive-headers counts in any case. Give the headers by move: no value that is no secret is
// copied. A value that is `known`
// is not read again.
Headers redact_headers(Headers headers, std::string_view sensitive_list = {}, Secrets* collected = nullptr,
                       const Masked* known = nullptr);

// "key=AIza…&alt=sse" → "key=AI********xyz&alt=sse": a query without its "?".
std::string redact_query(std::string query, Secrets* collected = nullptr);

// Any text: a URL, or a message with URLs in it.
std::string redact_urls(std::string text, Secrets* collected = nullptr);

// A config or another JSON text, each value under a secret name masked, all other bytes kept. Not JSON:
// masked whole.
std::string redact_json(std::string_view json, Secrets* collected = nullptr);

}  // namespace pk::log
