// A JSON document that grows from pieces: what the deltas of a stream are merged into. Numbers and literals
// stay the text they were.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pk::log {

inline constexpr std::size_t k_node_depth_max = 200;  // deeper pieces are passed over
inline constexpr std::size_t k_node_members_max =
    512;  // of one object; more are dropped (names are searched one by one)
inline constexpr std::size_t k_node_items_max = 1024;  // of one array, where items are found by index

struct Member;

// A value: copies and moves as one.
struct Node {
  enum class Kind : std::uint8_t { literal, text, object, array };

  Kind kind = Kind::literal;
  std::string value = "null";  // literal: its JSON text; text: unescaped
  std::vector<Member> members;
  std::vector<Node> items;

  static Node text(std::string value);
  static Node literal(std::string json);  // any valid JSON, kept as it is
  static Node object();
  static Node array();
  // Nothing if `json` is no whole JSON value, or too deep.
  static std::optional<Node> parse(std::string_view json);

  bool is_null() const { return kind == Kind::literal && value == "null"; }
  bool is_object() const { return kind == Kind::object; }
  bool is_array() const { return kind == Kind::array; }

  // The member; null if it is not there or this is no object.
  Node* find(std::string_view name);
  const Node* find(std::string_view name) const;
  // The member's text; "" if it is not there or no text.
  std::string_view text_of(std::string_view name) const;
  // The member as an index; nothing if it is none.
  std::optional<std::size_t> index_of(std::string_view name) const;

  // The member, made (null) if it is not there. This becomes an object if it is none.
  Node& at(std::string_view name);
  // The item, made with those before it. Null beyond k_node_items_max. This becomes an array if it is none.
  Node* item(std::size_t index);
  void append_text(std::string_view more);  // becomes a text if it is none
  void erase(std::string_view name);

  void write(std::string& out) const;
};

struct Member {
  std::string name;
  Node node;
};

// Puts a later piece over an earlier one. Null says nothing new. Texts under a name that streams in pieces
// ("content", "arguments" …) are joined, others replaced; objects are merged by name, items by their `index`,
// other items appended.
void merge(Node& into, Node&& from, std::string_view name = {});

}  // namespace pk::log
