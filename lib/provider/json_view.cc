#include "provider/json_view.h"

#include "base/json.h"
#include "base/text.h"

namespace pk::provider {

JsonView::JsonView(std::string_view text) : m_text(trim(text)) {}

JsonView JsonView::checked(std::string_view bytes) {
  return is_json(bytes, k_view_depth_max) ? JsonView(bytes) : JsonView();
}

bool JsonView::is_number() const {
  return !m_text.empty() && (m_text[0] == '-' || (m_text[0] >= '0' && m_text[0] <= '9'));
}

std::string JsonView::text() const {
  return is_string() ? json_unquoted(m_text) : std::string();
}

std::optional<std::int64_t> JsonView::count(std::int64_t max) const {
  JsonReader reader(m_text);
  const JsonToken token = reader.next();
  return count_of(reader, token, max);
}

JsonView JsonView::operator[](std::string_view name) const {
  JsonView found;
  JsonReader reader(m_text);
  if (reader.next() != JsonToken::object_begin) return found;
  walk_members(reader, [&](std::string_view key, JsonToken) {
    if (means(key, name)) found = JsonView(reader.take_value());
  });
  return found;
}

std::size_t JsonView::elements() const {
  std::size_t count = 0;
  each_element([&](const JsonView&) { ++count; });
  return count;
}

JsonView JsonView::first_element() const {
  JsonView first;
  each_element([&](const JsonView& element) {
    if (first.is_absent()) first = element;
  });
  return first;
}

}  // namespace pk::provider
