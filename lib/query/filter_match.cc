#include <algorithm>

#include "base/text.h"
#include "query/filter_words.h"

namespace pk::query {

namespace {

using log::LogRecord;

// Ids are made from the same clock as `created_at`, but an id never goes back when the clock does: look a
// little past both ends, `matches` decides.
constexpr std::int64_t k_clock_slack_ms = 60'000;

constexpr StatusSlug k_slugs[] = {
    {"cache-disabled", StatusGroup::cache, static_cast<std::uint8_t>(log::Cache::disabled)},
    {"cache-miss", StatusGroup::cache, static_cast<std::uint8_t>(log::Cache::miss)},
    {"cache-refreshed", StatusGroup::cache, static_cast<std::uint8_t>(log::Cache::refreshed)},
    {"cache-hit", StatusGroup::cache, static_cast<std::uint8_t>(log::Cache::hit)},
    {"cache-semantic-hit", StatusGroup::cache, static_cast<std::uint8_t>(log::Cache::semantic_hit)},
    {"retry-not-triggered", StatusGroup::retry, static_cast<std::uint8_t>(log::Retry::not_triggered)},
    {"retry-success", StatusGroup::retry, static_cast<std::uint8_t>(log::Retry::success)},
    {"retry-failed", StatusGroup::retry, static_cast<std::uint8_t>(log::Retry::failed)},
    {"fallback-disabled", StatusGroup::fallback, static_cast<std::uint8_t>(log::Active::disabled)},
    {"fallback-active", StatusGroup::fallback, static_cast<std::uint8_t>(log::Active::active)},
    {"loadbalance-disabled", StatusGroup::loadbalance, static_cast<std::uint8_t>(log::Active::disabled)},
    {"loadbalance-active", StatusGroup::loadbalance, static_cast<std::uint8_t>(log::Active::active)},
};

bool status_matches(const Term& term, const LogRecord& record) {
  const StatusSlug& slug = slug_of(term);
  switch (slug.group) {
    case StatusGroup::cache:
      return static_cast<std::uint8_t>(record.cache) == slug.value;
    case StatusGroup::retry:
      return static_cast<std::uint8_t>(record.retry) == slug.value &&
             (term.high == 0 || static_cast<double>(record.retry_attempts) == term.high);
    case StatusGroup::fallback:
      return static_cast<std::uint8_t>(record.fallback) == slug.value;
    case StatusGroup::loadbalance:
      return static_cast<std::uint8_t>(record.loadbalance) == slug.value;
  }
  return false;
}

template <class Number>
bool compare(const Term& term, const std::optional<Number>& value) {
  return value && compares(term, static_cast<double>(*value));
}

bool has_metadata(const LogRecord& record, std::string_view key, std::string_view value) {
  return std::ranges::any_of(record.metadata,
                             [&](const auto& pair) { return pair.first == key && pair.second == value; });
}

bool holds(const Term& term, const LogRecord& record) {
  switch (term.field) {
    case Field::status:
      return status_matches(term, record);
    case Field::since:
      return static_cast<double>(record.created_at) >= term.low;
    case Field::until:
      return static_cast<double>(record.created_at) < term.low;
    case Field::model:
      return glob(term.text, record.model) || glob(term.text, record.requested_model);
    case Field::provider:
      return glob(term.text, record.provider);
    case Field::user:
      return glob(term.text, record.user);
    case Field::endpoint:
      return static_cast<double>(record.endpoint) == term.low;
    case Field::state:
      return static_cast<double>(record.state) == term.low;
    case Field::http_status:
      return record.http_status && static_cast<double>(*record.http_status) >= term.low &&
             static_cast<double>(*record.http_status) <= term.high;
    case Field::trace_id:
      return record.trace_id == term.text;
    case Field::config_id:
      return record.config_id == term.text;
    case Field::prompt_id:
      return record.prompt_id == term.text;
    case Field::virtual_key:
      return record.virtual_key == term.text;
    case Field::metadata:
      return has_metadata(record, metadata_key(term), metadata_value(term));
    case Field::cost:
      return compare(term, record.cost_usd);
    case Field::tokens:
      return compare(term, record.total_tokens);
    case Field::latency:
      return compare(term, std::optional(record.latency_ms));
    case Field::feedback:
      return compare(term, record.feedback.weighted_average);
    case Field::stream:
      return record.stream == (term.low != 0);
    case Field::errors:
      return record.ok != (term.low != 0);
    case Field::untracked:
      return record.tracked != (term.low != 0);
    case Field::replay_of:
      return record.replay_of && iequals(record.replay_of->text(), term.text);
    case Field::search:
      return true;
  }
  return false;
}

}  // namespace

std::span<const StatusSlug> status_slugs() {
  return k_slugs;
}

const StatusSlug& slug_of(const Term& status) {
  return k_slugs[static_cast<std::size_t>(status.low)];
}

std::string_view metadata_key(const Term& term) {
  return std::string_view(term.text).substr(0, term.text.find('='));
}
std::string_view metadata_value(const Term& term) {
  return std::string_view(term.text).substr(term.text.find('=') + 1);
}

bool same_group(const Term& a, const Term& b) {
  if (a.field != b.field || a.op != Op::is || b.op != Op::is) return false;
  switch (a.field) {
    case Field::since:
    case Field::until:
    case Field::search:
      return false;
    case Field::status:
      return slug_of(a).group == slug_of(b).group;
    case Field::metadata:
      return metadata_key(a) == metadata_key(b);
    default:
      return true;
  }
}

bool compares(const Term& term, double number) {
  switch (term.op) {
    case Op::is:
      return number == term.low;
    case Op::at_least:
      return number >= term.low;
    case Op::at_most:
      return number <= term.low;
    case Op::more:
      return number > term.low;
    case Op::less:
      return number < term.low;
  }
  return false;
}

// Linear but for the last star: a star that fails is given one character more, stars before it never again.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, star_t = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_t = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_t;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool matches(const Filter& filter, const LogRecord& record) {
  const auto& terms = filter.terms;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto in_group = [&](const Term& other) { return same_group(terms[i], other); };
    if (std::any_of(terms.begin(), terms.begin() + static_cast<std::ptrdiff_t>(i), in_group))
      continue;  // decided already
    if (holds(terms[i], record)) continue;
    const bool other_holds =
        std::any_of(terms.begin() + static_cast<std::ptrdiff_t>(i) + 1, terms.end(),
                    [&](const Term& other) { return in_group(other) && holds(other, record); });
    if (!other_holds) return false;
  }
  return true;
}

bool needs_content(const Filter& filter) {
  return std::ranges::any_of(filter.terms, [](const Term& term) { return term.field == Field::search; });
}

store::Range time_range(const Filter& filter) {
  store::Range range;
  for (const Term& term : filter.terms) {
    // Only a time's number is sure to fit.
    if (term.field != Field::since && term.field != Field::until) continue;
    const auto at = static_cast<std::int64_t>(term.low);
    if (term.field == Field::since) {
      const Uuid from = Uuid::lowest_of(std::max<std::int64_t>(at - k_clock_slack_ms, 0));
      if (!range.from || *range.from < from) range.from = from;
    } else {
      const Uuid before = Uuid::lowest_of(at + k_clock_slack_ms);
      if (!range.before || before < *range.before) range.before = before;
    }
  }
  return range;
}

}  // namespace pk::query
