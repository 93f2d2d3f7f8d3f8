// Which logs a request's query means: filters named like the flags of `pk logs list`, `q` in the text
// language, `limit`, `after`, `skip`, `reverse`. Pure, but for ids that are looked up.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "admin/parameters.h"
#include "base/result.h"
#include "query/run.h"

namespace pk::admin {

inline constexpr std::size_t k_limit_default = 50;
inline constexpr std::size_t k_limit_max = 1'000;

// The filter alone. `others` are the names of parameters that are no filters; invalid, naming what is valid,
// for any further one.
Result<query::Filter> read_filter(const Parameters& parameters,
                                  std::initializer_list<std::string_view> others, std::int64_t now_ms);

// limit: 1 to k_limit_max, k_limit_default where it is not given.
Result<std::size_t> read_limit(const Parameters& parameters);

// skip: how many logs are passed over, 0 where it is not given.
Result<std::uint64_t> read_skip(const Parameters& parameters);

// With limit, skip and order; `after` is the text as given.
struct Selection {
  query::Query query;
  std::string after;
};
Result<Selection> read_selection(const Parameters& parameters, std::int64_t now_ms);

// Puts whole ids in place of `after` and of terms that take one.
Result<void> resolve(const store::LogReader& reader, Selection& selection);

}  // namespace pk::admin
