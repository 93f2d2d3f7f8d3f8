#include "admin/selection.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace pk::admin {

namespace {

// A switch may be given without a value, as a flag is.
std::string_view value_for(std::string_view name, std::string_view value) {
  const auto term = std::ranges::find(query::terms(), name, &query::TermInfo::name);
  const bool is_switch = term != query::terms().end() && term->argument.empty();
  return is_switch && value.empty() ? "true" : value;
}

}  // namespace

Result<query::Filter> read_filter(const Parameters& parameters,
                                  std::initializer_list<std::string_view> others, std::int64_t now_ms) {
  query::Filter filter;
  for (const auto& [name, value] : parameters) {
    if (std::ranges::find(others, name) != others.end()) continue;
    if (name != "q") {
      if (auto added = query::add(filter, name, value_for(name, value), now_ms); !added)
        return std::move(added).error().within(visible(name, false));
      continue;
    }
    PK_ASSIGN(const query::Filter more, query::parse_text(value, now_ms));
    filter.terms.insert(filter.terms.end(), more.terms.begin(), more.terms.end());
  }
  if (filter.terms.size() > query::k_terms_max)
    return Error{Errc::invalid, fmt::format("a filter has at most {} terms", query::k_terms_max)};
  return filter;
}

Result<std::size_t> read_limit(const Parameters& parameters) {
  const auto text = parameters.get("limit");
  if (!text) return k_limit_default;
  const auto limit = parse_uint(*text);
  if (!limit || *limit == 0 || *limit > k_limit_max)
    return Error{Errc::invalid, fmt::format("limit: '{}' is not possible; write 1 to {}",
                                            visible(*text, false), k_limit_max)};
  return static_cast<std::size_t>(*limit);
}

Result<std::uint64_t> read_skip(const Parameters& parameters) {
  const auto text = parameters.get("skip");
  if (!text) return 0;
  const auto skip = parse_uint(*text);
  if (!skip)
    return Error{Errc::invalid,
                 fmt::format("skip: '{}' is not possible; write a number of logs", visible(*text, false))};
  return *skip;
}

Result<Selection> read_selection(const Parameters& parameters, std::int64_t now_ms) {
  Selection selection;
  PK_ASSIGN(selection.query.filter, read_filter(parameters, {"limit", "after", "skip", "reverse"}, now_ms));
  PK_ASSIGN(selection.query.limit, read_limit(parameters));
  PK_ASSIGN(const bool reverse, parameters.flag("reverse"));
  if (reverse) selection.query.order = store::Order::oldest_first;
  selection.after = parameters.get("after").value_or("");
  PK_ASSIGN(selection.query.skip, read_skip(parameters));
  return selection;
}

Result<void> resolve(const store::LogReader& reader, Selection& selection) {
  PK_TRY(query::resolve_ids(reader, selection.query.filter));
  if (selection.after.empty()) return {};
  PK_ASSIGN(selection.query.after, query::resolve_id(reader, selection.after));
  return {};
}

}  // namespace pk::admin
