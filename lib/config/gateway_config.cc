#include "config/gateway_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "config/config_fields.h"
#include "config/config_inherit.h"
#include "config/config_schema.h"

namespace pk::config {

namespace {

// The reference looks for provider or targets; a virtual key, a prompt, passthrough and a model "@slug/name"
// name one too.
bool says_who(const Fields& fields) {
  for (const char* name : {"provider", "targets", "virtual_key", "prompt_id", "passthrough"})
    if (fields.has(name)) return true;
  const JsonValue* params = fields.find("override_params");
  if (!params || !params->is_object()) return false;
  return std::ranges::any_of(json_members(params->text), [](const JsonMember& member) {
    return member.key == "model" && member.value.is_string() && json_plain(member.value).starts_with('@');
  });
}

ParsedConfig refused(std::string message, std::vector<std::string> errors = {}) {
  return {{}, ConfigProblem{std::move(message), std::move(errors)}};
}

}  // namespace

ParsedConfig parse_gateway_config(std::string_view json, const ConfigRules& rules) {
  if (json.size() > k_config_bytes_max)
    return refused(fmt::format("Invalid config passed. It is longer than {} bytes", k_config_bytes_max));
  const JsonValue value = is_json(json) ? json_value(json) : JsonValue();
  if (!value.is_object()) return refused("Invalid config passed. You need to pass a valid json");

  Problems problems;
  const Spot root;
  const Fields fields(root, value, problems);
  if (!rules.provider_in_request && !says_who(fields))
    return refused(
        "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid "
        "config with provider details in it.");
  ParsedConfig parsed;
  parsed.config.root = read_config(value, rules, problems);
  if (problems.count() == 0 && !inherit(parsed.config.root))
    problems.add(
        root, fmt::format("what the targets inherit adds up to more than {} bytes", k_inherited_bytes_max));
  if (problems.count() > 0) return refused(problems.message(), problems.errors());
  if (fields.has("options"))
    return refused(
        "This version of config is not supported in this route. Please migrate to the latest version");
  return parsed;
}

}  // namespace pk::config
