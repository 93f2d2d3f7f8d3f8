// One level of a JSON text at a time: what of it is kept keeps its bytes, numbers of any size too. Reading
// gives views of the text; writing puts members and items one after the other. For the dialects, whose
// documents are made of pieces of other documents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pk::provider {

// The deepest document that is opened. Less than what readers follow (base/json_reader.h): a part is put some
// levels deeper into another document, which must be readable again.
inline constexpr std::size_t k_parts_depth_max = 496;

// A JSON object, opened one level deep. A value of views: the text must outlive it. Members are searched one
// by one.
class JsonObject {
 public:
  // A text that is no whole object, is broken somewhere inside or too deep has no members and is not ok().
  explicit JsonObject(std::string_view json);

  bool ok() const { return m_ok; }
  // The member's value as it stands, of twins the last; "" if it is absent. `null` is "null".
  std::string_view raw(std::string_view name) const;
  // The member's text, escapes undone; "" if it is absent or no string.
  std::string text(std::string_view name) const;
  // The whole number from 0 to `max`; nothing if it is absent or anything else.
  std::optional<std::int64_t> count(std::string_view name, std::int64_t max) const;
  // Whether the member is the literal true.
  bool truth(std::string_view name) const { return raw(name) == "true"; }
  // Whether it is there and not null.
  bool has(std::string_view name) const;

 private:
  struct Field {
    std::string_view key;  // with its quotes
    std::string_view value;
  };
  std::vector<Field> m_fields;
  bool m_ok = false;
};

// The items of an array as they stand; none if the text is no whole array, or too deep.
std::vector<std::string_view> json_items(std::string_view json);

// A document as it may stand in one line of an event: line ends between its tokens as spaces, bytes that are
// no UTF-8 as U+FFFD. `room` holds the text where it had to be changed.
std::string_view as_one_line(std::string_view json, std::string& room);

// What a value's text is, by its first byte.
inline bool is_object(std::string_view json) {
  return json.starts_with('{');
}
inline bool is_array(std::string_view json) {
  return json.starts_with('[');
}
inline bool is_string(std::string_view json) {
  return json.starts_with('"');
}

// Writes one object to the end of a text, which must outlive it: '{' at once, '}' with end().
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : m_out(out) { m_out += '{'; }

  // Appends the key; the value is to be appended to what it returns. `name` needs no escapes.
  std::string& key(std::string_view name);
  void raw(std::string_view name, std::string_view json) { key(name) += json; }
  void text(std::string_view name, std::string_view text);
  void number(std::string_view name, std::int64_t value);
  // The member `name` of another object as it stands, unless it is absent or null.
  void copy(const JsonObject& from, std::string_view name) { copy(from, name, name); }
  void copy(const JsonObject& from, std::string_view name, std::string_view as);
  void end() { m_out += '}'; }

 private:
  std::string& m_out;
  bool m_first = true;
};

// The same for an array.
class ArrayWriter {
 public:
  explicit ArrayWriter(std::string& out) : m_out(out) { m_out += '['; }

  // Begins an item; its value is to be appended to what it returns.
  std::string& next();
  bool empty() const { return m_first; }
  void end() { m_out += ']'; }

 private:
  std::string& m_out;
  bool m_first = true;
};

}  // namespace pk::provider
