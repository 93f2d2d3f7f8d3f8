// Every route there is: one line a group.
#include <iterator>

#include "admin/feedback_routes.h"
#include "admin/log_routes.h"
#include "admin/routes.h"
#include "admin/share_routes.h"

namespace pk::admin {

std::vector<Route> all_routes(bool) {
  std::vector<Route> all;
  for (const auto group : {feedback_routes, log_routes, share_routes}) {
    std::vector<Route> routes = group();
    all.insert(all.end(), std::make_move_iterator(routes.begin()), std::make_move_iterator(routes.end()));
  }
  return all;
}

}  // namespace pk::admin
