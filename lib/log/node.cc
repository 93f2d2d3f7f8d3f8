#include "log/node.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"

namespace pk::log {

namespace {

// Texts that providers send in pieces; all others (id, role, model …) are sent whole, often again and again.
constexpr std::string_view k_growing[] = {"content", "refusal", "reasoning_content", "reasoning",
                                          "text",    "summary", "arguments",         "transcript",
                                          "data",    "thinking"};

bool grows(std::string_view name) {
  return std::find(std::begin(k_growing), std::end(k_growing), name) != std::end(k_growing);
}

std::optional<Node> read(JsonReader& reader, JsonToken token);

bool read_members(JsonReader& reader, Node& object) {
  for (;;) {
    const JsonToken token = reader.next();
    if (token == JsonToken::object_end) return true;
    if (token != JsonToken::key) return false;
    std::string name = json_unquoted(reader.token());
    auto value = read(reader, reader.next());
    if (!value) return false;
    if (object.members.size() < k_node_members_max)
      object.members.push_back({std::move(name), *std::move(value)});
  }
}

bool read_items(JsonReader& reader, Node& array) {
  for (;;) {
    const JsonToken token = reader.next();
    if (token == JsonToken::array_end) return true;
    auto value = read(reader, token);
    if (!value) return false;
    array.items.push_back(*std::move(value));
  }
}

std::optional<Node> read(JsonReader& reader, JsonToken token) {
  Node node;
  switch (token) {
    case JsonToken::string:
      return Node::text(json_unquoted(reader.token()));
    case JsonToken::number:
    case JsonToken::truth:
    case JsonToken::null:
      return Node::literal(std::string(reader.token()));
    case JsonToken::object_begin:
      node.kind = Node::Kind::object;
      return read_members(reader, node) ? std::optional(std::move(node)) : std::nullopt;
    case JsonToken::array_begin:
      node.kind = Node::Kind::array;
      return read_items(reader, node) ? std::optional(std::move(node)) : std::nullopt;
    default:
      return {};
  }
}

// The item of `array` that the new one goes on with: the one of the same index. Items without an index stand
// alone.
Node* counterpart(Node& array, const Node& from) {
  const auto index = from.index_of("index");
  if (!index) return nullptr;
  const auto same = [&](const Node& item) { return item.index_of("index") == index; };
  const auto at = std::find_if(array.items.begin(), array.items.end(), same);
  return at == array.items.end() ? nullptr : &*at;
}

void merge_items(Node& into, Node&& from) {
  for (Node& item : from.items) {
    if (Node* earlier = counterpart(into, item))
      merge(*earlier, std::move(item));
    else if (into.items.size() < k_node_items_max || !item.find("index"))
      into.items.push_back(std::move(item));
  }
}

}  // namespace

Node Node::text(std::string value) {
  Node node;
  node.kind = Kind::text;
  node.value = std::move(value);
  return node;
}

Node Node::literal(std::string json) {
  Node node;
  node.value = std::move(json);
  return node;
}

Node Node::object() {
  Node node;
  node.kind = Kind::object;
  return node;
}

Node Node::array() {
  Node node;
  node.kind = Kind::array;
  return node;
}

std::optional<Node> Node::parse(std::string_view json) {
  JsonReader reader(json, k_node_depth_max);
  auto node = read(reader, reader.next());
  if (node && reader.next() != JsonToken::end) return {};
  return node;
}

const Node* Node::find(std::string_view name) const {
  const auto at =
      std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.name == name; });
  return at == members.end() ? nullptr : &at->node;
}

Node* Node::find(std::string_view name) {
  return const_cast<Node*>(std::as_const(*this).find(name));
}

std::string_view Node::text_of(std::string_view name) const {
  const Node* node = find(name);
  return node && node->kind == Kind::text ? std::string_view(node->value) : std::string_view();
}

std::optional<std::size_t> Node::index_of(std::string_view name) const {
  const Node* node = find(name);
  return node && node->kind == Kind::literal ? parse_uint(node->value) : std::nullopt;
}

Node& Node::at(std::string_view name) {
  if (kind != Kind::object) *this = object();
  if (Node* there = find(name)) return *there;
  members.push_back({std::string(name), Node{}});
  return members.back().node;
}

Node* Node::item(std::size_t index) {
  if (index >= k_node_items_max) return nullptr;
  if (kind != Kind::array) *this = array();
  if (items.size() <= index) items.resize(index + 1);
  return &items[index];
}

void Node::append_text(std::string_view more) {
  if (kind != Kind::text) *this = text({});
  value += more;
}

void Node::erase(std::string_view name) {
  std::erase_if(members, [&](const Member& m) { return m.name == name; });
}

void Node::write(std::string& out) const {
  switch (kind) {
    case Kind::literal:
      out += value;
      return;
    case Kind::text:
      append_json_string(out, value);
      return;
    case Kind::object:
      break;
    case Kind::array:
      out += '[';
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (i) out += ',';
        items[i].write(out);
      }
      out += ']';
      return;
  }
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i) out += ',';
    append_json_string(out, members[i].name);
    out += ':';
    members[i].node.write(out);
  }
  out += '}';
}

void merge(Node& into, Node&& from, std::string_view name) {
  if (from.is_null()) return;
  if (into.kind == Node::Kind::text && from.kind == Node::Kind::text && grows(name)) {
    into.value += from.value;
  } else if (into.is_object() && from.is_object()) {
    for (Member& member : from.members) {
      if (Node* earlier = into.find(member.name))
        merge(*earlier, std::move(member.node), member.name);
      else if (into.members.size() < k_node_members_max)
        into.members.push_back(std::move(member));
    }
  } else if (into.is_array() && from.is_array()) {
    merge_items(into, std::move(from));
  } else if (from.kind != Node::Kind::text || !from.value.empty() || into.is_null()) {
    into = std::move(from);
  }
}

}  // namespace pk::log
