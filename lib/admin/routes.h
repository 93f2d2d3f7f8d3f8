// The routes of the control plane as data, and how a path finds its own. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "admin/call.h"

namespace pk::admin {

struct Route {
  std::string_view method;   // GET is HEAD too
  std::string_view pattern;  // "/v1/logs/{id}/why": {…} stands for one segment that is not empty
  Need need;
  Task<void> (*serve)(Call& call);
};

struct Match {
  const Route* route = nullptr;    // null: the path is known, and has no such method
  std::vector<std::string> parts;  // decoded
  std::string allow;               // the methods that the path has: "GET, HEAD, OPTIONS"
};

// Built once at start. Any thread.
class RouteTable {
 public:
  // The views in them live as long as the table: patterns are constants.
  explicit RouteTable(std::vector<Route> routes);

  // Nothing: the path is none of the control plane's. Where several patterns fit the one with the fewest {…}
  // is meant.
  std::optional<Match> find(std::string_view method, std::string_view path) const;

  std::span<const Route> routes() const { return m_routes; }

 private:
  bool may_be_ours(std::string_view path) const;

  std::vector<Route> m_routes;
  std::vector<std::string_view> m_beginnings;  // up to the first segment that tells: "/v1/logs", "/assets"
};

// Whether `path` fits `pattern`; what stands for each {…} is appended to `parts`, decoded.
bool fits(std::string_view pattern, std::string_view path, std::vector<std::string>& parts);

// All there are; `with_pages` those of the page too.
std::vector<Route> all_routes(bool with_pages);

}  // namespace pk::admin
