#include "provider/json_view.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"

namespace pk::provider {

namespace {
constexpr std::size_t k_usual_members = 8;
}

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

std::string JsonView::text_or(std::string_view otherwise) const {
  return has_text() ? json_unquoted(m_text) : std::string(otherwise);
}

std::optional<std::int64_t> JsonView::count(std::int64_t max) const {
  JsonReader reader(m_text);
  const JsonToken token = reader.next();
  return count_of(reader, token, max);
}

JsonView JsonView::operator[](std::string_view name) const {
  return pick(name)[0];
}

JsonView JsonView::first_item() const {
  return *items().begin();
}

// ---- elements and members

JsonItems::Iterator::Iterator(std::string_view array) : m_reader(array) {
  if (m_reader.next() == JsonToken::array_begin) ++*this;
}

JsonItems::Iterator& JsonItems::Iterator::operator++() {
  m_reader.next();
  m_item = JsonView(m_reader.take_value());
  return *this;
}

std::size_t JsonItems::size() const {
  std::size_t size = 0;
  for (auto at = begin(); at != end(); ++at) ++size;
  return size;
}

JsonMembers::Iterator::Iterator(std::string_view object) : m_reader(object) {
  if (m_reader.next() == JsonToken::object_begin) ++*this;
}

JsonMembers::Iterator& JsonMembers::Iterator::operator++() {
  m_member.name.clear();
  m_member.value = {};
  if (m_reader.next() != JsonToken::key) return *this;
  append_json_unquoted(m_member.name, m_reader.token());
  m_reader.next();
  m_member.value = JsonView(m_reader.take_value());
  return *this;
}

Result<JsonObject> JsonObject::read(const JsonView& object) {
  JsonObject read;
  read.m_members.reserve(k_usual_members);
  for (const JsonMember& member : object.members()) {
    if (read.m_members.size() == k_object_members_max)
      return Error{Errc::limit, fmt::format("an object has more than {} members", k_object_members_max)};
    read.m_members.push_back(member);
  }
  return read;
}

JsonView JsonObject::operator[](std::string_view name) const {
  for (auto at = m_members.rbegin(); at != m_members.rend(); ++at)
    if (at->name == name) return at->value;
  return {};
}

}  // namespace pk::provider
