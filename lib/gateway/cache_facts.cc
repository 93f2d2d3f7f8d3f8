#include "gateway/cache_facts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "config/saved.h"
#include "log/redact.h"

namespace pk::gateway {

namespace {

// Who asks, in which of his calls, and how the answer travels: none of it changes what the answer says.
bool counts(std::string_view name) {
  constexpr std::array<std::string_view, 9> k_names = {
      "content-type", "accept",       "user-agent", "traceparent",      "tracestate",
      "baggage",      "x-request-id", "x-trace-id", "x-correlation-id",
  };
  return std::none_of(k_names.begin(), k_names.end(),
                      [name](std::string_view one) { return iequals(name, one); }) &&
         !istarts_with(name, "x-stainless-") && !istarts_with(name, "x-b3-");
}

// "https://api.openai.com" of a URL.
std::string_view origin_of(std::string_view url) {
  const auto scheme = url.find("://");
  return scheme == std::string_view::npos ? url : url.substr(0, url.find_first_of("/?#", scheme + 3));
}

// Neither a name nor a header's value has a line break in it, so that no two lists come to the same text.
void append_line(std::string& out, std::string_view name, std::string_view value) {
  out.append("\n").append(name).append("=").append(value);
}

}  // namespace

CacheFacts cache_facts(const Target& target, const Inbound& in, const Outbound& out, std::string_view key) {
  CacheFacts facts;
  facts.path = in.path;
  if (!in.query.empty()) facts.path.append("?").append(in.query);
  if (!target.strict) facts.path.append("\nstrict=false");
  facts.host = origin_of(out.wire.url);
  facts.credential = key;
  for (const auto& [name, value] : target.options)
    append_line(config::is_secret_option(name) ? facts.credential : facts.host, name, value);
  for (std::size_t i = 0; i < out.own_headers; ++i) {
    const auto& [name, value] = out.wire.headers[i];
    if (log::is_secret_header(name))
      append_line(facts.credential, ascii_lower(name), value);
    else if (counts(name))
      facts.headers.emplace_back(ascii_lower(name), value);
  }
  std::stable_sort(facts.headers.begin(), facts.headers.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  facts.name_space = in.options.cache_namespace;
  facts.refresh = in.options.cache_refresh;
  return facts;
}

}  // namespace pk::gateway
