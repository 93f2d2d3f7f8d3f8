#include "config/config_inherit.h"

#include <algorithm>
#include <utility>

namespace pk::config {

namespace {

std::size_t bytes_of(const BodyMembers& members) {
  std::size_t bytes = members.size() * sizeof(BodyMembers::value_type);
  for (const auto& [name, value] : members) bytes += name.size() + value.size();
  return bytes;
}

std::size_t bytes_of(const std::vector<std::string>& texts) {
  std::size_t bytes = texts.size() * sizeof(std::string);
  for (const std::string& text : texts) bytes += text.size();
  return bytes;
}

std::size_t bytes_of(const Inherited& of) {
  return bytes_of(of.edits.default_params) + bytes_of(of.edits.override_params) +
         bytes_of(of.edits.drop_params) + (of.forward_headers ? bytes_of(*of.forward_headers) : 0) +
         of.custom_host.size();
}

// The outer members, with the inner one's value where both have a name; then the inner one's own.
void merge(const BodyMembers& outer, BodyMembers& inner) {
  BodyMembers merged = outer;
  for (auto& member : inner) {
    const auto twin = std::ranges::find(merged, member.first, &BodyMembers::value_type::first);
    if (twin == merged.end())
      merged.push_back(std::move(member));
    else
      twin->second = std::move(member.second);
  }
  inner = std::move(merged);
}

void add_up(const std::vector<std::string>& outer, std::vector<std::string>& inner) {
  std::vector<std::string> all = outer;
  for (std::string& path : inner)
    if (std::ranges::find(outer, path) == outer.end()) all.push_back(std::move(path));
  inner = std::move(all);
}

template <class T>
void fill(const std::optional<T>& outer, std::optional<T>& inner) {
  if (!inner) inner = outer;
}

void fill(const Inherited& outer, Inherited& inner) {
  if (!outer.edits.default_params.empty()) merge(outer.edits.default_params, inner.edits.default_params);
  if (!outer.edits.override_params.empty()) merge(outer.edits.override_params, inner.edits.override_params);
  if (!outer.edits.drop_params.empty()) add_up(outer.edits.drop_params, inner.edits.drop_params);
  fill(outer.retry, inner.retry);
  fill(outer.cache, inner.cache);
  fill(outer.request_timeout_ms, inner.request_timeout_ms);
  fill(outer.strict_open_ai_compliance, inner.strict_open_ai_compliance);
  fill(outer.breaker, inner.breaker);
  fill(outer.forward_headers, inner.forward_headers);
  if (inner.custom_host.empty()) inner.custom_host = outer.custom_host;
}

bool inherit(Node& node, std::size_t& bytes) {
  for (Node& target : node.targets) {
    bytes += bytes_of(node.inherited);
    if (bytes > k_inherited_bytes_max) return false;
    fill(node.inherited, target.inherited);
    if (!inherit(target, bytes)) return false;
  }
  return true;
}

}  // namespace

bool inherit(Node& root) {
  std::size_t bytes = 0;
  return inherit(root, bytes);
}

}  // namespace pk::config
