// /v1/configs: gateway configs with all their versions.
#include <fmt/format.h>

#include <utility>

#include "admin/fields.h"
#include "admin/listing.h"
#include "admin/masked_config.h"
#include "admin/saved_routes.h"
#include "admin/selection.h"
#include "base/json.h"
#include "base/text.h"
#include "store/saved_configs.h"
#include "store/saved_defaults.h"

namespace pk::admin {

namespace {

using EnvPtr = std::shared_ptr<store::Env>;
using Work = std::function<Result<Reply>(const EnvPtr&)>;

Error no_config(const Call& call) {
  return store::not_there(store::SavedKind::config, call.parts[0]);
}

// "ID" or "ID@VERSION".
Result<store::StoredConfig> config_of(const Call& call, const store::Env& env) {
  const std::string_view text = call.parts[0];
  const auto at = std::min(text.find('@'), text.size());
  std::optional<std::int64_t> version;
  if (at < text.size()) version = parse_int(text.substr(at + 1)).value_or(0);
  PK_ASSIGN(auto found, store::find_config(env, text.substr(0, at), version));
  if (!found) return no_config(call);
  return *std::move(found);
}

Task<void> list(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto all, store::list_configs(*env));
    std::vector<ListEntry> entries;
    for (const auto& one : all.entries)
      entries.push_back({one.id, call.desk.services.know.config_json(one, false)});
    return list_reply(entries, call.query);
  };
  co_await call.answer_from(std::move(work));
}

Task<void> show(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto config, config_of(call, *env));
    return json_reply(call.desk.services.know.config_json(config, true));
  };
  co_await call.answer_from(std::move(work));
}

// Newest first.
Task<void> versions(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto newest, config_of(call, *env));
    std::vector<ListEntry> entries;
    for (std::int64_t version = newest.version; version > 0 && entries.size() < k_limit_max; --version) {
      const auto one = store::find_config(*env, newest.id, version);
      if (one && *one)
        entries.push_back({std::to_string(version), call.desk.services.know.config_json(**one, true)});
    }
    return list_reply(entries, call.query);
  };
  co_await call.answer_from(std::move(work));
}

Result<std::string_view> read_config(const Fields& fields) {
  PK_ASSIGN(const auto json, fields.object("config"));
  if (!json) return Error{Errc::invalid, "config is missing: an object"};
  return *json;
}

Reply saved(const Call& call, const store::StoredConfig& config) {
  Reply reply = json_reply(call.desk.services.know.config_json(config, true));
  if (config.version == 1) reply.status = 201;
  return reply;
}

Task<void> add(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Fields fields, Fields::parse(call.request.body, {"name", "config"}));
    PK_ASSIGN(const std::string name, fields.needed("name"));
    PK_TRY(store::check_saved_name(store::SavedKind::config, name));
    PK_ASSIGN(const std::string_view json, read_config(fields));
    PK_TRY(check_unmasked(json));
    PK_TRY(call.desk.services.know.check_config(json));
    PK_ASSIGN(const auto config, store::add_config(*env, name, json, call.desk.services.clock.wall_ms()));
    return saved(call, config);
  };
  co_await call.answer_from(std::move(work));
}

// What `edited` names is the version whose masked secrets may stand in the text: the newest if none.
Result<store::StoredConfig> edited_of(const store::Env& env, const store::StoredConfig& newest,
                                      std::optional<std::int64_t> edited) {
  if (!edited) return newest;
  PK_ASSIGN(auto found, store::find_config(env, newest.id, *edited));
  if (!found) return Error{Errc::invalid, fmt::format("edited: there is no version {}", *edited)};
  return *std::move(found);
}

// With a version, only if that is still the newest.
Task<void> change(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Fields fields, Fields::parse(call.request.body, {"config", "version", "edited"}));
    PK_ASSIGN(const auto version, fields.integer("version"));
    PK_ASSIGN(const auto edited, fields.integer("edited"));
    PK_ASSIGN(const std::string_view given, read_config(fields));
    PK_ASSIGN(auto base, config_of(call, *env));
    PK_ASSIGN(const auto shown, edited_of(*env, base, edited));
    PK_ASSIGN(const std::string json, with_secrets(given, shown.json));
    PK_TRY(call.desk.services.know.check_config(json));
    if (version) base.version = *version;
    PK_ASSIGN(const auto config, store::follow_config(*env, base, json, call.desk.services.clock.wall_ms()));
    return json_reply(call.desk.services.know.config_json(config, true));
  };
  co_await call.answer_from(std::move(work));
}

Task<void> remove(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_TRY(check_whole(call.parts[0]));
    PK_ASSIGN(const auto config, config_of(call, *env));
    const std::string of_settings =
        call.desk.services.preferences.with([](const Preferences& now) { return now.default_config; });
    PK_TRY(store::check_no_default(*env, store::SavedKind::config, std::span(&config.id, 1), of_settings));
    PK_TRY(store::remove_configs(*env, std::span(&config.id, 1)));
    return deleted(config.id);
  };
  co_await call.answer_from(std::move(work));
}

}  // namespace

Reply deleted(std::string_view id) {
  return json_reply(fmt::format(R"({{"id":{},"deleted":true}})", json_string(id)));
}

Result<void> check_unmasked(std::string_view text) {
  if (text.find("********") == std::string_view::npos) return {};
  return Error{
      Errc::invalid,
      "it has a masked secret in it (********), as it was shown; write the secret itself, or keep it as a "
      "virtual key and name that"};
}

Result<void> check_whole(std::string_view text) {
  if (text.find('@') == std::string_view::npos) return {};
  return Error{Errc::invalid,
               fmt::format("'{}' is one version; all of them go at once, by the id or the name",
                           visible(text, false))};
}

std::vector<Route> config_routes() {
  const Need read{.scope = config::Scope::read}, admin{.scope = config::Scope::admin};
  return {{"GET", "/v1/configs", read, list},
          {"POST", "/v1/configs", admin, add},
          {"GET", "/v1/configs/{id}", read, show},
          {"PUT", "/v1/configs/{id}", admin, change},
          {"DELETE", "/v1/configs/{id}", admin, remove},
          {"GET", "/v1/configs/{id}/versions", read, versions}};
}

}  // namespace pk::admin
