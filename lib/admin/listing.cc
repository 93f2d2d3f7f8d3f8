#include "admin/listing.h"

#include <fmt/format.h>

#include <algorithm>

#include "admin/selection.h"
#include "base/json.h"
#include "base/text.h"

namespace pk::admin {

Result<Reply> list_reply(const std::vector<ListEntry>& entries, const Parameters& query) {
  PK_TRY(query.only({"limit", "after"}));
  PK_ASSIGN(const std::size_t limit, read_limit(query));
  auto at = entries.begin();
  if (const auto after = query.get("after")) {
    at = std::ranges::find(entries, *after, &ListEntry::id);
    if (at == entries.end())
      return Error{Errc::invalid, fmt::format("after: '{}' is not in the list, or no more; begin again",
                                              visible(*after, false))};
    ++at;
  }
  const auto end = at + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(limit), entries.end() - at);
  const bool more = end != entries.end();
  std::string json = R"({"object":"list","data":[)";
  std::string next = "null";
  for (; at != end; ++at) {
    if (json.back() != '[') json += ',';
    json += at->json;
    if (more) next = json_string(at->id);
  }
  return json_reply(json + R"(],"next":)" + next + "}");
}

std::string with_member(std::string object, std::string_view name, std::string_view json) {
  object.pop_back();
  if (object.back() != '{') object += ',';
  append_json_string(object, name);
  object += ':';
  object += json;
  return object + '}';
}

}  // namespace pk::admin
