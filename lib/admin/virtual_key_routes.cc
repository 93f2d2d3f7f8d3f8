// /v1/virtual-keys: providers and their secrets, which only ever go in.
#include <fmt/format.h>

#include <utility>

#include "admin/fields.h"
#include "admin/listing.h"
#include "admin/saved_routes.h"
#include "base/text.h"
#include "config/provider_options.h"
#include "store/saved_defaults.h"
#include "store/saved_virtual_keys.h"

namespace pk::admin {

namespace {

using EnvPtr = std::shared_ptr<store::Env>;
using Work = std::function<Result<Reply>(const EnvPtr&)>;

Result<store::StoredVirtualKey> key_of(const Call& call, const store::Env& env) {
  PK_ASSIGN(auto found, store::find_virtual_key(env, call.parts[0]));
  if (!found) return store::not_there(store::SavedKind::virtual_key, call.parts[0]);
  return *std::move(found);
}

Task<void> list(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto all, store::list_virtual_keys(*env));
    std::vector<ListEntry> entries;
    for (const auto& one : all.entries)
      entries.push_back({one.id, call.desk.services.know.virtual_key_json(one, false)});
    return list_reply(entries, call.query);
  };
  co_await call.answer_from(std::move(work));
}

Task<void> show(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto key, key_of(call, *env));
    return json_reply(call.desk.services.know.virtual_key_json(key, true));
  };
  co_await call.answer_from(std::move(work));
}

// {"aws_region":"eu-central-1"}
Result<std::vector<std::pair<std::string, std::string>>> read_options(std::string_view object) {
  std::vector<std::pair<std::string, std::string>> options;
  for (const config::JsonMember& member : config::json_members(object)) {
    std::string name = config::provider_option_name(member.key);
    if (name.empty() || !member.value.is_string())
      return Error{Errc::invalid,
                   fmt::format("options: '{}' is no option with a text", visible(member.key, false))};
    options.emplace_back(std::move(name), config::json_plain(member.value));
  }
  return options;
}

Result<store::VirtualKeyChange> read_change(const Fields& fields) {
  store::VirtualKeyChange change;
  PK_ASSIGN(change.provider, fields.text("provider"));
  PK_ASSIGN(change.custom_host, fields.text("custom_host"));
  PK_ASSIGN(auto secret, fields.text("secret"));
  if (secret && secret->empty()) return Error{Errc::invalid, "secret: it is empty"};
  if (secret) change.secret = config::Secret(*std::move(secret));
  PK_ASSIGN(const auto options, fields.object("options"));
  if (options) {
    PK_ASSIGN(change.options, read_options(*options));
  }
  return change;
}

Task<void> add(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Fields fields,
              Fields::parse(call.request.body, {"name", "provider", "custom_host", "secret", "options"}));
    PK_ASSIGN(const std::string name, fields.needed("name"));
    PK_TRY(fields.needed("provider"));
    PK_TRY(store::check_saved_name(store::SavedKind::virtual_key, name));
    PK_ASSIGN(const auto key, read_change(fields));
    PK_TRY(call.desk.services.know.check_virtual_key(key, nullptr));
    PK_ASSIGN(const auto id, store::add_virtual_key(*env, name, key, call.desk.services.clock.wall_ms()));
    if (!id)
      return Error{Errc::unauthorized,
                   fmt::format("there is a virtual key '{}' already", visible(name, false))};
    PK_ASSIGN(const auto made, store::find_virtual_key(*env, *id));
    if (!made) return store::not_there(store::SavedKind::virtual_key, *id);
    Reply reply = json_reply(call.desk.services.know.virtual_key_json(*made, true));
    reply.status = 201;
    return reply;
  };
  co_await call.answer_from(std::move(work));
}

// Beside whether it is archived.
bool changes_anything(const store::VirtualKeyChange& change) {
  return change.provider || change.custom_host || change.secret || !change.options.empty();
}

Result<void> check_unused(const store::Env& env, const store::StoredVirtualKey& key) {
  return store::check_no_default(env, store::SavedKind::virtual_key, std::span(&key.id, 1));
}

Task<void> change(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Fields fields,
              Fields::parse(call.request.body, {"provider", "custom_host", "secret", "options", "archived"}));
    PK_ASSIGN(auto wanted, read_change(fields));
    PK_ASSIGN(wanted.archived, fields.flag("archived"));
    if (!wanted.archived && !changes_anything(wanted))
      return bad_request("there is nothing to change in the body");
    PK_ASSIGN(const auto before, key_of(call, *env));
    if (changes_anything(wanted)) PK_TRY(call.desk.services.know.check_virtual_key(wanted, &before));
    if (wanted.archived.value_or(false) && !before.archived) PK_TRY(check_unused(*env, before));
    PK_TRY(store::edit_virtual_key(*env, before.id, wanted, call.desk.services.clock.wall_ms()));
    PK_ASSIGN(const auto after, key_of(call, *env));
    return json_reply(call.desk.services.know.virtual_key_json(after, true));
  };
  co_await call.answer_from(std::move(work));
}

Task<void> remove(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto key, key_of(call, *env));
    PK_TRY(check_unused(*env, key));
    PK_TRY(store::remove_virtual_keys(*env, std::span(&key.id, 1)));
    return deleted(key.id);
  };
  co_await call.answer_from(std::move(work));
}

}  // namespace

std::vector<Route> virtual_key_routes() {
  const Need read{.scope = config::Scope::read}, admin{.scope = config::Scope::admin};
  return {{"GET", "/v1/virtual-keys", read, list},
          {"POST", "/v1/virtual-keys", admin, add},
          {"GET", "/v1/virtual-keys/{id}", read, show},
          {"PUT", "/v1/virtual-keys/{id}", admin, change},
          {"DELETE", "/v1/virtual-keys/{id}", admin, remove}};
}

}  // namespace pk::admin
