#include "route/facts.h"

#include <algorithm>
#include <array>

#include "config/json_value.h"

namespace pk::route {

namespace {

constexpr std::array<int, 3> k_no_answer = {500, 502, 503};
constexpr int k_timed_out = 408;
constexpr std::string_view k_params = "params.";

bool holds(std::span<const int> codes, int code) {
  return std::ranges::find(codes, code) != codes.end();
}

std::optional<FactValue> looked_up(const Facts& facts, std::string_view key) {
  if (key == "url.pathname") return FactValue{JsonToken::string, std::string(facts.url_path)};
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view name = key.substr(dot + 1);
  if (key.starts_with("metadata.")) {
    const auto found = std::ranges::find(facts.metadata, name, &std::pair<std::string, std::string>::first);
    if (found == facts.metadata.end()) return {};
    return FactValue{JsonToken::string, found->second, true};
  }
  if (!key.starts_with(k_params) || !facts.param) return {};
  const auto text = facts.param(name);
  if (!text) return {};
  const config::JsonValue value = config::json_value(*text);
  return FactValue{value.kind, config::json_plain(value)};
}

void add_name(std::string_view key, std::vector<std::string_view>& names) {
  if (key.starts_with(k_params)) names.push_back(key.substr(k_params.size()));
}

void add_names(const config::Query& query, std::vector<std::string_view>& names) {
  add_name(query.key, names);
  for (const config::Query& child : query.children) add_names(child, names);
}

void add_names(const config::Node& node, std::vector<std::string_view>& names) {
  for (const config::Condition& condition : node.conditions) add_names(condition.query, names);
  if (node.sticky)
    for (const std::string& field : node.sticky->hash_fields) add_name(field, names);
  for (const config::Node& target : node.targets) add_names(target, names);
}

}  // namespace

bool is_ok(const Outcome& outcome) {
  return outcome.kind == Outcome::Kind::status && outcome.status >= 200 && outcome.status <= 299;
}

bool is_listed(const Outcome& outcome, std::span<const int> codes) {
  switch (outcome.kind) {
    case Outcome::Kind::status:
      return holds(codes, outcome.status);
    case Outcome::Kind::timeout:
      return holds(codes, k_timed_out);
    case Outcome::Kind::network_error:
      return std::ranges::any_of(k_no_answer, [&](int code) { return holds(codes, code); });
    case Outcome::Kind::gateway_exception:
      break;
  }
  return false;
}

const FactValue* find_fact(const Facts& facts, std::string_view key) {
  auto known = facts.known.values.find(key);
  if (known == facts.known.values.end())
    known = facts.known.values.emplace(std::string(key), looked_up(facts, key)).first;
  return known->second ? &*known->second : nullptr;
}

std::vector<std::string_view> param_names(const config::Node& root) {
  std::vector<std::string_view> names;
  add_names(root, names);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace pk::route
