#include "provider/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "provider/refusal.h"
#include "provider/url_text.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_v1 = "/v1";
constexpr std::string_view k_anthropic_version = "2023-06-01";

// The first segments of OpenAI's own paths: these stand behind a provider's prefix, whatever else is passed
// on does not.
constexpr std::array<std::string_view, 23> k_families = {
    "assistants",    "audio",      "batches",     "chat",          "completions", "containers",
    "conversations", "embeddings", "evals",       "files",         "fine_tuning", "images",
    "messages",      "models",     "moderations", "ocr",           "realtime",    "rerank",
    "responses",     "threads",    "uploads",     "vector_stores", "videos",
};

bool in_a_family(std::string_view path) {
  const std::string_view first = path.substr(1, path.find('/', 1) - 1);
  return std::ranges::find(k_families, first) != k_families.end();
}

constexpr CharSet k_segment_bytes = CharSet::alphanumeric_and("-._~/:@");

// A model's name as path segments: its slashes stay (meta-llama/Llama-3), dot segments do not lead elsewhere.
Result<std::string> as_segments(std::string_view name, std::string_view key, const Provider& provider) {
  if (name.empty()) return invalid(fmt::format("{} needs `{}` in the request body", provider.slug, key));
  if (fmt::format("/{}/", name).find("/../") != std::string::npos)
    return invalid(fmt::format("`{}` is no name that {} can have", key, provider.slug));
  return percent_encoded(name, k_segment_bytes);
}

Result<std::string> filled_prefix(const Provider& provider, const Call& call) {
  std::string prefix(provider.prefix);
  if (prefix.find('{') == std::string::npos) return prefix;
  const auto fill = [&](std::string_view key, std::string_view name) -> Result<void> {
    const std::string place = fmt::format("{{{}}}", key);
    const auto at = prefix.find(place);
    if (at == std::string::npos) return {};
    PK_ASSIGN(const std::string segments, as_segments(name, key, provider));
    prefix.replace(at, place.size(), segments);
    return {};
  };
  PK_TRY(fill("user", call.user));
  // predibase: "base:adapter"; the path has the base.
  PK_TRY(fill("model", call.model.substr(0, call.model.find(':'))));
  return prefix;
}

// "/v1/v1/messages" comes from clients whose base URL ends in /v1 and that add their own.
void collapse_double_v1(std::string& url) {
  constexpr std::string_view k_double = "/v1/v1/";
  if (const auto at = url.find(k_double); at != std::string::npos) url.erase(at, k_v1.size());
}

Result<std::string> unified_url(const Provider& provider, const Call& call, std::string_view base) {
  const std::string_view path = path_of(provider, call.endpoint);
  if (path.empty())
    return invalid(fmt::format("{} is not supported by {}", reference_name(call.endpoint), provider.slug));
  if (!call.huggingface_base_url.empty() && provider.slug == "huggingface")
    return fmt::format("{}/v1{}", without_end_slashes(call.huggingface_base_url), path);
  PK_ASSIGN(std::string prefix, filled_prefix(provider, call));
  // A custom host that was given with the prefix all the same.
  if (!prefix.empty() && base.ends_with(prefix)) prefix.clear();
  return std::string(base).append(prefix).append(path);
}

Result<std::string> proxy_url(const Provider& provider, const Call& call, std::string_view base) {
  PK_ASSIGN(const PassedPath path, passed_path(call.path));
  std::string_view prefix = provider.prefix;
  const bool constant = prefix.find('{') == std::string_view::npos && !base.ends_with(prefix);
  if (path.proxy || path.rest.empty() || !constant || !in_a_family(path.rest)) prefix = "";
  return fmt::format("{}{}{}", base, prefix, path.rest);
}

}  // namespace

log::Endpoint endpoint_of_path(std::string_view method, std::string_view path) {
  if (method != "POST") return log::Endpoint::other;
  if (path == "/v1/chat/completions") return log::Endpoint::chat_completions;
  if (path == "/v1/completions") return log::Endpoint::completions;
  if (path == "/v1/embeddings") return log::Endpoint::embeddings;
  if (path == "/v1/messages") return log::Endpoint::messages;
  if (path == "/v1/responses") return log::Endpoint::responses;
  return log::Endpoint::other;
}

Result<Target> resolve(const Provider& provider, const Call& call) {
  if (provider.built_in) return invalid(fmt::format("{} is built in and has no URL", provider.slug));
  const std::string_view base =
      without_end_slashes(call.custom_host.empty() ? provider.base_url : call.custom_host);
  if (has_foreign_byte(call.query)) return invalid("the query holds bytes that no URL has");
  const bool replaced = provider.slug == "huggingface" && !call.huggingface_base_url.empty();
  if (base.empty() && !replaced && provider.dialect)
    return invalid(fmt::format("the address of {} is its dialect's to make", provider.slug));
  if (base.empty() && !replaced) return invalid(fmt::format("{} needs a custom host", provider.slug));
  const bool unified = call.endpoint != log::Endpoint::other;
  PK_ASSIGN(std::string url, unified ? unified_url(provider, call, base) : proxy_url(provider, call, base));
  if (provider.auth == Auth::anthropic) collapse_double_v1(url);
  if (!call.query.empty()) url.append("?").append(call.query);
  if (url.size() > k_url_bytes_max)
    return Error{Errc::limit, fmt::format("the URL is longer than {} bytes", k_url_bytes_max)};
  return Target{std::move(url)};
}

log::Headers auth_headers(const Provider& provider, std::string_view key) {
  log::Headers headers;
  const bool given = !key.empty() && !provider.built_in && provider.auth != Auth::dialect;
  if (given && provider.auth == Auth::anthropic) headers.emplace_back("X-API-Key", key);
  if (given && provider.auth != Auth::anthropic)
    headers.emplace_back("Authorization", std::string("Bearer ").append(key));
  if (provider.auth == Auth::anthropic) headers.emplace_back("anthropic-version", k_anthropic_version);
  return headers;
}

}  // namespace pk::provider
