#include "config/config_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/text.h"
#include "config/config_fields.h"
#include "config/provider_options.h"
#include "config/strategy_schema.h"

namespace pk::config {

namespace {

constexpr std::string_view k_not_enough =
    "Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' and 'targets', or "
    "'cache', or 'retry', or 'request_timeout'";

// Refused by name: a guardrail that is silently ignored is worse than none.
bool is_hook(std::string_view key) {
  return key.ends_with("_hooks") || key.ends_with("_guardrails") || key.ends_with("_mutators");
}

BodyMembers read_params(const Fields& fields, std::string_view name) {
  BodyMembers params;
  const JsonValue* object = fields.object(name);
  if (!object) return params;
  const std::vector<JsonMember> members = json_members(object->text);
  if (members.size() > k_params_max) {
    fields.fail(name, fmt::format("Object must contain at most {} member(s)", k_params_max));
    return params;
  }
  for (const JsonMember& member : members) {
    const auto twin = std::ranges::find(params, member.key, &BodyMembers::value_type::first);
    if (twin == params.end())
      params.emplace_back(member.key, member.value.text);
    else
      twin->second = member.value.text;
  }
  return params;
}

Retry read_retry(const Fields& fields) {
  Retry retry;
  fields.require("attempts");
  retry.attempts = static_cast<int>(fields.whole("attempts", 0, k_retry_attempts_max).value_or(0));
  retry.on_status_codes = fields.status_codes("on_status_codes");
  // The reference's code has the one spelling, its documentation the other.
  const bool one = fields.boolean("use_retry_after_header").value_or(false);
  const bool other = fields.boolean("use_retry_after_headers").value_or(false);
  retry.use_retry_after = one || other;
  return retry;
}

CacheRule read_cache(const Fields& fields) {
  CacheRule cache;
  fields.require("mode");
  const auto mode = fields.text("mode");
  if (mode && *mode != "simple" && *mode != "semantic")
    fields.fail("mode", "Invalid 'cache.mode' value. Must be one of: simple, semantic");
  if (mode == "semantic") cache.mode = CacheRule::Mode::semantic;
  cache.max_age_s = fields.whole("max_age", 1, k_max_age_s_max);
  return cache;
}

std::string slugs_of(const ConfigRules& rules) {
  std::string slugs;
  for (const ConfigRules::Provider& one : rules.providers)
    slugs.append(slugs.empty() ? "" : ", ").append(one.slug);
  return slugs;
}

const ConfigRules::Provider* find_provider(const ConfigRules& rules, std::string_view slug) {
  const auto at = std::ranges::lower_bound(rules.providers, slug, {}, &ConfigRules::Provider::slug);
  return at != rules.providers.end() && at->slug == slug ? &*at : nullptr;
}

class SchemaReader {
 public:
  SchemaReader(const ConfigRules& rules, Problems& problems) : m_rules(rules), m_problems(problems) {}

  // The order of the steps is that of the errors.
  Node read(const Spot& at, const JsonValue& object, std::string path, std::size_t depth) {
    const std::size_t before = m_problems.count();
    const Fields fields(at, object, m_problems);
    Node node;
    node.path = std::move(path);
    refuse_hooks(fields);
    read_strategy(fields, node);
    read_target(fields, node);
    read_inherited(fields, node.inherited);
    read_options(fields, node.options);
    check_enough(fields, node, before);
    read_targets(fields, node, depth);
    number(node);
    check_strategy(fields, node, m_problems);
    return node;
  }

 private:
  void refuse_hooks(const Fields& fields) {
    for (const JsonMember& member : fields.members())
      if (is_hook(member.key))
        fields.fail(member.key, fmt::format("'{}' is not offered", visible(member.key, false)));
  }

  void read_target(const Fields& fields, Node& node) {
    node.name = fields.text("name").value_or("");
    node.weight = fields.number("weight", 0, k_weight_max).value_or(1);
    if (const auto provider = fields.text("provider")) node.provider = check_provider(fields, *provider);
    node.api_key = Secret(fields.text("api_key").value_or(""));
    node.virtual_key = fields.text("virtual_key").value_or("");
    node.passthrough = fields.boolean("passthrough").value_or(false);
    node.prompt_id = fields.text("prompt_id").value_or("");
  }

  std::string check_provider(const Fields& fields, std::string slug) {
    if (find_provider(m_rules, slug) || (slug.size() > 1 && slug.starts_with('@'))) return slug;
    if (m_rules.is_known_elsewhere && m_rules.is_known_elsewhere(slug))
      fields.fail("provider", fmt::format("'{}' is not offered by this version", slug));
    else
      fields.fail("provider", "Invalid 'provider' value. Must be one of: " + slugs_of(m_rules));
    return slug;
  }

  void read_inherited(const Fields& fields, Inherited& into) {
    if (const JsonValue* cache = fields.object("cache"))
      into.cache = read_cache(Fields(Spot(fields.at(), "cache"), *cache, m_problems));
    if (const JsonValue* retry = fields.object("retry"))
      into.retry = read_retry(Fields(Spot(fields.at(), "retry"), *retry, m_problems));
    into.breaker = read_breaker(fields);
    into.edits.default_params = read_params(fields, "default_params");
    into.edits.override_params = read_params(fields, "override_params");
    into.edits.drop_params = fields.texts("drop_params", k_params_max).value_or(std::vector<std::string>());
    std::erase(into.edits.drop_params, "");
    into.request_timeout_ms = fields.whole("request_timeout", 0, k_timeout_ms_max);
    into.custom_host = fields.text("custom_host").value_or("");
    check_host(fields, "custom_host", into.custom_host);
    into.forward_headers = fields.texts("forward_headers", k_forward_headers_max);
    check_forward_headers(fields, into);
    into.strict_open_ai_compliance = fields.boolean("strict_open_ai_compliance");
  }

  void check_host(const Fields& fields, std::string_view name, const std::string& host) {
    if (!host.empty() && !check_custom_host(host, m_rules.trusted_hosts))
      fields.fail(name, "Invalid custom host");
  }

  void check_forward_headers(const Fields& fields, const Inherited& of) {
    const auto names_itself = [](const std::string& name) {
      return iequals(name, "x-portkey-forward-headers");
    };
    if (of.forward_headers && std::ranges::any_of(*of.forward_headers, names_itself))
      fields.fail("forward_headers",
                  "forward_headers must not contain the 'x-portkey-forward-headers' header");
  }

  void read_options(const Fields& fields, ProviderOptions& into) {
    for (const JsonMember& member : fields.members()) {
      std::string name = provider_option_name(member.key);
      if (name.empty() || member.value.kind == JsonToken::null) continue;
      std::string value = json_plain(member.value);
      if (is_host_option(name)) check_host(fields, member.key, value);
      const auto twin = std::ranges::find(into, name, &ProviderOptions::value_type::first);
      if (twin != into.end()) {
        twin->second = std::move(value);
      } else if (into.size() < k_config_options_max) {
        into.emplace_back(std::move(name), std::move(value));
      } else {
        return m_problems.add(fields.at(),
                              fmt::format("a target may have {} options at most", k_config_options_max));
      }
    }
  }

  // Says so only where all else is well: what is missing may be what was wrong.
  void check_enough(const Fields& fields, const Node& node, std::size_t before) {
    if (m_problems.count() == before && !is_enough(fields, node)) m_problems.add(fields.at(), k_not_enough);
  }

  bool is_enough(const Fields& fields, const Node& node) const {
    static constexpr std::array<std::string_view, 10> k_alone = {
        "cache",     "retry",          "request_timeout", "forward_headers", "virtual_key",
        "prompt_id", "default_params", "drop_params",     "override_params", "passthrough"};
    if (fields.has("strategy") && fields.has("targets")) return true;
    if (std::ranges::any_of(k_alone, [&](std::string_view name) { return fields.has(name); })) return true;
    if (node.provider.starts_with('@')) return true;
    const ConfigRules::Provider* provider = find_provider(m_rules, node.provider);
    return provider && (!provider->needs_key || fields.has("api_key") || fields.has("custom_host") ||
                        have_credentials(node.options));
  }

  void read_targets(const Fields& fields, Node& node, std::size_t depth) {
    const JsonValue* array = fields.array("targets");
    if (!array) return;
    const Spot list(fields.at(), "targets");
    if (depth == k_config_depth_max)
      return m_problems.add(list, fmt::format("targets may be nested {} deep at most", k_config_depth_max));
    const std::vector<JsonValue> elements = json_elements(array->text);
    if (elements.empty()) m_problems.add(list, "Array must contain at least 1 element(s)");
    if (!check_count(list, elements.size(), k_config_targets_max, m_problems)) return;
    node.targets.reserve(elements.size());
    for (std::size_t i = 0; i < elements.size() && !m_full; ++i)
      read_target_of(Spot(list, i), elements[i], fmt::format("{}.targets[{}]", node.path, i), depth + 1,
                     node);
  }

  void read_target_of(const Spot& at, const JsonValue& object, std::string path, std::size_t depth,
                      Node& parent) {
    if (object.is_object())
      parent.targets.push_back(read(at, object, std::move(path), depth));
    else
      m_problems.add(at, wrong_type(JsonToken::object_begin, object.kind));
  }

  void number(Node& node) {
    if (node.is_target() && ++m_leaves > k_config_targets_max && !std::exchange(m_full, true))
      m_problems.add(Spot(), fmt::format("a config may have {} targets at most", k_config_targets_max));
    node.leaf_begin =
        node.is_target() ? static_cast<std::uint16_t>(m_leaves - 1) : node.targets.front().leaf_begin;
    node.leaf_end = static_cast<std::uint16_t>(m_leaves);
  }

  const ConfigRules& m_rules;
  Problems& m_problems;
  std::size_t m_leaves = 0;
  bool m_full = false;
};

}  // namespace

Node read_config(const JsonValue& object, const ConfigRules& rules, Problems& problems) {
  return SchemaReader(rules, problems).read(Spot(), object, "config", 0);
}

}  // namespace pk::config
