#include "admin/log_routes.h"

#include <fmt/format.h>

#include <utility>

#include "admin/log_list.h"
#include "admin/selection.h"
#include "base/json.h"
#include "base/text.h"
#include "log/json.h"
#include "query/count.h"
#include "query/run.h"
#include "store/prune.h"

namespace pk::admin {

namespace {

using config::Scope;
using EnvPtr = std::shared_ptr<store::Env>;

Error no_log(std::string_view id) {
  return {Errc::not_found, fmt::format("no log has the id '{}'", visible(id, false))};
}

Task<void> list(Call& call) {
  auto selection = read_selection(call.query, call.desk.services.clock.wall_ms());
  if (!selection) {
    Reply refused = failure(selection.error());
    co_await call.answer(std::move(refused));
    co_return;
  }
  LogList rows(*std::move(selection));
  std::function<Result<Piece>(const EnvPtr&)> next = [&](const EnvPtr& env) {
    return rows.next(call.reader(env));
  };
  Reply head;
  co_await call.stream(std::move(head), std::move(next));
}

Task<void> get(Call& call) {
  const auto raw = call.query.flag("raw");
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    if (!raw) return raw.error();
    PK_ASSIGN(const log::LogRecord record, log_of(store::LogReader(env), call.parts[0]));
    std::string json;
    log::append_json(json, record, log::FieldSet::all(), *raw ? log::BodyForm::raw : log::BodyForm::joined);
    return json_reply(std::move(json));
  };
  co_await call.answer_from(std::move(work));
}

std::string id_json(const std::optional<Uuid>& id) {
  return id ? json_string(id->text()) : "null";
}

Task<void> neighbours(Call& call) {
  auto filter = read_filter(call.query, {}, call.desk.services.clock.wall_ms());
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    if (!filter) return filter.error();
    const store::LogReader reader = call.reader(env);
    PK_ASSIGN(const Uuid id, log_id_of(reader, call.parts[0]));
    PK_TRY(query::resolve_ids(reader, *filter));
    PK_ASSIGN(const query::Neighbours beside, query::neighbours(reader, *filter, id));
    return json_reply(
        fmt::format(R"({{"newer":{},"older":{}}})", id_json(beside.newer), id_json(beside.older)));
  };
  co_await call.answer_from(std::move(work));
}

Task<void> remove(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Uuid id, log_id_of(store::LogReader(env), call.parts[0]));
    PK_ASSIGN(const std::uint64_t removed, store::remove(*env, std::span(&id, 1)));
    if (removed == 0) return no_log(call.parts[0]);
    return json_reply(fmt::format(R"({{"id":"{}","deleted":true}})", id.text()));
  };
  co_await call.answer_from(std::move(work));
}

Task<void> why(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(const Uuid id, log_id_of(store::LogReader(env), call.parts[0]));
    PK_ASSIGN(std::string json, call.desk.services.know.why(id, [&call] { return call.left(); }));
    return json_reply(std::move(json));
  };
  co_await call.answer_from(std::move(work));
}

}  // namespace

Result<Uuid> log_id_of(const store::LogReader& reader, std::string_view text) {
  PK_ASSIGN(const Uuid id, query::resolve_id(reader, text));
  bool there = false;
  PK_TRY(reader.scan_ids({.from = id, .before = {}, .order = store::Order::oldest_first},
                         [&](const Uuid& found) {
                           there = found == id;
                           return false;
                         }));
  if (!there) return no_log(text);
  return id;
}

Result<log::LogRecord> log_of(const store::LogReader& reader, std::string_view text) {
  PK_ASSIGN(const Uuid id, query::resolve_id(reader, text));
  PK_ASSIGN(auto record, reader.get(id));
  if (!record) return no_log(text);
  return *std::move(record);
}

std::vector<Route> log_routes() {
  const Need read{.scope = Scope::read}, admin{.scope = Scope::admin};
  return {{"GET", "/v1/logs", read, list},
          {"GET", "/v1/logs/{id}", read, get},
          {"DELETE", "/v1/logs/{id}", admin, remove},
          {"GET", "/v1/logs/{id}/neighbours", read, neighbours},
          {"GET", "/v1/logs/{id}/why", read, why}};
}

}  // namespace pk::admin
