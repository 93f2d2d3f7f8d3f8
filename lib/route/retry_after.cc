#include "route/retry_after.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "base/time_text.h"

namespace pk::route {

namespace {

constexpr std::array<std::string_view, 12> k_months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// "Sun, 06 Nov 1994 08:49:37 GMT", the one form that senders make.
std::optional<std::int64_t> http_date_ms(std::string_view text) {
  if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return {};
  const auto* month = std::ranges::find(k_months, text.substr(8, 3));
  if (month == k_months.end()) return {};
  return parse_rfc3339(fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month - k_months.begin() + 1,
                                   text.substr(5, 2), text.substr(17, 8)));
}

std::optional<std::int64_t> wait_of(std::string_view number, double unit_ms) {
  const auto amount = parse_real(number);
  if (!amount || *amount < 0) return {};
  return static_cast<std::int64_t>(
      std::min(std::ceil(*amount * unit_ms), static_cast<double>(k_retry_after_ms_max)));
}

std::optional<std::int64_t> wait_until(std::optional<std::int64_t> then_ms, std::int64_t now_ms) {
  if (!then_ms) return {};
  return std::clamp<std::int64_t>(*then_ms - now_ms, 0, k_retry_after_ms_max);
}

}  // namespace

std::optional<std::int64_t> retry_after_ms(const log::Headers& headers, std::int64_t wall_now_ms) {
  for (const std::string_view name : {"retry-after-ms", "x-ms-retry-after-ms", "retry-after"})
    for (const auto& [key, value] : headers) {
      if (!iequals(key, name)) continue;
      const std::string_view text = trim(value);
      const bool seconds = name == "retry-after";
      auto wait = wait_of(text, seconds ? 1000 : 1);
      if (!wait && seconds) wait = wait_until(http_date_ms(text), wall_now_ms);
      if (wait) return wait;
    }
  return {};
}

}  // namespace pk::route
