#include "admin/feedback_routes.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "admin/feedback_body.h"
#include "admin/selection.h"
#include "base/rng.h"
#include "base/text.h"
#include "query/feedback_stats.h"
#include "store/feedback.h"

namespace pk::admin {

namespace {

using config::Scope;
using EnvPtr = std::shared_ptr<store::Env>;

// portkey-ai for Node looks for feedback_id, for Python and the reference for feedback_ids.
Reply saved_reply(const std::vector<store::Feedback>& all) {
  std::string ids;
  for (const store::Feedback& one : all)
    ids += fmt::format("{}\"{}\"", ids.empty() ? "" : ",", one.id.text());
  return json_reply(fmt::format(
      R"({{"status":"success","message":"Feedback successfully saved","feedback_ids":[{0}],"feedback_id":[{0}]}})",
      ids));
}

Task<void> add(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    PK_ASSIGN(std::vector<store::Feedback> all, read_feedback_body(call.request.body));
    const Clock& clock = call.desk.services.clock;
    UuidSource ids(clock, Rng::from_entropy());
    for (store::Feedback& one : all) {
      one.id = ids.next();
      one.created_at = clock.wall_ms();
    }
    PK_TRY(store::add_feedback(*env, all));
    return saved_reply(all);
  };
  co_await call.answer_from(std::move(work));
}

Task<void> update(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    const Error unknown{Errc::not_found,
                        fmt::format("no feedback has the id '{}'", visible(call.parts[0], false))};
    const auto id = Uuid::parse(call.parts[0]);
    if (!id) return unknown;
    PK_ASSIGN(auto feedback, store::find_feedback(*env, *id));
    if (!feedback) return unknown;
    PK_TRY(apply_feedback_update(*feedback, call.request.body));
    PK_ASSIGN(const bool replaced, store::replace_feedback(*env, *feedback));
    if (!replaced) return unknown;
    return saved_reply({*feedback});
  };
  co_await call.answer_from(std::move(work));
}

// One more than asked for, so that it is known whether there are more.
Result<std::vector<store::Feedback>> page_of(const store::Env& env, const Parameters& query,
                                             std::size_t limit) {
  std::optional<Uuid> after;
  if (const auto text = query.get("after")) {
    after = Uuid::parse(*text);
    if (!after) return Error{Errc::invalid, "after: must be the id of a feedback"};
  }
  std::vector<store::Feedback> page;
  const auto take = [&](const store::Feedback& one) {
    page.push_back(one);
    return page.size() <= limit;
  };
  const auto trace_id = query.get("trace-id");
  if (!trace_id) {
    PK_TRY(store::list_feedback(env, take, after));
    return page;
  }
  PK_ASSIGN(const std::vector<store::Feedback> all, store::trace_feedback(env, *trace_id));
  for (const store::Feedback& one : all)
    if ((!after || one.id < *after) && !take(one)) break;
  return page;
}

Task<void> list(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    PK_TRY(call.query.only({"limit", "after", "trace-id"}));
    PK_ASSIGN(const std::size_t limit, read_limit(call.query));
    PK_ASSIGN(std::vector<store::Feedback> page, page_of(*env, call.query, limit));
    const bool more = page.size() > limit;
    if (more) page.pop_back();
    std::string json = R"({"object":"list","data":[)";
    for (const store::Feedback& one : page) json += (&one == page.data() ? "" : ",") + json_of(one);
    json += R"(],"next":)";
    json += more ? fmt::format("\"{}\"", page.back().id.text()) : "null";
    return json_reply(json + "}");
  };
  co_await call.answer_from(std::move(work));
}

Task<void> stats(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&](const EnvPtr& env) -> Result<Reply> {
    const store::LogReader reader = call.reader(env);
    PK_ASSIGN(query::Filter filter, read_filter(call.query, {}, call.desk.services.clock.wall_ms()));
    PK_TRY(query::resolve_ids(reader, filter));
    PK_ASSIGN(const query::FeedbackStats found, query::feedback_stats(reader, filter));
    return json_reply(query::to_json(found));
  };
  co_await call.answer_from(std::move(work));
}

}  // namespace

std::vector<Route> feedback_routes() {
  const Need read{Scope::read}, proxy{Scope::proxy};
  return {{"POST", "/v1/feedback", proxy, add},
          {"PUT", "/v1/feedback/{id}", proxy, update},
          {"GET", "/v1/feedback", read, list},
          {"GET", "/v1/feedback/stats", read, stats}};
}

}  // namespace pk::admin
