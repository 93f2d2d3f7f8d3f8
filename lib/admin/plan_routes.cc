#include "admin/plan_routes.h"

#include <fmt/format.h>

#include <utility>

#include "admin/fields.h"
#include "base/text.h"

namespace pk::admin {

namespace {

using EnvPtr = std::shared_ptr<store::Env>;

Result<Reply> plan_reply(const Services& services, const store::Env& env) {
  PK_ASSIGN(const store::Tier stored, store::stored_plan(env));
  PK_ASSIGN(const store::MonthCount month, store::month_count(env, services.clock.wall_ms()));
  return json_reply(services.know.plan_json(store::tier_of(services.plan).value_or(stored), month));
}

Task<void> show(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&call](const EnvPtr& env) {
    return plan_reply(call.desk.services, *env);
  };
  co_await call.answer_from(std::move(work));
}

Task<void> set(Call& call) {
  std::function<Result<Reply>(const EnvPtr&)> work = [&call](const EnvPtr& env) -> Result<Reply> {
    const Services& services = call.desk.services;
    PK_ASSIGN(const Fields fields, Fields::parse(call.request.body, {"plan"}));
    PK_ASSIGN(const std::string name, fields.needed("plan"));
    const auto tier = store::tier_of(name);
    if (!tier)
      return bad_request(fmt::format("there is no plan '{}'; choose developer, production or enterprise",
                                     visible(name, false)));
    if (!services.plan.empty() && services.plan != name)
      return Error{Errc::unauthorized,
                   fmt::format("the settings say {}, which goes before what is stored", services.plan)};
    PK_TRY(store::set_stored_plan(*env, *tier));
    return plan_reply(services, *env);
  };
  co_await call.answer_from(std::move(work));
}

}  // namespace

std::vector<Route> plan_routes() {
  return {{"GET", "/v1/plan", {.scope = config::Scope::read}, show},
          {"PUT", "/v1/plan", {.scope = config::Scope::admin}, set}};
}

}  // namespace pk::admin
