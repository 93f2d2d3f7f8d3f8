#include "query/groups.h"

#include <algorithm>

#include "base/time_text.h"

namespace pk::query {

namespace {

bool is_time(By by) {
  return by == By::day || by == By::hour || by == By::minute;
}

std::int64_t length_ms(By by) {
  constexpr std::int64_t k_minute_ms = 60'000;
  return by == By::day ? 24 * 60 * k_minute_ms : by == By::hour ? 60 * k_minute_ms : k_minute_ms;
}

std::optional<std::string_view> if_any(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string_view> value_of(const log::Metadata& metadata, std::string_view key) {
  const auto at = std::ranges::find(metadata, key, &log::Metadata::value_type::first);
  return at == metadata.end() ? std::nullopt : std::optional<std::string_view>(at->second);
}

// Of groups that have one name.
std::optional<std::string_view> text_group(const Grouping& grouping, const log::LogRecord& record) {
  switch (grouping.by) {
    case By::model:
      return if_any(record.model);
    case By::provider:
      return if_any(record.provider);
    case By::user:
      return if_any(record.user);
    case By::config:
      return if_any(record.config_id);
    case By::prompt:
      return if_any(record.prompt_id);
    case By::metadata:
      return value_of(record.metadata, grouping.key);
    default:
      return {};
  }
}

}  // namespace

std::int64_t time_group_start(By by, std::int64_t at_ms) {
  const std::int64_t length = length_ms(by);
  return at_ms - ((at_ms % length) + length) % length;
}

std::string time_group(By by, std::int64_t at_ms) {
  return rfc3339(time_group_start(by, at_ms));
}

Tally* Groups::of(std::optional<std::string_view> name) {
  if (!name) return m_nameless ? &*m_nameless : &m_nameless.emplace();
  if (const auto found = m_named.find(*name); found != m_named.end()) return &found->second;
  if (m_named.size() == k_groups_max) return nullptr;
  return &m_named.try_emplace(std::string(*name)).first->second;
}

bool Groups::add(const log::LogRecord& record) {
  const Facts facts = facts_of(record);
  const auto add_to = [&](std::optional<std::string_view> name) {
    Tally* tally = of(name);
    if (tally) tally->add(facts);
    return tally != nullptr;
  };
  if (m_grouping.by == By::status)
    return std::ranges::all_of(log::status_slugs(record),
                               [&](const std::string& slug) { return add_to(slug); });
  if (is_time(m_grouping.by)) return add_to(time_group(m_grouping.by, record.created_at));
  return add_to(text_group(m_grouping, record));
}

bool Groups::add(const Groups& others) {
  const auto add_to = [&](std::optional<std::string_view> name, const Tally& other) {
    Tally* tally = of(name);
    if (tally) tally->add(other);
    return tally != nullptr;
  };
  if (others.m_nameless) add_to(std::nullopt, *others.m_nameless);
  return std::ranges::all_of(others.m_named,
                             [&](const auto& group) { return add_to(group.first, group.second); });
}

std::vector<Group> Groups::finish(const store::FeedbackTotals& totals, std::size_t most) {
  std::vector<Group> groups;
  if (m_grouping.by == By::nothing && !m_nameless) m_nameless.emplace();
  if (m_nameless) groups.push_back({std::nullopt, m_nameless->finish(totals)});
  for (auto& [name, tally] : m_named) groups.push_back({name, tally.finish(totals)});
  std::ranges::sort(groups, [&](const Group& a, const Group& b) {
    if (!is_time(m_grouping.by) && a.stats.requests != b.stats.requests)
      return a.stats.requests > b.stats.requests;
    return a.name < b.name;
  });
  if (most == 0 || groups.size() <= most) return groups;
  // Of times the latest.
  const auto first =
      is_time(m_grouping.by) ? groups.end() - static_cast<std::ptrdiff_t>(most) : groups.begin();
  return {first, first + static_cast<std::ptrdiff_t>(most)};
}

}  // namespace pk::query
