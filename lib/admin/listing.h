// Lists of single things, which are short: {"object":"list","data":[…],"next":ID|null}. Pure.
#pragma once

#include <string>
#include <vector>

#include "admin/parameters.h"
#include "admin/reply.h"
#include "base/result.h"

namespace pk::admin {

struct ListEntry {
  std::string id;
  std::string json;
};

// What `limit` and `after` of the query leave of them. invalid: another parameter, an impossible limit.
Result<Reply> list_reply(const std::vector<ListEntry>& entries, const Parameters& query);

// An object with one more member at its end.
std::string with_member(std::string object, std::string_view name, std::string_view json);

}  // namespace pk::admin
