// Which values a field has, the most frequent first: what completions and the fields of the page offer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/reader.h"

namespace pk::query {

inline constexpr std::size_t k_values_max = 1'000'000;

struct ValueCount {
  std::string value;
  std::uint64_t records = 0;
  bool operator==(const ValueCount&) const = default;
};

// At most `most` values of `field` that begin with `prefix` as it is written, those of most records first, of
// as many in their order; empty ones are none. `field` is model, requested_model, provider, user, config_id,
// prompt_id, virtual_key, api_key, metadata.KEY, or metadata for the keys; else invalid, naming them. -
// stands for _ too.
Result<std::vector<ValueCount>> values(const store::LogReader& reader, std::string_view field,
                                       std::string_view prefix, std::size_t most);

}  // namespace pk::query
