// /v1/prompts: prompt templates and partials with all their versions. Calling and rendering one is the
// gateway's.
#include <fmt/format.h>

#include <utility>

#include "admin/fields.h"
#include "admin/listing.h"
#include "admin/saved_routes.h"
#include "admin/selection.h"
#include "base/text.h"
#include "config/saved_prompt.h"
#include "store/saved_prompts.h"

namespace pk::admin {

namespace {

using EnvPtr = std::shared_ptr<store::Env>;
using Work = std::function<Result<Reply>(const EnvPtr&)>;

Error no_prompt(std::string_view text) {
  return store::not_there(store::SavedKind::prompt, text);
}

struct Found {
  config::SavedPrompt prompt;
  std::int64_t version;  // the one named, else the newest
};

// "ID", "ID@3", "ID@label".
Result<Found> prompt_of(const Call& call, const store::Env& env) {
  const config::PromptReference wanted = config::prompt_reference(call.parts[0]);
  PK_ASSIGN(auto prompt, store::find_prompt(env, wanted.prompt));
  if (!prompt) return no_prompt(call.parts[0]);
  const auto version = wanted.version.empty() ? prompt->newest() : prompt->version_of(wanted.version);
  if (!version || !prompt->versions.contains(*version)) return no_prompt(call.parts[0]);
  return Found{*std::move(prompt), *version};
}

std::string json_of(const Call& call, const config::SavedPrompt& prompt, std::int64_t version, bool whole) {
  return with_member(call.desk.services.know.prompt_json(prompt, version, whole), "partial",
                     prompt.partial ? "true" : "false");
}

Task<void> list(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const auto all, store::list_prompts(*env));
    std::vector<ListEntry> entries;
    for (const auto& one : all.entries)
      if (!one.versions.empty()) entries.push_back({one.id, json_of(call, one, one.newest(), false)});
    return list_reply(entries, call.query);
  };
  co_await call.answer_from(std::move(work));
}

Task<void> show(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Found found, prompt_of(call, *env));
    return json_reply(json_of(call, found.prompt, found.version, true));
  };
  co_await call.answer_from(std::move(work));
}

// Newest first.
Task<void> versions(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Found found, prompt_of(call, *env));
    std::vector<ListEntry> entries;
    for (auto one = found.prompt.versions.rbegin(); one != found.prompt.versions.rend(); ++one)
      entries.push_back({std::to_string(one->first), json_of(call, found.prompt, one->first, true)});
    return list_reply(entries, call.query);
  };
  co_await call.answer_from(std::move(work));
}

// A partial's text, or a template as an object.
Result<std::string> read_text(const Fields& fields, bool partial) {
  PK_ASSIGN(const auto as_object, fields.object("template"));
  PK_ASSIGN(const auto as_text, fields.text("text"));
  if (partial && as_text && !as_object) return *as_text;
  if (!partial && as_object && !as_text) return std::string(*as_object);
  return Error{Errc::invalid,
               partial ? "a partial has a text: text is missing" : "template is missing: an object"};
}

Task<void> add(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Fields fields, Fields::parse(call.request.body, {"name", "template", "text", "partial"}));
    PK_ASSIGN(const std::string name, fields.needed("name"));
    PK_TRY(store::check_saved_name(store::SavedKind::prompt, name));
    PK_ASSIGN(const auto given, fields.flag("partial"));
    const bool partial = given.value_or(fields.has("text"));
    PK_ASSIGN(const std::string text, read_text(fields, partial));
    PK_TRY(call.desk.services.know.check_prompt(*env, name, partial, text));
    PK_ASSIGN(const auto added,
              store::add_prompt(*env, name, partial, text, call.desk.services.clock.wall_ms()));
    PK_ASSIGN(const auto prompt, store::find_prompt(*env, added.id));
    if (!prompt) return no_prompt(added.id);
    Reply reply = json_reply(json_of(call, *prompt, added.version, true));
    if (added.version == 1) reply.status = 201;
    return reply;
  };
  co_await call.answer_from(std::move(work));
}

// With a version, only if that is still the newest.
Task<void> change(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Fields fields, Fields::parse(call.request.body, {"template", "text", "version"}));
    PK_ASSIGN(const auto version, fields.integer("version"));
    PK_ASSIGN(const Found found, prompt_of(call, *env));
    PK_ASSIGN(const std::string text, read_text(fields, found.prompt.partial));
    PK_TRY(call.desk.services.know.check_prompt(*env, found.prompt.id, found.prompt.partial, text));
    PK_ASSIGN(const auto next,
              store::follow_prompt(*env, found.prompt.id, version.value_or(found.prompt.newest()), text,
                                   call.desk.services.clock.wall_ms()));
    PK_ASSIGN(const auto prompt, store::find_prompt(*env, next.id));
    if (!prompt) return no_prompt(next.id);
    return json_reply(json_of(call, *prompt, next.version, true));
  };
  co_await call.answer_from(std::move(work));
}

Task<void> remove(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_TRY(check_whole(call.parts[0]));
    PK_ASSIGN(const Found found, prompt_of(call, *env));
    PK_TRY(store::remove_prompts(*env, std::span(&found.prompt.id, 1)));
    return deleted(found.prompt.id);
  };
  co_await call.answer_from(std::move(work));
}

Result<Reply> put_label(const Call& call, store::Env& env, std::string_view label, std::int64_t version) {
  PK_ASSIGN(const Found found, prompt_of(call, env));
  PK_TRY(store::label_prompt(env, found.prompt.id, label, version));
  PK_ASSIGN(const auto prompt, store::find_prompt(env, found.prompt.id));
  if (!prompt) return no_prompt(call.parts[0]);
  return json_reply(json_of(call, *prompt, prompt->newest(), true));
}

Task<void> add_label(Call& call) {
  Work work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Fields fields, Fields::parse(call.request.body, {"label", "version"}));
    PK_ASSIGN(const std::string label, fields.needed("label"));
    PK_ASSIGN(const auto version, fields.integer("version"));
    if (!version || *version < 1) return bad_request("version: a version's number is expected, from 1");
    return put_label(call, *env, label, *version);
  };
  co_await call.answer_from(std::move(work));
}

Task<void> remove_label(Call& call) {
  Work work = [&call](const EnvPtr& env) { return put_label(call, *env, call.parts[1], 0); };
  co_await call.answer_from(std::move(work));
}

}  // namespace

std::vector<Route> prompt_routes() {
  const Need read{.scope = config::Scope::read}, admin{.scope = config::Scope::admin};
  return {{"GET", "/v1/prompts", read, list},
          {"POST", "/v1/prompts", admin, add},
          {"GET", "/v1/prompts/{id}", read, show},
          {"PUT", "/v1/prompts/{id}", admin, change},
          {"DELETE", "/v1/prompts/{id}", admin, remove},
          {"GET", "/v1/prompts/{id}/versions", read, versions},
          {"POST", "/v1/prompts/{id}/labels", admin, add_label},
          {"DELETE", "/v1/prompts/{id}/labels/{label}", admin, remove_label}};
}

}  // namespace pk::admin
