// A JSON value seen as its own text: member by name, element by element, nothing copied until it is asked
// for, numbers with their digits as they stand. For translating documents, where the parts lie deep and go
// elsewhere in another order; what is read once from front to back is better walked (json_walk.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/result.h"
#include "provider/json_walk.h"

namespace pk::provider {

// The deepest foreign document that is looked at. Less than what readers follow (base/json_reader.h): a part
// of it may be put some levels deeper into another document, which must be readable again.
inline constexpr std::size_t k_view_depth_max = 496;

class JsonItems;
class JsonMembers;

// A view: cheap to copy, valid as long as the text. Each step goes over the value's text again, so a chain of
// steps costs depth times length. A value that is not there is `absent`, and so are all its members.
class JsonView {
 public:
  JsonView() = default;
  // `text` is one JSON value (base/json.h, is_json); of anything else nothing is promised but that no byte
  // outside it is read.
  explicit JsonView(std::string_view text);
  // The same for foreign bytes: absent if they are not one JSON value in UTF-8, or too deep.
  static JsonView checked(std::string_view bytes);

  bool is_absent() const { return m_text.empty(); }
  bool is_object() const { return m_text.starts_with('{'); }
  bool is_array() const { return m_text.starts_with('['); }
  bool is_string() const { return m_text.starts_with('"'); }
  bool is_number() const;
  bool is_true() const { return m_text == "true"; }
  bool is_false() const { return m_text == "false"; }
  bool is_null() const { return m_text == "null"; }
  // Neither absent nor null.
  bool is_given() const { return !is_absent() && !is_null(); }
  // A string with something in it.
  bool has_text() const { return is_string() && m_text.size() > 2; }

  // The value as it stands, without the space around it; "" if absent.
  std::string_view json() const { return m_text; }
  // A string's text; "" of anything else.
  std::string text() const;
  // The text, or `otherwise` where that is "".
  std::string text_or(std::string_view otherwise) const;
  // Whether it is that string.
  bool is(std::string_view text) const { return is_string() && means(m_text, text); }
  // A whole number from 0 to `max`; nothing of anything else.
  std::optional<std::int64_t> count(std::int64_t max) const;

  // An object's member, the last one of twins; absent if there is none.
  JsonView operator[](std::string_view name) const;

  // Several members at once, in one step over the text: auto [role, content] = message.pick("role",
  // "content").
  template <class... Names>
  std::array<JsonView, sizeof...(Names)> pick(const Names&... names) const {
    constexpr std::size_t k_count = sizeof...(Names);
    const std::array<std::string_view, k_count> wanted = {names...};
    std::array<JsonView, k_count> found;
    JsonReader reader(m_text);
    if (reader.next() != JsonToken::object_begin) return found;
    walk_members(reader, [&](std::string_view key, JsonToken) {
      for (std::size_t i = 0; i < k_count; ++i)
        if (means(key, wanted[i])) found[i] = JsonView(reader.take_value());
    });
    return found;
  }

  // The elements of an array, the members of an object, in their order: for (const JsonView item :
  // view.items()) …, for (const auto& [name, value] : view.members()) …. None of anything else.
  JsonItems items() const;
  JsonMembers members() const;
  JsonView first_item() const;

 private:
  std::string_view m_text;
};

// The elements of an array, found as one goes. A value, valid as long as the text.
class JsonItems {
 public:
  class Iterator {
   public:
    explicit Iterator(std::string_view array);
    const JsonView& operator*() const { return m_item; }
    Iterator& operator++();
    bool operator==(std::default_sentinel_t) const { return m_item.is_absent(); }

   private:
    JsonReader m_reader;
    JsonView m_item;
  };

  explicit JsonItems(std::string_view array) : m_array(array) {}
  Iterator begin() const { return Iterator(m_array); }
  std::default_sentinel_t end() const { return {}; }
  bool empty() const { return begin() == end(); }
  std::size_t size() const;

 private:
  std::string_view m_array;
};

struct JsonMember {
  std::string name;  // escapes undone
  JsonView value;
};

// The same for the members of an object, twins included.
class JsonMembers {
 public:
  class Iterator {
   public:
    explicit Iterator(std::string_view object);
    const JsonMember& operator*() const { return m_member; }
    Iterator& operator++();
    bool operator==(std::default_sentinel_t) const { return m_member.value.is_absent(); }

   private:
    JsonReader m_reader;
    JsonMember m_member;
  };

  explicit JsonMembers(std::string_view object) : m_object(object) {}
  Iterator begin() const { return Iterator(m_object); }
  std::default_sentinel_t end() const { return {}; }

 private:
  std::string_view m_object;
};

// More than a body that somebody means has, twins included.
inline constexpr std::size_t k_object_members_max = 10'000;

// The members of an object, found once, for whoever looks for many of them. A value of views: the text must
// outlive it.
class JsonObject {
 public:
  JsonObject() = default;
  // None of anything else than an object. Errors: limit, fit for a client, for one member too many.
  static Result<JsonObject> read(const JsonView& object);

  // The last one of twins; absent if there is none.
  JsonView operator[](std::string_view name) const;
  auto begin() const { return m_members.begin(); }
  auto end() const { return m_members.end(); }

 private:
  std::vector<JsonMember> m_members;
};

inline JsonItems JsonView::items() const {
  return JsonItems(m_text);
}

inline JsonMembers JsonView::members() const {
  return JsonMembers(m_text);
}

}  // namespace pk::provider
