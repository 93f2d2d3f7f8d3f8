// The providers that pk can send a request to: one row each. A row is all there is to know about a provider
// whose wire form is OpenAI's; a provider with a form of its own has its dialect named here and its file
// beside this one.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/record.h"

namespace pk::provider {

// How the key travels.
enum class Auth : std::uint8_t {
  none,       // ollama, triton, demo: a key, if one is given, is sent as bearer
  bearer,     // Authorization: Bearer KEY
  anthropic,  // X-API-Key: KEY, and anthropic-version
  dialect,    // as the dialect has it
};

struct Dialect;  // dialect.h

// Some of the endpoints.
class Endpoints {
 public:
  constexpr Endpoints() = default;
  constexpr Endpoints(std::initializer_list<log::Endpoint> members) {
    for (const log::Endpoint one : members) m_bits |= bit(one);
  }
  constexpr bool has(log::Endpoint one) const { return (m_bits & bit(one)) != 0; }

 private:
  static constexpr unsigned bit(log::Endpoint one) { return 1u << static_cast<unsigned>(one); }
  unsigned m_bits = 0;
};

// One provider. Views point to constants and live as long as the process.
struct Provider {
  std::string_view slug;  // "openai"
  std::string_view
      base_url;  // no slash at its end; "" where a custom host is needed, or nothing is called (demo)
  // What stands between the base URL and OpenAI's own paths: "" or "/v1", "/api/v1". May hold {model} and
  // {user}, which come from the body. A custom host replaces the base URL; this stays.
  std::string_view prefix;
  // Paths of the unified endpoints after base URL and prefix; "" where the provider does not offer the
  // endpoint.
  std::string_view chat_path;
  std::string_view completions_path;
  std::string_view embeddings_path;
  std::string_view messages_path;
  std::string_view responses_path;
  Auth auth = Auth::bearer;
  bool needs_key = true;           // a config needs a key or virtual key for it
  bool needs_custom_host = false;  // there is no public host of that name
  bool built_in = false;           // answered in the process (demo.h): no URL, no network
  // How it speaks where that is not OpenAI's form, and the endpoints that this is asked for; null for none.
  // Those with a path above pass as they are. What a pair comes to: translation.h.
  const Dialect* dialect = nullptr;
  Endpoints by_dialect;
};

// All rows, sorted by slug.
std::span<const Provider> all();

// The row of that slug, or null. Exact: slugs are lower case.
const Provider* find(std::string_view slug);

// Slugs that Portkey's gateway knows and pk does not offer (they need a translation or an auth of their own):
// a request for one is refused with a reason, not as a spelling mistake.
bool is_known_elsewhere(std::string_view slug);

// The path of a unified endpoint, "" for `other` and for what the provider does not offer.
std::string_view path_of(const Provider& provider, log::Endpoint endpoint);

// "chatComplete", "complete", "embed", "messages", "createModelResponse": the words of Portkey's error for an
// endpoint that a provider does not offer ("embed is not supported by anthropic"). "proxy" for other.
std::string_view reference_name(log::Endpoint endpoint);

}  // namespace pk::provider
