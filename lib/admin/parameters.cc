#include "admin/parameters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/percent.h"
#include "base/text.h"

namespace pk::admin {

namespace {

std::string decoded(std::string_view text) {
  std::string spaced(text);
  std::ranges::replace(spaced, '+', ' ');
  return percent_decoded(spaced);
}

}  // namespace

Result<Parameters> Parameters::parse(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    if (parameters.m_pairs.size() == k_parameters_max)
      return Error{Errc::invalid, fmt::format("a query has at most {} parameters", k_parameters_max)};
    const auto equals = std::min(pair.find('='), pair.size());
    std::string name = decoded(pair.substr(0, equals));
    std::string value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (!is_utf8(name) || !is_utf8(value))
      return Error{Errc::invalid, "the query holds bytes that are no UTF-8"};
    parameters.m_pairs.emplace_back(std::move(name), std::move(value));
  }
  return parameters;
}

std::optional<std::string_view> Parameters::get(std::string_view name) const {
  for (const auto& [key, value] : m_pairs)
    if (key == name) return value;
  return {};
}

Result<void> Parameters::only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : m_pairs)
    if (std::ranges::find(names, name) == names.end())
      return Error{Errc::invalid, fmt::format("there is no parameter '{}' here; there are {}",
                                              visible(name, false), fmt::join(names, ", "))};
  return {};
}

Result<bool> Parameters::flag(std::string_view name) const {
  const auto value = get(name);
  if (!value || *value == "false" || *value == "0") return false;
  if (value->empty() || *value == "true" || *value == "1") return true;
  return Error{Errc::invalid,
               fmt::format("{}: '{}' is not possible; write true or false", name, visible(*value, false))};
}

}  // namespace pk::admin
