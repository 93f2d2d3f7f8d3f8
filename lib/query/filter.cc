#include "query/filter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "base/text.h"
#include "base/time_text.h"
#include "query/filter_words.h"

namespace pk::query {

namespace {

constexpr TermInfo k_infos[] = {
    {"status", "SLUG", "status, such as cache-hit or retry-success-2; same group: or, different groups: and"},
    {"since", "TIME", "from this time on: 2h, yesterday, 2026-03-01T09:30:00Z"},
    {"until", "TIME", "before this time"},
    {"model", "MODEL", "model that answered or was asked for; * for any text"},
    {"provider", "SLUG", "provider that answered; * for any text"},
    {"endpoint", "NAME", "kind: chat-completions, completions, embeddings, messages, responses or other"},
    {"http-status", "CODE", "200, 5xx or 400-499"},
    {"state", "STATE", "how it ended: complete, interrupted or aborted"},
    {"trace-id", "ID", "trace"},
    {"config-id", "ID", "saved config, pc-…"},
    {"prompt-id", "ID", "prompt template, pp-…"},
    {"virtual-key", "ID", "virtual key, vk-…"},
    {"user", "USER", "user; * for any text"},
    {"metadata", "KEY=VALUE", "metadata; same key: or, different keys: and"},
    {"min-cost", "USD", "cost of at least this"},
    {"max-cost", "USD", "cost of at most this"},
    {"min-tokens", "N", "total tokens, at least"},
    {"max-tokens", "N", "total tokens, at most"},
    {"min-latency", "MS", "latency of at least this: 500 or 2s"},
    {"max-latency", "MS", "latency of at most this"},
    {"min-feedback", "VALUE", "weighted feedback of at least this, -10 to 10"},
    {"max-feedback", "VALUE", "weighted feedback of at most this"},
    {"stream", "", "streamed"},
    {"errors", "", "not ok"},
    {"untracked", "", "sent with do not track"},
    {"replay-of", "ID", "replays of this log"},
    {"search", "TEXT", "text in request or response bodies, case ignored"},
};

constexpr Name k_names[] = {
    {"status", Field::status},
    {"since", Field::since},
    {"until", Field::until},
    {"model", Field::model},
    {"provider", Field::provider},
    {"endpoint", Field::endpoint},
    {"http-status", Field::http_status},
    {"state", Field::state},
    {"trace-id", Field::trace_id},
    {"config-id", Field::config_id},
    {"prompt-id", Field::prompt_id},
    {"virtual-key", Field::virtual_key},
    {"user", Field::user},
    {"metadata", Field::metadata},
    {"cost", Field::cost},
    {"tokens", Field::tokens},
    {"latency", Field::latency},
    {"feedback", Field::feedback},
    {"stream", Field::stream},
    {"errors", Field::errors},
    {"untracked", Field::untracked},
    {"replay-of", Field::replay_of},
    {"search", Field::search},
    {"min-cost", Field::cost, Op::at_least},
    {"max-cost", Field::cost, Op::at_most},
    {"min-tokens", Field::tokens, Op::at_least},
    {"max-tokens", Field::tokens, Op::at_most},
    {"min-latency", Field::latency, Op::at_least},
    {"max-latency", Field::latency, Op::at_most},
    {"min-feedback", Field::feedback, Op::at_least},
    {"max-feedback", Field::feedback, Op::at_most},
};

constexpr log::Endpoint k_endpoints[] = {log::Endpoint::chat_completions, log::Endpoint::completions,
                                         log::Endpoint::embeddings,       log::Endpoint::messages,
                                         log::Endpoint::responses,        log::Endpoint::other};
constexpr log::State k_states[] = {log::State::complete, log::State::interrupted, log::State::aborted};

Error invalid(std::string message) {
  return {Errc::invalid, std::move(message)};
}

template <class Range, class Slug>
std::string words(const Range& range, Slug slug) {
  std::string out;
  for (const auto& value : range)
    fmt::format_to(std::back_inserter(out), "{}{}", out.empty() ? "" : " ", slug(value));
  return out;
}

Result<void> read_status(Term& term) {
  const std::string slug = ascii_lower(term.text);
  constexpr std::string_view counted = "retry-success-";
  constexpr std::uint64_t k_retries_max = 1000;
  const auto count =
      slug.starts_with(counted) ? parse_uint(std::string_view(slug).substr(counted.size())) : std::nullopt;
  const bool has_count = count && *count >= 1 && *count <= k_retries_max;
  const auto at = std::ranges::find(status_slugs(), has_count ? "retry-success" : std::string_view(slug),
                                    &StatusSlug::slug);
  if (at == status_slugs().end())
    return invalid(fmt::format("no status is called '{}'; there are {} retry-success-N",
                               visible(term.text, false),
                               words(status_slugs(), [](const StatusSlug& s) { return s.slug; })));
  term.low = static_cast<double>(at - status_slugs().begin());
  term.high = has_count ? static_cast<double>(*count) : 0;
  term.text = has_count ? fmt::format("{}{}", counted, *count) : slug;
  return {};
}

Result<void> read_http_status(Term& term) {
  const std::string_view text = term.text;
  const auto code = [](std::string_view part) {
    const auto number = parse_uint(part);
    return number && *number >= 100 && *number <= 999 ? static_cast<double>(*number) : 0.0;
  };
  if (text.size() == 3 && text[0] >= '1' && text[0] <= '9' && iequals(text.substr(1), "xx")) {
    term.low = (text[0] - '0') * 100;
    term.high = term.low + 99;
  } else {
    const auto dash = text.find('-');
    term.low = code(text.substr(0, dash));
    term.high = dash == std::string_view::npos ? term.low : code(text.substr(dash + 1));
  }
  if (term.low == 0 || term.high < term.low)
    return invalid(fmt::format("'{}' is no http-status; write 200, 5xx or 400-499", visible(text, false)));
  const bool is_class = term.high == term.low + 99 && std::fmod(term.low, 100) == 0;
  term.text = term.low == term.high ? fmt::format("{}", term.low)
              : is_class            ? fmt::format("{}xx", term.low / 100)
                                    : fmt::format("{}-{}", term.low, term.high);
  return {};
}

Result<void> read_number(Term& term) {
  auto number = parse_real(term.text);
  if (!number && term.field == Field::latency)
    if (const auto ms = parse_duration_ms(term.text)) number = static_cast<double>(*ms);
  const bool feedback = term.field == Field::feedback;
  if (number && *number >= (feedback ? -10 : 0) &&
      *number <= (feedback ? 10 : std::numeric_limits<double>::max()) &&
      (term.field != Field::tokens || *number == std::floor(*number))) {
    term.low = *number == 0 ? 0 : *number;  // not -0
    term.text.clear();
    return {};
  }
  const std::string_view wanted = feedback                       ? "a number from -10 to 10"
                                  : term.field == Field::tokens  ? "a whole number from 0"
                                  : term.field == Field::latency ? "milliseconds, or a duration such as 2s"
                                                                 : "a number from 0";
  return invalid(
      fmt::format("'{}' is no {}; write {}", visible(term.text, false), name_of(term.field), wanted));
}

Result<void> read_time(Term& term, std::int64_t now_ms) {
  auto at = parse_time(term.text, now_ms);
  if (!at) return std::move(at).error().within(name_of(term.field));
  term.low = static_cast<double>(std::max<std::int64_t>(*at, 0));
  term.text.clear();
  return {};
}

template <class Range>
Result<void> read_enum(Term& term, const Range& values) {
  for (const auto value : values)
    if (iequals(log::slug(value), term.text)) {
      term.low = static_cast<double>(value);
      term.text = log::slug(value);
      return {};
    }
  return invalid(fmt::format("no {} is called '{}'; there are {}", name_of(term.field),
                             visible(term.text, false),
                             words(values, [](auto value) { return log::slug(value); })));
}

Result<void> read_switch(Term& term) {
  const std::string text = ascii_lower(term.text);
  const bool yes = text.empty() || text == "true" || text == "1" || text == "yes";
  if (!yes && text != "false" && text != "0" && text != "no")
    return invalid(fmt::format("'{}' is no value for {}; write true or false", visible(term.text, false),
                               name_of(term.field)));
  term.low = yes ? 1 : 0;
  term.text.clear();
  return {};
}

Result<void> read_metadata(Term& term) {
  if (const auto equals = term.text.find('='); equals != std::string::npos && equals > 0) return {};
  return invalid(fmt::format("'{}' is no metadata; write key=value", visible(term.text, false)));
}

// Checks `term.text` and turns it into the canonical form of its field.
Result<void> read_value(Term& term, std::int64_t now_ms) {
  if (term.text.size() > k_value_bytes_max)
    return invalid(
        fmt::format("a value of {} is longer than {} bytes", name_of(term.field), k_value_bytes_max));
  if (is_switch(term.field)) return read_switch(term);
  if (term.text.empty()) return invalid(fmt::format("{} wants a value", name_of(term.field)));
  if (is_number(term.field)) return read_number(term);
  switch (term.field) {
    case Field::status:
      return read_status(term);
    case Field::since:
    case Field::until:
      return read_time(term, now_ms);
    case Field::endpoint:
      return read_enum(term, k_endpoints);
    case Field::state:
      return read_enum(term, k_states);
    case Field::http_status:
      return read_http_status(term);
    case Field::metadata:
      return read_metadata(term);
    default:
      return {};
  }
}

}  // namespace

bool is_number(Field field) {
  return field >= Field::cost && field <= Field::feedback;
}
bool is_switch(Field field) {
  return field >= Field::stream && field <= Field::untracked;
}
bool takes_list(Field field) {
  switch (field) {
    case Field::status:
    case Field::model:
    case Field::provider:
    case Field::endpoint:
    case Field::http_status:
    case Field::state:
    case Field::config_id:
    case Field::prompt_id:
    case Field::virtual_key:
      return true;
    default:
      return false;
  }
}

const Name* find_name(std::string_view name) {
  std::string dashed = ascii_lower(name);
  std::ranges::replace(dashed, '_', '-');
  const auto at = std::ranges::find(k_names, dashed, &Name::name);
  return at == std::end(k_names) ? nullptr : &*at;
}

std::string_view name_of(Field field) {
  return std::ranges::find(k_names, field, &Name::field)->name;
}

Error unknown_name(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Name& known : k_names) names.push_back(known.name);
  return invalid(fmt::format("no filter is called '{}'; there are {} (quote text to search for it)",
                             visible(name, false), fmt::join(names, " ")));
}

// The values of an enum as "a b c", for messages.
Result<void> add_terms(Filter& filter, const Name& name, Op op, const std::vector<std::string_view>& values,
                       std::int64_t now_ms) {
  Filter grown = filter;
  for (std::string_view value : values) {
    Term term{name.field, op, std::string(value)};
    PK_TRY(read_value(term, now_ms));
    grown.terms.push_back(std::move(term));
  }
  if (grown.terms.size() > k_terms_max)
    return Error{Errc::limit, fmt::format("a filter has at most {} terms", k_terms_max)};
  filter = std::move(grown);
  return {};
}

std::vector<std::string_view> values_of(const Name& name, std::string_view value) {
  if (!takes_list(name.field)) return {value};
  auto parts = split_list(value);
  return parts.empty() ? std::vector{std::string_view{}} : parts;
}

std::span<const TermInfo> terms() {
  return k_infos;
}

Result<void> add(Filter& filter, std::string_view name, std::string_view value, std::int64_t now_ms) {
  const Name* known = find_name(name);
  if (!known) return unknown_name(name);
  return add_terms(filter, *known, known->op, values_of(*known, value), now_ms);
}

}  // namespace pk::query
