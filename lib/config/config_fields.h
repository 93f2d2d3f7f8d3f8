// One object of a config, its members by name: each reader gives the value, or nothing and says what is wrong
// with it in zod's words (the reference, 2.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_problems.h"
#include "config/json_value.h"

namespace pk::config {

// zod's word for a value's type: "string", "number", "boolean", "array", "object", "null".
std::string_view type_word(JsonToken kind);

// "custom_host" of "customHost" and "custom-host".
std::string snake_case(std::string_view name);

// Lives as long as the text. Of a member that stands twice the last one counts. `name` is a literal.
class Fields {
 public:
  // `value` is an object.
  Fields(const Spot& at, const JsonValue& value, Problems& problems);

  const Spot& at() const { return m_at; }
  Problems& problems() const { return m_problems; }
  // By their names in snake_case.
  const std::vector<JsonMember>& members() const { return m_members; }

  bool has(std::string_view name) const { return find(name) != nullptr; }
  const JsonValue* find(std::string_view name) const;

  // Nothing if the member is absent or wrong.
  std::optional<std::string> text(std::string_view name) const;
  std::optional<bool> boolean(std::string_view name) const;
  std::optional<double> number(std::string_view name, double min, double max) const;
  std::optional<std::int64_t> whole(std::string_view name, std::int64_t min, std::int64_t max) const;
  std::optional<std::vector<int>> status_codes(std::string_view name) const;
  std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t count_max) const;
  // Null if the member is absent or not of that kind.
  const JsonValue* object(std::string_view name) const { return of_kind(name, JsonToken::object_begin); }
  const JsonValue* array(std::string_view name) const { return of_kind(name, JsonToken::array_begin); }

  // Says "Required" of an absent member.
  void require(std::string_view name) const;
  void fail(std::string_view name, std::string_view message) const;

 private:
  const JsonValue* of_kind(std::string_view name, JsonToken kind) const;

  Spot m_at;
  Problems& m_problems;
  std::vector<JsonMember> m_members;
};

// "Expected string, received number".
std::string wrong_type(JsonToken wanted, JsonToken found);
// Whether there are at most `count_max`; says so if not.
bool check_count(const Spot& at, std::size_t count, std::size_t count_max, Problems& problems);

}  // namespace pk::config
