#include "provider/sigv4.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/text.h"
#include "base/time_text.h"
#include "provider/url_text.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_algorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t k_day_chars = 8;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string_view text_of(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), bytes_of(text), text.size());
  return hex(text_of(digest.data(), digest.size()));
}

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> tag;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
  crypto_auth_hmacsha256_final(&state, tag.data());
  sodium_memzero(&state, sizeof state);
  return std::string(text_of(tag.data(), tag.size()));
}

// Trimmed, runs of spaces as one.
std::string header_value(std::string_view value) {
  std::string out;
  for (const char c : trim(value))
    if (c != ' ' || !out.ends_with(' ')) out += c;
  return out;
}

// By lower case name; values of twins in their order, joined by commas.
using SignedHeaders = std::map<std::string, std::string>;

SignedHeaders signed_headers(const log::Headers& headers) {
  SignedHeaders all;
  for (const auto& [name, value] : headers) {
    const auto [at, is_new] = all.try_emplace(ascii_lower(name), header_value(value));
    if (!is_new) at->second += "," + header_value(value);
  }
  return all;
}

std::string names_of(const SignedHeaders& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

std::string canonical_request(const SigV4Request& request, const SignedHeaders& headers) {
  std::string out = fmt::format("{}\n{}\n{}\n", request.method, sigv4_canonical_path(request.path),
                                sigv4_canonical_query(request.query));
  for (const auto& [name, value] : headers) out += fmt::format("{}:{}\n", name, value);
  return fmt::format("{}\n{}\n{}", out, names_of(headers), sha256_hex(request.body));
}

std::string signature(std::string_view secret, std::string_view day, const SigV4Scope& scope,
                      std::string_view text) {
  std::string key = fmt::format("AWS4{}", secret);
  for (const std::string_view step : {day, scope.region, scope.service, std::string_view("aws4_request")})
    key = hmac(key, step);
  return hex(hmac(key, text));
}

}  // namespace

std::string sigv4_canonical_path(std::string_view path) {
  std::vector<std::string_view> kept;
  const bool directory = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  for (const std::string_view segment : split_list(path, '/')) {
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (segment != "." && segment != "..") kept.push_back(segment);
  }
  std::string out;
  for (const std::string_view segment : kept) out += "/" + percent_encoded(segment);
  return kept.empty() || directory ? out + "/" : out;
}

std::string sigv4_canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const std::string_view part : split_list(query, '&')) {
    const auto equals = std::min(part.find('='), part.size());
    const std::string_view value = part.substr(std::min(equals + 1, part.size()));
    pairs.emplace_back(percent_encoded(percent_decoded(part.substr(0, equals))),
                       percent_encoded(percent_decoded(value)));
  }
  std::ranges::sort(pairs);
  std::string out;
  for (const auto& [name, value] : pairs) out += fmt::format("{}{}={}", out.empty() ? "" : "&", name, value);
  return out;
}

std::string sigv4_time(std::int64_t unix_ms) {
  const std::string full = rfc3339(unix_ms);
  std::string out;
  for (const char c : full.substr(0, full.find('.')))
    if (c != '-' && c != ':') out += c;
  return out + "Z";
}

log::Headers sigv4_headers(const SigV4Request& request, const AwsCredentials& credentials,
                           const SigV4Scope& scope) {
  const std::string time = sigv4_time(scope.now_ms);
  const std::string_view day = std::string_view(time).substr(0, k_day_chars);
  log::Headers added = {{"X-Amz-Date", time}};
  if (!credentials.session_token.empty())
    added.emplace_back("X-Amz-Security-Token", credentials.session_token);

  log::Headers all = request.headers;
  all.insert(all.end(), added.begin(), added.end());
  if (!request.host.empty()) all.emplace_back("Host", request.host);
  const SignedHeaders headers = signed_headers(all);

  const std::string scope_text = fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", k_algorithm, time, scope_text,
                                          sha256_hex(canonical_request(request, headers)));
  added.emplace_back("Authorization",
                     fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", k_algorithm,
                                 credentials.access_key_id, scope_text, names_of(headers),
                                 signature(credentials.secret_access_key, day, scope, to_sign)));
  return added;
}

}  // namespace pk::provider
