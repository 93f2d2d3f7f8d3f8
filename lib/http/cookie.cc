#include "http/cookie.h"

#include "base/text.h"

namespace pk::http {

std::optional<std::string_view> cookie_in(std::string_view value, std::string_view name) {
  for (const std::string_view pair : split_list(value, ';'))
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
  return {};
}

std::optional<std::string_view> cookie_of(const Headers& headers, std::string_view name) {
  for (const auto& [header, value] : headers)
    if (iequals(header, "cookie"))
      if (const auto cookie = cookie_in(value, name)) return cookie;
  return {};
}

}  // namespace pk::http
