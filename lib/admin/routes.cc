#include "admin/routes.h"

#include <algorithm>

#include "base/percent.h"

namespace pk::admin {

namespace {

// "/v1/logs/x" → "/v1/logs", "/logs/x" → "/logs", "/" → "/".
std::string_view beginning_of(std::string_view path) {
  const std::size_t from = path.starts_with("/v1/") ? 4 : 1;
  return path.substr(0, std::min(path.find('/', from), path.size()));
}

std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool is_part(std::string_view segment) {
  return segment.starts_with('{');
}

}  // namespace

bool fits(std::string_view pattern, std::string_view path, std::vector<std::string>& parts) {
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (is_part(wanted) ? given.empty() : wanted != given) return false;
    if (is_part(wanted)) parts.push_back(percent_decoded(given));
  }
  return pattern.empty() && path.empty();
}

RouteTable::RouteTable(std::vector<Route> routes) : m_routes(std::move(routes)) {
  for (const Route& route : m_routes) {
    const std::string_view beginning = beginning_of(route.pattern);
    if (std::ranges::find(m_beginnings, beginning) == m_beginnings.end()) m_beginnings.push_back(beginning);
  }
}

// Asked of every request that is to be proxied: cheap.
bool RouteTable::may_be_ours(std::string_view path) const {
  return std::ranges::find(m_beginnings, beginning_of(path)) != m_beginnings.end();
}

std::optional<Match> RouteTable::find(std::string_view method, std::string_view path) const {
  if (!path.starts_with('/') || !may_be_ours(path)) return {};
  const std::string_view asked = method == "HEAD" ? "GET" : method;
  std::optional<Match> best;
  std::string_view pattern;
  for (const Route& route : m_routes) {
    std::vector<std::string> parts;
    if (!fits(route.pattern, path, parts)) continue;
    if (best && parts.size() > best->parts.size()) continue;
    if (!best || parts.size() < best->parts.size()) {
      best = Match{nullptr, std::move(parts), {}};
      pattern = route.pattern;
    }
    if (route.pattern != pattern) continue;
    best->allow += route.method;
    best->allow += route.method == "GET" ? ", HEAD, " : ", ";
    if (route.method == asked) best->route = &route;
  }
  if (best) best->allow += "OPTIONS";
  return best;
}

}  // namespace pk::admin
