#include "miss.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cache/missed.h"
#include "store/probe.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_names_max = 8;  // of fields, before "and 3 more"

Result<cache::Missed> look(const std::filesystem::path& data, const log::LogRecord& record) {
  PK_ASSIGN(const auto cache, cache::LocalAdmin::open(data));
  return cache::why_missed(cache, record.id, record.created_at);
}

// Once in a child, and here only if that has survived it.
Result<cache::Missed> look_guarded(const std::filesystem::path& data, const log::LogRecord& record) {
  const Result<int> tried = store::run_guarded([&] {
    if (FILE* null = fopen("/dev/null", "w")) dup2(fileno(null), STDERR_FILENO);
    std::ignore = look(data, record);
    return 0;
  });
  if (!tried) return Error{Errc::corrupt, "the cache is damaged: the next `pk serve` makes it anew"};
  return look(data, record);
}

std::string joined(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), k_names_max);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

// The first thing that kept its answer out, as far as the record tells.
std::string why_not_kept(const log::LogRecord& record) {
  if (record.state != log::State::complete) return "its answer did not come to its end, so it was not kept";
  if (!record.ok || record.http_status.value_or(0) / 100 != 2)
    return "its answer was no success, so it was not kept";
  return "its own entry is not there to compare: it was too large, or has been evicted, replaced or removed, "
         "or is in a cache elsewhere";
}

}  // namespace

std::string explain_miss(const std::filesystem::path& data, const log::LogRecord& record) {
  if (record.cache != log::Cache::miss) return {};
  const auto missed = look_guarded(data, record);
  if (!missed && missed.error().code == Errc::not_found)
    return "missed the cache; there is none in the data folder to compare with";
  if (!missed) return "missed the cache; " + missed.error().message;
  if (!missed->kept) return "missed the cache; " + why_not_kept(record);
  if (missed->differing.empty()) return "missed the cache: no other entry was there";
  const bool bounded = missed->looked_at == cache::k_missed_entries_max;
  return fmt::format("missed the cache: the nearest entry{} is that of {}, where {} differ{}",
                     bounded ? fmt::format(" of the newest {}", missed->looked_at) : "",
                     missed->nearest.text(), joined(missed->differing),
                     missed->differing.size() == 1 ? "s" : "");
}

}  // namespace pk::cmd
