#include "prompt/values.h"

#include <fmt/format.h>

namespace pk::prompt {

namespace {

using config::JsonValue;

// The list is this one's own to fill: push_back() would copy all that hangs below an element, at each level.
kainjow::mustache::list& list_of(Data& data) {
  return const_cast<kainjow::mustache::list&>(data.list_value());
}

Error too_many() {
  return {Errc::limit, fmt::format("variables may hold {} values at most", k_values_max)};
}

}  // namespace

Result<void> Values::add(std::string_view json_object) {
  return convert_members(json_object, m_root, 1);
}

Result<void> Values::convert_members(std::string_view object, Data& into, std::size_t depth) {
  for (const config::JsonMember& member : config::json_members(object))
    PK_TRY(convert(member.value, into[member.key], depth));
  return {};
}

// In place: values are known by their addresses.
Result<void> Values::convert(const JsonValue& json, Data& into, std::size_t depth) {
  m_texts.erase(&into);
  const bool deeper = json.is_object() || json.is_array();
  if (deeper && depth == k_values_deep_max)
    return Error{Errc::limit, fmt::format("variables may be nested {} deep at most", k_values_deep_max)};
  if (++m_count > k_values_max) return too_many();
  if (json.is_number()) {
    into = Data(std::string(json.text));
    return {};
  }
  if (json.is_string()) {
    std::string text = config::json_plain(json);
    if (text.empty()) m_texts[&into] = {};
    into = text.empty() ? Data(false) : Data(text);
    return {};
  }
  m_texts[&into] = json.kind == JsonToken::null ? std::string_view() : json.text;
  if (json.is_object()) {
    into = Data(Data::type::object);
    return convert_members(json.text, into, depth + 1);
  }
  if (!json.is_array()) {
    into = Data(json.text == "true");
    return {};
  }
  into = Data(Data::type::list);
  const std::vector<JsonValue> elements = config::json_elements(json.text);
  if (elements.size() > k_values_max - m_count) return too_many();
  kainjow::mustache::list& list = list_of(into);
  list.resize(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) PK_TRY(convert(elements[i], list[i], depth + 1));
  return {};
}

const Data& Values::printed(const Data& value) {
  if (value.is_string()) return value;
  const auto [at, fresh] = m_printed.try_emplace(&value);
  if (fresh) {
    const auto text = m_texts.find(&value);
    at->second = Data(text == m_texts.end() ? std::string() : std::string(text->second));
  }
  return at->second;
}

const Data* Scopes::find_plain(const std::string& name) const {
  for (std::size_t i = m_items.size(); i > 0; --i)
    if (const Data* found = m_items[i - 1]->get(name)) return found;
  return nullptr;
}

const Data* Scopes::find(const std::string& name) const {
  if (name == ".") return m_items.back();
  const Data* found = find_plain(name);
  std::size_t dot = name.find('.');
  if (found || dot == std::string::npos) return found;
  found = find_plain(name.substr(0, dot));
  while (found && dot != std::string::npos) {
    const std::size_t next = name.find('.', dot + 1);
    found = found->get(name.substr(dot + 1, next == std::string::npos ? next : next - dot - 1));
    dot = next;
  }
  return found;
}

}  // namespace pk::prompt
