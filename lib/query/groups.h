// The groups of a statistic as they come up. Names are texts; a group is found again by its name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "query/stats.h"
#include "query/tally.h"

namespace pk::query {

// One thread.
class Groups {
 public:
  explicit Groups(const Grouping& grouping) : m_grouping(grouping) {}

  const Grouping& grouping() const { return m_grouping; }
  // The tally of this group; null if that would be one too many. Good as long as the object.
  Tally* of(std::optional<std::string_view> name);
  // Adds a record to the groups that it is in. False: one too many.
  bool add(const log::LogRecord& record);
  // Adds what other records, of the same grouping, came to. False: one too many.
  bool add(const Groups& others);
  // In the order of StatsReport, at most `most` of them; 0: all.
  std::vector<Group> finish(const store::FeedbackTotals& totals, std::size_t most);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  const Grouping& m_grouping;
  std::optional<Tally> m_nameless;
  std::unordered_map<std::string, Tally, Hash, std::equal_to<>> m_named;
};

// The start of the day, hour or minute, and its name: "2026-03-01T09:00:00.000Z".
std::int64_t time_group_start(By by, std::int64_t at_ms);
std::string time_group(By by, std::int64_t at_ms);

}  // namespace pk::query
