#include "provider/url_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "provider/refusal.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_proxy = "/v1/proxy";
constexpr std::string_view k_v1 = "/v1";

// A whole number of segments at the front: "/v1" of "/v1/x", not of "/v10".
bool starts_with_segments(std::string_view path, std::string_view segments) {
  return path.starts_with(segments) && (path.size() == segments.size() || path[segments.size()] == '/');
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

}  // namespace

std::string percent_encoded(std::string_view text, const CharSet& kept) {
  std::string out;
  for (const char c : text) {
    if (kept.has(c))
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (!coded) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
    i += 2;
  }
  return out;
}

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
