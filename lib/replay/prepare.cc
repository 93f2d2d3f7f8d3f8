#include "replay/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "config/provider_options.h"
#include "provider/body.h"
#include "replay/blocked.h"
#include "replay/body.h"
#include "replay/request.h"

namespace pk::replay {

namespace {

using log::LogRecord;

constexpr std::string_view k_prefix = "x-portkey-";

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [name](std::string_view one) { return iequals(name, one); });
}

void drop(http::Headers& headers, std::initializer_list<std::string_view> names) {
  std::erase_if(headers, [&](const auto& header) { return is_one_of(header.first, names); });
}

// Another provider is asked: of the first one's address and options none is right for it.
void name_provider(http::Headers& headers, const std::string& provider) {
  drop(headers, {"x-portkey-config", "x-portkey-provider", "x-portkey-virtual-key", "x-portkey-custom-host"});
  std::erase_if(headers, [](const auto& header) {
    return istarts_with(header.first, k_prefix) &&
           !config::provider_option_name(ascii_lower(header.first.substr(k_prefix.size()))).empty();
  });
  headers.emplace_back("x-portkey-provider", provider);
}

void name_config(http::Headers& headers, std::string text) {
  drop(headers, {"x-portkey-config"});
  headers.emplace_back("x-portkey-config", std::move(text));
}

Result<config::SavedConfig> parsed(const store::StoredConfig& stored, const gateway::PlanRules& rules) {
  config::ParsedConfig config = config::parse_gateway_config(
      stored.json, {rules.providers, rules.trusted_hosts, true, provider::is_known_elsewhere});
  if (config.problem)
    return Error{Errc::upstream, fmt::format("the config {} version {} is not valid: {}", stored.id,
                                             stored.version, config.problem->message)};
  return config::SavedConfig{stored.id, stored.name, stored.version, std::move(config.config)};
}

// Puts the config at that version among the rules of this one request.
Result<void> pin_config(Prepared& prepared, std::string_view id_or_name, std::optional<std::int64_t> version,
                        const Ground& ground) {
  const auto& saved = ground.rules->plan.saved;
  const config::SavedConfig* newest = saved->config(id_or_name);
  if (newest && (!version || newest->version == *version)) {
    name_config(prepared.request.headers, newest->id);
    return {};
  }
  PK_ASSIGN(const auto stored, ground.find_config(id_or_name, version));
  if (!stored)
    return Error{
        Errc::not_found,
        fmt::format("the config {}{} is not kept; see pk config list, or give another "
                    "one with --with-config",
                    visible(id_or_name, false), version ? fmt::format(" version {}", *version) : "")};
  PK_ASSIGN(config::SavedConfig found, parsed(*stored, ground.rules->plan));
  name_config(prepared.request.headers, found.id);
  auto then = std::make_shared<config::Saved>(*saved);
  then->add(std::move(found));
  auto rules = std::make_shared<gateway::Rules>(*ground.rules);
  rules->plan.saved = std::move(then);
  prepared.rules = std::move(rules);
  return {};
}

// "pc-…@3", "name@3"; the JSON of one goes as it is.
Result<void> use_config(Prepared& prepared, std::string_view config, const Ground& ground) {
  if (trim(config).starts_with('{')) {
    name_config(prepared.request.headers, std::string(trim(config)));
    return {};
  }
  const std::size_t at = config.rfind('@');
  if (at == std::string_view::npos) return pin_config(prepared, config, {}, ground);
  const auto version = parse_int(config.substr(at + 1));
  if (!version || *version < 1)
    return Error{Errc::invalid, fmt::format("'{}' is no config; write an id or a name, with a version as in "
                                            "pc-…@3",
                                            visible(config, false))};
  return pin_config(prepared, config.substr(0, at), version, ground);
}

// Who was asked was found by the prompt, the model or a default, which may be others now.
void name_as_before(Prepared& prepared, const LogRecord& record, std::string_view model) {
  http::Headers& headers = prepared.request.headers;
  const gateway::PlanAsk ask = gateway::plan_ask(gateway::read_options(headers), model);
  if (!ask.config.empty() || ask.names_provider()) return;
  const config::VirtualKey* by_model = prepared.rules->plan.saved->virtual_key(ask.model_slug);
  if (by_model && by_model->id == record.virtual_key) return;
  if (!record.virtual_key.empty())
    headers.emplace_back("x-portkey-virtual-key", record.virtual_key);
  else if (!record.provider.empty())
    headers.emplace_back("x-portkey-provider", record.provider);
}

Result<void> name_who(Prepared& prepared, const LogRecord& record, const Overrides& overrides,
                      std::string_view model, const Ground& ground) {
  if (!overrides.provider.empty()) name_provider(prepared.request.headers, overrides.provider);
  if (!overrides.config.empty()) return use_config(prepared, overrides.config, ground);
  if (!overrides.provider.empty()) return {};
  if (!record.config_id.empty()) return pin_config(prepared, record.config_id, record.config_version, ground);
  name_as_before(prepared, record, model);
  return {};
}

std::string path_of(const LogRecord& record) {
  if (!record.path.starts_with("/v1/prompts/")) return record.path;
  return record.endpoint == log::Endpoint::completions ? "/v1/completions" : "/v1/chat/completions";
}

gateway::Replay replay_of(const LogRecord& record, const Overrides& overrides) {
  gateway::Replay replay;
  replay.of = record.id;
  if (record.seed != 0) replay.seed = static_cast<std::uint64_t>(record.seed);
  replay.endpoint = record.endpoint;
  replay.path = path_of(record);
  replay.prompt_id = record.prompt_id;
  replay.prompt_version = record.prompt_version;
  replay.use_cache = overrides.use_cache;
  return replay;
}

}  // namespace

Result<Prepared> prepare(const LogRecord& record, const Overrides& overrides, const Ground& ground) {
  PK_TRY(check(record));
  Resent again = resent(record);
  Prepared prepared{std::move(again.request), replay_of(record, overrides), ground.rules, {}};
  PK_ASSIGN(prepared.request.body, body_of(record, overrides));
  const auto facts = provider::BodyReader().read(prepared.request.body);
  const std::string model = facts ? facts->model : std::string();
  PK_TRY(name_who(prepared, record, overrides, model, ground));
  const bool had_key = again.had_key && overrides.provider.empty();
  PK_TRY(lend_credentials(prepared.request, {prepared.rules->plan, ground.environment, model, had_key}));
  for (const std::string& name : again.lost)
    prepared.notes.push_back(
        fmt::format("the header {} is not sent: the log has only its mask", visible(name, false)));
  return prepared;
}

}  // namespace pk::replay
