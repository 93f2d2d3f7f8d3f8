#include "admin/figure_routes.h"

#include <fmt/format.h>

#include "admin/selection.h"
#include "base/json.h"
#include "query/count.h"
#include "query/stats.h"
#include "query/values.h"

namespace pk::admin {

namespace {

using EnvPtr = std::shared_ptr<store::Env>;

// The filter as the query has it, ids looked up.
Result<query::Filter> filter_of(const Call& call, const store::LogReader& reader,
                                std::initializer_list<std::string_view> others) {
  PK_ASSIGN(query::Filter filter, read_filter(call.query, others, call.desk.services.clock.wall_ms()));
  PK_TRY(query::resolve_ids(reader, filter));
  return filter;
}

Task<void> count(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&call](const EnvPtr& env) -> Result<Reply> {
    const store::LogReader reader = call.reader(env);
    PK_ASSIGN(const query::Filter filter, filter_of(call, reader, {}));
    PK_ASSIGN(const query::Count counted, query::count(reader, filter, k_count_rows_max));
    return json_reply(
        fmt::format(R"({{"count":{}{}}})", counted.records, counted.exact ? "" : R"(,"exact":false)"));
  };
  co_await call.answer_from(std::move(work));
}

Task<void> values(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&call](const EnvPtr& env) -> Result<Reply> {
    PK_TRY(call.query.only({"field", "prefix"}));
    const std::string_view prefix = call.query.get("prefix").value_or("");
    PK_ASSIGN(const auto found,
              query::values(call.reader(env), call.query.get("field").value_or(""), prefix, k_values_max));
    std::string json = R"({"data":[)";
    for (const query::ValueCount& one : found) {
      if (json.back() != '[') json += ',';
      append_json_string(json, one.value);
    }
    return json_reply(json + "]}");
  };
  co_await call.answer_from(std::move(work));
}

Task<void> stats(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&call](const EnvPtr& env) -> Result<Reply> {
    const store::LogReader reader = call.reader(env);
    PK_ASSIGN(const query::Grouping grouping, query::parse_grouping(call.query.get("by").value_or("")));
    PK_ASSIGN(const query::Filter filter, filter_of(call, reader, {"by", "limit"}));
    const bool limited = call.query.get("limit").has_value();
    PK_ASSIGN(const std::size_t limit, read_limit(call.query));
    PK_ASSIGN(const query::StatsReport report, query::stats(reader, filter, grouping, limited ? limit : 0));
    return json_reply(query::to_json(grouping, report));
  };
  co_await call.answer_from(std::move(work));
}

}  // namespace

std::vector<Route> figure_routes() {
  const Need read{.scope = config::Scope::read};
  return {{"GET", "/v1/logs/count", read, count},
          {"GET", "/v1/logs/values", read, values},
          {"GET", "/v1/stats", read, stats}};
}

}  // namespace pk::admin
