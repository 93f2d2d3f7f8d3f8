// The query of a URL: name=value pairs with their coding taken off. Pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace pk::admin {

inline constexpr std::size_t k_parameters_max = 200;

class Parameters {
 public:
  Parameters() = default;
  // "a=b%20c&d+e=f&g": "+" is a space, a name without "=" has no value. invalid: more than k_parameters_max,
  // or bytes that are no UTF-8.
  static Result<Parameters> parse(std::string_view query);

  // The first value of that name; nothing if it is not there. "" of one without a value.
  std::optional<std::string_view> get(std::string_view name) const;
  // invalid, saying what there is, for a parameter that is none of `names`.
  Result<void> only(std::initializer_list<std::string_view> names) const;
  // Not there, "false", "0": false. No value, "true", "1": true. invalid for any other.
  Result<bool> flag(std::string_view name) const;

  auto begin() const { return m_pairs.begin(); }
  auto end() const { return m_pairs.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> m_pairs;
};

}  // namespace pk::admin
