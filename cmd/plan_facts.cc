#include "plan_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "words.h"

namespace pk::cmd {

namespace {

constexpr std::int64_t k_day_ms = 86'400'000;

std::string number_json(std::optional<std::int64_t> value) {
  return value ? fmt::format("{}", *value) : "null";
}

std::optional<std::int64_t> days(std::optional<std::int64_t> ms) {
  return ms ? std::optional(*ms / k_day_ms) : std::nullopt;
}

std::string days_text(std::optional<std::int64_t> ms) {
  return ms ? fmt::format("{} days", *ms / k_day_ms) : "for ever";
}

std::string allowance_text(std::uint64_t allowance, std::uint64_t used) {
  const std::uint64_t left = allowance - std::min(allowance, used);
  return thousands(static_cast<std::int64_t>(allowance)) + " logs a month, " +
         thousands(static_cast<std::int64_t>(left)) + " left";
}

std::string overage_text(std::uint64_t overage, std::uint64_t without_content) {
  std::string text = thousands(static_cast<std::int64_t>(overage)) + " logs";
  if (without_content > 0)
    text += "; " + thousands(static_cast<std::int64_t>(without_content)) + " kept without content";
  return text;
}

}  // namespace

std::vector<Fact> plan_facts(store::Tier tier, const store::MonthCount& month) {
  const store::PlanTerms& terms = store::terms(tier);
  const store::PlanUse use = store::plan_use(tier, month.logs);
  const auto count = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
  const auto allowance = terms.allowance ? std::optional(count(*terms.allowance)) : std::nullopt;
  std::string overage_usd;
  append_json_number(overage_usd, use.overage_usd);
  return {{"plan", json_string(store::slug(tier)), std::string(store::slug(tier))},
          {"used", number_json(count(use.used)), thousands(count(use.used)) + " logs this month"},
          {"allowance", number_json(allowance),
           terms.allowance ? allowance_text(*terms.allowance, use.used) : "unlimited"},
          {"overage", number_json(count(use.overage)), overage_text(use.overage, month.content_skipped)},
          {"overage_usd", overage_usd, fmt::format("${:.2f}", use.overage_usd), "overage costs"},
          {"retention_days", number_json(days(terms.retention_ms)), days_text(terms.retention_ms),
           "content kept"},
          {"statistics_days", number_json(days(terms.statistics_ms)), days_text(terms.statistics_ms),
           "statistics kept"}};
}

}  // namespace pk::cmd
