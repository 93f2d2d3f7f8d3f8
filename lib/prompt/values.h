// Variables as kainjow's values, and the scopes that names are looked up in. One thread; the JSON texts
// outlive it.
#pragma once

#include <kainjow/mustache.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "config/json_value.h"

namespace pk::prompt {

inline constexpr std::size_t k_values_deep_max = 32;  // objects and arrays in one another
inline constexpr std::size_t k_values_max = 100'000;  // of all of one call, the ones in lists too

using Data = kainjow::mustache::data;

// "", false, null and [] are false as sections; all else is true. Every value prints: a text as it is, others
// as their JSON, null as nothing.
class Values {
 public:
  Values() = default;
  Values(const Values&) = delete;
  Values& operator=(const Values&) = delete;

  // The members of an object; of a name that is there already the value is replaced. limit: too deep,
  // or too many.
  Result<void> add(std::string_view json_object);

  const Data& root() const { return m_root; }
  // What a value prints, as a text of kainjow's. The reference is good as long as this is.
  const Data& printed(const Data& value);
  static std::size_t printed_bytes(const Data& printed) { return printed.string_value().size(); }

 private:
  Result<void> convert(const config::JsonValue& json, Data& into, std::size_t depth);
  Result<void> convert_members(std::string_view object, Data& into, std::size_t depth);

  std::size_t m_count = 0;
  Data m_root{Data::type::object};
  std::unordered_map<const Data*, std::string_view> m_texts;  // of values that are no texts of kainjow's
  std::unordered_map<const Data*, Data> m_printed;
};

// The objects that names are looked up in, the innermost last.
class Scopes {
 public:
  explicit Scopes(const Data& root) : m_items{&root} {}

  void push(const Data* item) { m_items.push_back(item); }
  void pop() { m_items.pop_back(); }

  // "." is the innermost itself. A name with dots leads into objects where nothing has it as it stands. Null:
  // there is none such.
  const Data* find(const std::string& name) const;

 private:
  const Data* find_plain(const std::string& name) const;

  std::vector<const Data*> m_items;
};

}  // namespace pk::prompt
