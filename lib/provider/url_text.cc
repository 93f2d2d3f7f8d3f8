#include "provider/url_text.h"

#include <algorithm>

#include "provider/refusal.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_proxy = "/v1/proxy";
constexpr std::string_view k_v1 = "/v1";

// A whole number of segments at the front: "/v1" of "/v1/x", not of "/v10".
bool starts_with_segments(std::string_view path, std::string_view segments) {
  return path.starts_with(segments) && (path.size() == segments.size() || path[segments.size()] == '/');
}

}  // namespace

bool has_foreign_byte(std::string_view text) {
  // Whether a char is signed depends on the machine.
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7f || c == '#';
  });
}

std::string_view without_end_slashes(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

Result<PassedPath> passed_path(std::string_view path) {
  if (has_foreign_byte(path)) return invalid("the path holds bytes that no URL has");
  const bool proxy = starts_with_segments(path, k_proxy);
  if (!proxy && !starts_with_segments(path, k_v1)) return invalid("the path does not start with /v1");
  return PassedPath{path.substr(proxy ? k_proxy.size() : k_v1.size()), proxy};
}

}  // namespace pk::provider
