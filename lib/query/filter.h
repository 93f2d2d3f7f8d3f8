// The filter: which log records are meant. One thing for every reader: flags of the command line, query
// parameters of the API and pages, and the text language are three ways to write the same terms (CONTRACT
// sections 4 and 7).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "log/record.h"
#include "store/reader.h"

namespace pk::query {

inline constexpr std::size_t k_terms_max = 100;
inline constexpr std::size_t k_value_bytes_max = 4096;

// What a term looks at.
enum class Field : std::uint8_t {
  status,
  since,
  until,
  model,
  provider,
  endpoint,
  http_status,
  state,
  trace_id,
  config_id,
  prompt_id,
  virtual_key,
  user,
  metadata,
  cost,
  tokens,
  latency,
  feedback,
  stream,
  errors,
  untracked,
  replay_of,
  search
};
enum class Op : std::uint8_t { is, at_least, at_most, more, less };

// One condition. `text` is the value as written; numbers, times (ms), enums and http ranges are in `low` and
// `high`.
struct Term {
  Field field = Field::search;
  Op op = Op::is;
  std::string text;
  double low = 0;
  double high = 0;
  bool operator==(const Term&) const = default;
};

// A value. All terms must hold, but of terms of one kind that are repeated (same field; of status the same
// group, of metadata the same key) one is enough. Searches, times and bounds all hold. No terms: every
// record.
struct Filter {
  std::vector<Term> terms;
  bool operator==(const Filter&) const = default;
};

// One way to write a term as a flag (--min-cost 0.01) or query parameter (min-cost=0.01).
struct TermInfo {
  std::string_view name;
  std::string_view argument;  // "USD"; "" for a switch, whose value may be left out
  std::string_view help;
};
// All of them, in the order in which help shows them.
std::span<const TermInfo> terms();

// Adds `name` with `value` as a flag or query parameter has it. Values of status, model, provider, endpoint,
// http-status, state, config-id, prompt-id and virtual-key may be lists with commas. invalid, naming what is
// valid, for an unknown name or an impossible value; `filter` is then as it was. `now_ms` is what durations
// count back from.
Result<void> add(Filter& filter, std::string_view name, std::string_view value, std::int64_t now_ms);

// The text language: name:value, cost>=0.01 (also > < <= =, for cost tokens latency feedback), "quoted" or
// bare words search; a quoted value is taken as it is, \" and \\ in it. invalid as add().
Result<Filter> parse_text(std::string_view text, std::int64_t now_ms);

// The filter in the text language, times absolute; reads back as the same filter.
std::string to_text(const Filter& filter);

// Whether all terms but searches hold for `record`, which needs neither request nor response.
bool matches(const Filter& filter, const log::LogRecord& record);

// Whether there are searches: then query/search.h decides too, on a record that has its bodies.
bool needs_content(const Filter& filter);

// The stretch of ids outside which nothing can match.
store::Range time_range(const Filter& filter);

}  // namespace pk::query
