#include "provider/data_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace pk::provider {

namespace {
constexpr std::string_view k_scheme = "data:";
constexpr std::string_view k_base64 = ";base64";
}  // namespace

bool is_data_url(std::string_view url) {
  return istarts_with(url, k_scheme);
}

std::optional<DataUrl> parse_data_url(std::string_view url) {
  if (!is_data_url(url)) return {};
  url.remove_prefix(k_scheme.size());
  const std::size_t comma = url.find(',');
  if (comma == std::string_view::npos) return {};
  std::string_view type = url.substr(0, comma);
  const std::size_t mark = type.size() - std::min(type.size(), k_base64.size());
  if (!iequals(type.substr(mark), k_base64)) return {};
  type = type.substr(0, type.find(';'));
  if (type.empty()) return {};
  return DataUrl{type, url.substr(comma + 1)};
}

std::string data_url(std::string_view media_type, std::string_view base64) {
  return fmt::format("data:{};base64,{}", media_type, base64);
}

}  // namespace pk::provider
