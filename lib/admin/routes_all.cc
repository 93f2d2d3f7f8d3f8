// Every route there is: one line a group.
#include <iterator>

#include "admin/export_routes.h"
#include "admin/feedback_routes.h"
#include "admin/figure_routes.h"
#include "admin/insert_routes.h"
#include "admin/log_routes.h"
#include "admin/page_routes.h"
#include "admin/plan_routes.h"
#include "admin/replay_routes.h"
#include "admin/routes.h"
#include "admin/saved_routes.h"
#include "admin/session_routes.h"
#include "admin/share_routes.h"
#include "admin/tail_routes.h"

namespace pk::admin {

namespace {

constexpr std::vector<Route> (*k_groups[])() = {
    log_routes,      insert_routes, tail_routes,        figure_routes,  export_routes,
    config_routes,   prompt_routes, virtual_key_routes, api_key_routes, plan_routes,
    feedback_routes, share_routes,  replay_routes,      session_routes};

void append(std::vector<Route>& all, std::vector<Route> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

std::vector<Route> all_routes(bool with_pages) {
  std::vector<Route> all;
  for (const auto group : k_groups) append(all, group());
  if (with_pages) append(all, page_routes());
  return all;
}

}  // namespace pk::admin
