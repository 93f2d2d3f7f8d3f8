// The JSON object that a request's body is, by its members. Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/json_value.h"

namespace pk::admin {

// Views into the body, which outlives it.
class Fields {
 public:
  // invalid: no JSON object, a member twice, or one that is none of `names`, which are then named.
  static Result<Fields> parse(std::string_view body, std::initializer_list<std::string_view> names);

  // Nothing where the member is not there or null; invalid, naming it, where it has another type.
  Result<std::optional<std::string>> text(std::string_view name) const;
  Result<std::optional<bool>> flag(std::string_view name) const;
  Result<std::optional<std::int64_t>> integer(std::string_view name) const;
  // The text of an object, as it stands.
  Result<std::optional<std::string_view>> object(std::string_view name) const;
  // A list of texts; one text is a list of one.
  Result<std::optional<std::vector<std::string>>> texts(std::string_view name) const;

  // text() of a member that must be there.
  Result<std::string> needed(std::string_view name) const;
  bool has(std::string_view name) const { return find(name) != nullptr; }

 private:
  const config::JsonValue* find(std::string_view name) const;

  std::vector<config::JsonMember> m_members;
};

}  // namespace pk::admin
