#include "admin/export_routes.h"

#include <fmt/format.h>

#include <utility>

#include "admin/fields.h"
#include "admin/listing.h"
#include "admin/log_list.h"
#include "base/text.h"
#include "base/time_text.h"
#include "query/count.h"

namespace pk::admin {

namespace {

using EnvPtr = std::shared_ptr<store::Env>;

// {"model":"gpt-4o","status":["cache-hit","cache-miss"],"min-cost":0.5,"errors":true}: the filters by their
// names.
Result<query::Filter> read_filters(std::string_view object, std::int64_t now_ms) {
  query::Filter filter;
  for (const config::JsonMember& member : config::json_members(object)) {
    std::vector<config::JsonValue> values = config::json_elements(member.value.text);
    if (!member.value.is_array()) values = {member.value};
    for (const config::JsonValue& value : values) {
      const std::string text = config::json_plain(value);
      if (member.key != "q") {
        if (auto added = query::add(filter, member.key, text, now_ms); !added)
          return std::move(added).error().within("filters: " + visible(member.key, false));
        continue;
      }
      PK_ASSIGN(const query::Filter more, query::parse_text(text, now_ms));
      filter.terms.insert(filter.terms.end(), more.terms.begin(), more.terms.end());
    }
  }
  return filter;
}

Result<Export> read_export(std::string_view body, std::int64_t now_ms) {
  PK_ASSIGN(const Fields fields, Fields::parse(body, {"filters", "description"}));
  PK_ASSIGN(const auto filters, fields.object("filters"));
  PK_ASSIGN(const auto description, fields.text("description"));
  Export wanted;
  wanted.created_at = now_ms;
  wanted.description = utf8_front(description.value_or(""), k_description_bytes_max);
  PK_ASSIGN(wanted.filter, read_filters(filters.value_or("{}"), now_ms));
  PK_TRY(query::add(wanted.filter, "until", rfc3339(now_ms), now_ms));
  if (wanted.filter.terms.size() > query::k_terms_max)
    return Error{Errc::invalid, fmt::format("a filter has at most {} terms", query::k_terms_max)};
  return wanted;
}

Task<void> make(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(Export wanted, read_export(call.request.body, call.desk.services.clock.wall_ms()));
    const store::LogReader reader = call.reader(env);
    PK_TRY(query::resolve_ids(reader, wanted.filter));
    PK_ASSIGN(const query::Count count, query::count(reader, wanted.filter));
    wanted.total = count.records;
    return json_reply(to_json(call.desk.services.exports.add(std::move(wanted))));
  };
  co_await call.answer_from(std::move(work));
}

Task<void> list(Call& call) {
  std::vector<ListEntry> entries;
  for (const Export& one : call.desk.services.exports.list()) entries.push_back({one.id, to_json(one)});
  const auto made = list_reply(entries, call.query);
  Reply reply = made ? *made : failure(made.error());
  co_await call.answer(std::move(reply));
}

Reply no_export(const Call& call) {
  return not_found(fmt::format("there is no export '{}'; they are kept until the server ends",
                               visible(call.parts[0], false)));
}

Task<void> show(Call& call) {
  const auto found = call.desk.services.exports.find(call.parts[0]);
  Reply reply = found ? json_reply(to_json(*found)) : no_export(call);
  co_await call.answer(std::move(reply));
}

Task<void> download(Call& call) {
  const auto found = call.desk.services.exports.find(call.parts[0]);
  if (!found) {
    Reply refused = no_export(call);
    co_await call.answer(std::move(refused));
    co_return;
  }
  Reply head;
  head.type = k_json_lines;
  head.headers.emplace_back("content-disposition",
                            fmt::format("attachment; filename=\"{}.jsonl\"", found->id));
  LogLines lines(found->filter);
  std::function<Result<Piece>(const EnvPtr&)> next = [&](const EnvPtr& env) {
    return lines.next(call.reader(env));
  };
  co_await call.stream(std::move(head), std::move(next));
}

}  // namespace

std::vector<Route> export_routes() {
  const Need read{.scope = config::Scope::read};
  return {{"POST", "/v1/logs/exports", read, make},
          {"GET", "/v1/logs/exports", read, list},
          {"GET", "/v1/logs/exports/{id}", read, show},
          {"GET", "/v1/logs/exports/{id}/download", read, download}};
}

}  // namespace pk::admin
