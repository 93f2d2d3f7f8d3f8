// /v1/api-keys: API keys of pk itself. One is told when it is made, and never again.
#include <fmt/format.h>

#include <utility>

#include "admin/fields.h"
#include "admin/listing.h"
#include "admin/saved_routes.h"
#include "base/json.h"
#include "base/text.h"
#include "store/saved_api_keys.h"

namespace pk::admin {

namespace {

using EnvPtr = std::shared_ptr<store::Env>;
using Work = std::function<Result<Reply>(const EnvPtr&)>;

Result<store::StoredApiKey> key_of(const store::Env& env, std::string_view text) {
  PK_ASSIGN(auto found, store::find_api_key(env, text));
  if (!found) return store::not_there(store::SavedKind::api_key, text);
  return *std::move(found);
}

Task<void> list(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto all, store::list_api_keys(*env));
    std::vector<ListEntry> entries;
    for (const auto& one : all.entries)
      entries.push_back({one.key.id, call.desk.services.know.api_key_json(one)});
    return list_reply(entries, call.query);
  };
  co_await call.answer_from(std::move(work));
}

Task<void> show(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto key, key_of(*env, call.parts[0]));
    return json_reply(call.desk.services.know.api_key_json(key));
  };
  co_await call.answer_from(std::move(work));
}

// "read,proxy", or a list.
Result<std::uint8_t> read_scopes(const Fields& fields) {
  PK_ASSIGN(const auto one, fields.texts("scope"));
  PK_ASSIGN(const auto several, fields.texts("scopes"));
  if (!one && !several) return static_cast<std::uint8_t>(config::Scope::proxy);
  std::uint8_t scopes = 0;
  for (const auto& texts : {one, several})
    for (const std::string& text : texts.value_or(std::vector<std::string>()))
      for (const std::string_view slug : split_list(text)) {
        const auto scope = config::scope_of(slug);
        if (!scope)
          return Error{Errc::invalid,
                       fmt::format("scope: there is no scope '{}'; choose proxy, read or admin",
                                   visible(slug, false))};
        scopes |= static_cast<std::uint8_t>(*scope);
      }
  if (scopes == 0) return Error{Errc::invalid, "scope: name proxy, read or admin"};
  return scopes;
}

Result<config::ApiKey> read_key(const Call& call) {
  PK_ASSIGN(const Fields fields,
            Fields::parse(call.request.body,
                          {"name", "scope", "scopes", "default_config", "default_provider", "debug"}));
  config::ApiKey key;
  PK_ASSIGN(key.name, fields.needed("name"));
  PK_TRY(store::check_saved_name(store::SavedKind::api_key, key.name));
  PK_ASSIGN(key.scopes, read_scopes(fields));
  PK_ASSIGN(const auto config, fields.text("default_config"));
  PK_ASSIGN(const auto provider, fields.text("default_provider"));
  PK_ASSIGN(const auto debug, fields.flag("debug"));
  key.default_config = config.value_or("");
  key.default_provider = provider.value_or("");
  key.debug = debug.value_or(true);
  if (!key.default_provider.empty()) PK_TRY(call.desk.services.know.check_provider(key.default_provider));
  return key;
}

Task<void> add(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const config::ApiKey wanted, read_key(call));
    PK_ASSIGN(const auto made, store::add_api_key(*env, wanted, call.desk.services.clock.wall_ms()));
    if (!made)
      return Error{Errc::unauthorized,
                   fmt::format("there is an API key '{}' already", visible(wanted.name, false))};
    PK_ASSIGN(const auto stored, key_of(*env, made->id));
    Reply reply = json_reply(
        with_member(call.desk.services.know.api_key_json(stored), "key", json_string(made->secret.reveal())));
    reply.status = 201;
    return reply;
  };
  co_await call.answer_from(std::move(work));
}

Task<void> remove(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto key, key_of(*env, call.parts[0]));
    PK_TRY(store::remove_api_keys(*env, std::span(&key.key.id, 1)));
    return deleted(key.key.id);
  };
  co_await call.answer_from(std::move(work));
}

}  // namespace

std::vector<Route> api_key_routes() {
  const Need admin{.scope = config::Scope::admin};
  return {{"GET", "/v1/api-keys", admin, list},
          {"POST", "/v1/api-keys", admin, add},
          {"GET", "/v1/api-keys/{id}", admin, show},
          {"DELETE", "/v1/api-keys/{id}", admin, remove}};
}

}  // namespace pk::admin
