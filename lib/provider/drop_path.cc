#include "provider/drop_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "base/text.h"
#include "provider/body.h"
#include "provider/json_walk.h"
#include "provider/splice.h"

namespace pk::provider {

namespace {

struct Step {
  enum class Kind : std::uint8_t { name, item, any } kind = Kind::name;
  std::string_view name = {};
  std::uint64_t item = 0;
};

// `[0]` or `[*]` off the front of `rest`.
std::optional<Step> take_item(std::string_view& rest) {
  const std::size_t close = rest.find(']');
  if (close == std::string_view::npos) return {};
  const std::string_view inside = rest.substr(1, close - 1);
  rest.remove_prefix(close + 1);
  if (inside == "*") return Step{.kind = Step::Kind::any};
  const auto item = parse_uint(inside);
  return item ? std::optional(Step{.kind = Step::Kind::item, .item = *item}) : std::nullopt;
}

std::optional<Step> take_name(std::string_view& rest) {
  const std::string_view name = rest.substr(0, rest.find_first_of(".["));
  rest.remove_prefix(name.size());
  return name.empty() ? std::nullopt : std::optional(Step{.name = name});
}

std::optional<Step> take_dotted_name(std::string_view& rest) {
  rest.remove_prefix(1);
  return take_name(rest);
}

// The steps of a path; none if it is no path, or leads deeper than a body is.
std::vector<Step> steps_of(std::string_view path) {
  std::vector<Step> steps;
  while (!path.empty()) {
    std::optional<Step> step;
    if (path.starts_with('['))
      step = take_item(path);
    else if (steps.empty())
      step = take_name(path);
    else if (path.starts_with('.'))
      step = take_dotted_name(path);
    if (!step || steps.size() == k_body_depth_max) return {};
    steps.push_back(*step);
  }
  return steps;
}

}  // namespace

Result<DropPaths> DropPaths::of(std::span<const std::string> paths) {
  DropPaths tree;
  for (const std::string& path : paths) {
    tree.add(path);
    if (tree.full()) break;
  }
  tree.spread(k_root);
  if (tree.full())
    return Error{Errc::limit, fmt::format("drop_params has more than {} steps", k_drop_steps_max)};
  return tree;
}

DropPaths::Id DropPaths::next(Id& child) {
  if (child == k_none) {
    child = static_cast<Id>(m_nodes.size());
    m_nodes.emplace_back();
  }
  return child;
}

void DropPaths::add(std::string_view path) {
  const std::vector<Step> steps = steps_of(path);
  if (steps.empty()) return;
  Id at = k_root;
  for (const Step& step : steps) {
    Node& node = m_nodes[at];
    switch (step.kind) {
      case Step::Kind::name:
        at = next(node.names[std::string(step.name)]);
        break;
      case Step::Kind::item:
        at = next(node.items[step.item]);
        break;
      case Step::Kind::any:
        at = next(node.any);
        break;
    }
  }
  m_nodes[at].dropped = true;
}

// Says at `into` all that is said at `from`, too.
void DropPaths::merge(Id from, Id into) {
  if (full()) return;
  const Node& source = m_nodes[from];
  Node& node = m_nodes[into];
  node.dropped |= source.dropped;
  for (const auto& [name, child] : source.names) merge(child, next(node.names[name]));
  for (const auto& [index, child] : source.items) merge(child, next(node.items[index]));
  if (source.any != k_none) merge(source.any, next(node.any));
}

// From the top down: what came from above is spread further below.
void DropPaths::spread(Id at) {
  const Node& node = m_nodes[at];
  if (node.any != k_none)
    for (const auto& entry : node.items) merge(node.any, entry.second);
  if (full()) return;
  for (const auto& entry : node.names) spread(entry.second);
  for (const auto& entry : node.items) spread(entry.second);
  if (node.any != k_none) spread(node.any);
}

DropPaths::Id DropPaths::named(Id at, std::string_view name) const {
  const auto& names = m_nodes[at].names;
  const auto found = names.find(name);
  return found == names.end() ? k_none : found->second;
}

DropPaths::Id DropPaths::item(Id at, std::uint64_t index) const {
  const Node& node = m_nodes[at];
  const auto found = node.items.find(index);
  return found == node.items.end() ? node.any : found->second;
}

// One walk over one body. It goes no deeper into it than the paths are long.
class DropWalk {
 public:
  DropWalk(const DropPaths& paths, std::string_view json)
      : m_paths(paths), m_json(json), m_reader(json), m_out(json) {}

  std::string run() {
    if (m_reader.next() == JsonToken::object_begin) walk_object(DropPaths::k_root);
    return m_out.finish();
  }

 private:
  using Id = DropPaths::Id;

  void walk_object(Id at) {
    ElementCut cut(m_out);
    walk_members(m_reader, [&](std::string_view key, JsonToken token) {
      const auto begin = static_cast<std::size_t>(key.data() - m_json.data());
      walk_element(cut, m_paths.named(at, name_of(key, m_room)), begin, token);
    });
    cut.close();
  }

  void walk_array(Id at) {
    ElementCut cut(m_out);
    std::uint64_t index = 0;
    walk_elements(m_reader, [&](JsonToken token) {
      walk_element(cut, m_paths.item(at, index++), m_reader.offset(), token);
    });
    cut.close();
  }

  void walk_element(ElementCut& cut, Id at, std::size_t begin, JsonToken token) {
    const bool dropped = m_paths.drops(at);
    if (!dropped) cut.keep(begin);
    if (dropped || at == DropPaths::k_none)
      m_reader.take_value();
    else if (token == JsonToken::object_begin)
      walk_object(at);
    else if (token == JsonToken::array_begin)
      walk_array(at);
    const std::size_t end = m_reader.offset() + m_reader.token().size();
    dropped ? cut.drop(begin, end) : cut.kept_to(end);
  }

  const DropPaths& m_paths;
  std::string_view m_json;
  JsonReader m_reader;
  TextSplice m_out;
  std::string m_room;
};

std::string DropPaths::removed_from(std::string_view json) const {
  return DropWalk(*this, json).run();
}

}  // namespace pk::provider
