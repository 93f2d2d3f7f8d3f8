// Where a request goes: the absolute URL at the provider, and the headers that carry the key. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "log/record.h"
#include "provider/table.h"

namespace pk::provider {

// The longest URL that is made; longer ones are refused with a limit error.
inline constexpr std::size_t k_url_bytes_max = 16 * 1024;

// The endpoint that a method and path mean: POST on one of the five unified paths, else `other`. `path` is
// the client's, from /v1 on, without the query.
log::Endpoint endpoint_of_path(std::string_view method, std::string_view path);

// What resolve() needs to know about a request.
struct Call {
  log::Endpoint endpoint = log::Endpoint::other;
  std::string_view path;   // as the client sent it, "/v1/chat/completions"; only `other` looks at it
  std::string_view query;  // without '?'; "" for none; passed on as it is
  std::string_view
      custom_host;         // "" for none; replaces the base URL. Checked before (config/upstream_guard.h)
  std::string_view model;  // of the body: some providers (huggingface, predibase) have it in the path
  std::string_view user;   // of the body: predibase has it in the path
  // x-portkey-huggingface-base-url: replaces base URL and model path of huggingface. Checked like a custom
  // host.
  std::string_view huggingface_base_url;
};

struct Target {
  std::string
      url;  // http(s)://host[:port]/path[?query]; its path is to be sent as it is, dot segments and all
  bool operator==(const Target&) const = default;
};

// The URL of a call.
// - Unified endpoints: base URL + prefix + the endpoint's path.
// - `other`: /v1/proxy/X is base URL + /X. /v1/X is base URL + prefix + /X where X is one of OpenAI's own
// families
//   (models, images, audio, files, batches …), so that together-ai's /v1/models is found; else base URL + /X,
//   as Portkey does.
// - A double /v1/v1/ collapses for anthropic (clients whose base URL ends in /v1).
// Errors: invalid if the provider does not offer the endpoint ("embed is not supported by anthropic"), a
// custom host is needed and missing, a model or user that belongs into the path is missing, or the path holds
// bytes that no URL has; limit if the URL is too long. Asked for the built-in provider, or for one whose
// address is its dialect's to make: invalid.
Result<Target> resolve(const Provider& provider, const Call& call);

// The headers that carry the key, in wire order: none for an empty key (but anthropic-version, which
// anthropic needs always), none where the dialect makes them. On proxy paths a header of the same name from
// the client wins.
log::Headers auth_headers(const Provider& provider, std::string_view key);

}  // namespace pk::provider
