// A filter that was read writes a text that reads back as the same filter, and asks any record without harm.
#include <string>

#include "fuzz.h"
#include "query/filter.h"

namespace {
constexpr std::int64_t k_now_ms = 1'750'000'000'000;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto filter = pk::query::parse_text(pk::fuzz::text(data, size), k_now_ms);
  if (!filter) {
    PK_ASSERT(!filter.error().message.empty());
    PK_ASSERT(filter.error().message.find('\n') == std::string::npos);
    return 0;
  }
  PK_ASSERT(filter->terms.size() <= pk::query::k_terms_max);
  const auto again = pk::query::parse_text(pk::query::to_text(*filter), k_now_ms);
  PK_ASSERT(static_cast<bool>(again));
  PK_ASSERT(*again == *filter);
  pk::query::matches(*filter, pk::log::LogRecord{});
  pk::query::time_range(*filter);
  return 0;
}
