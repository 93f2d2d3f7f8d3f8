#include "base/time_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>

#include "base/text.h"

namespace pk {

namespace {

using namespace std::chrono;

constexpr std::int64_t k_second = 1000, k_minute = 60 * k_second, k_hour = 60 * k_minute, k_day = 24 * k_hour;
constexpr std::int64_t k_longest_duration_ms = 100 * 366 * k_day;

// 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z: the form has four digits for the year.
constexpr std::int64_t k_first_ms = -62'135'596'800'000, k_last_ms = 253'402'300'799'999;

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr Unit k_units[] = {{"ms", 1},     {"s", k_second}, {"m", k_minute},
                            {"h", k_hour}, {"d", k_day},    {"w", 7 * k_day}};

// Takes exactly `digits` digits off the front of `text`; -1 if they are not there.
int take_digits(std::string_view& text, std::size_t digits) {
  const auto value = text.size() < digits ? std::nullopt : parse_uint(text.substr(0, digits));
  if (!value) return -1;
  text.remove_prefix(digits);
  return static_cast<int>(*value);
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  const int y = take_digits(text, 4);
  if (y < 1970 || !take(text, '-')) return {};
  const int m = take_digits(text, 2);
  if (m < 0 || !take(text, '-')) return {};
  const int d = take_digits(text, 2);
  if (d < 0) return {};
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  if (!date.ok()) return {};
  return sys_days{date}.time_since_epoch().count() * k_day;
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
  const int h = take_digits(text, 2);
  if (h < 0 || h > 23 || !take(text, ':')) return {};
  const int m = take_digits(text, 2);
  if (m < 0 || m > 59) return {};
  int s = 0;
  std::int64_t ms = 0;
  if (take(text, ':')) {
    s = take_digits(text, 2);
    if (s < 0 || s > 60) return {};
    if (take(text, '.')) {
      std::int64_t scale = 100;
      std::size_t digits = 0;
      for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits, scale /= 10)
        ms += scale * (text[digits] - '0');
      if (digits == 0) return {};
      text.remove_prefix(digits);
    }
  }
  return h * k_hour + m * k_minute + s * k_second + ms;
}

std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
  if (sign == 0) return {};
  const int h = take_digits(text, 2);
  if (h < 0 || h > 23 || !take(text, ':')) return {};
  const int m = take_digits(text, 2);
  if (m < 0 || m > 59) return {};
  return sign * (h * k_hour + m * k_minute);
}

}  // namespace

std::string rfc3339(std::int64_t wall_ms) {
  wall_ms = std::clamp(wall_ms, k_first_ms, k_last_ms);
  const auto at = sys_time<milliseconds>{milliseconds{wall_ms}};
  const auto date = floor<days>(at);
  const year_month_day ymd{date};
  const hh_mm_ss clock{at - date};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return {};
  if (text.empty()) return date;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return {};
  const auto clock = take_clock(text);
  if (!clock) return {};
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return {};
  return *date + *clock - *offset;
}

std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
  if (text.empty()) return {};
  std::int64_t total = 0;
  while (!text.empty()) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = parse_uint(text.substr(0, digits));
    text.remove_prefix(digits);
    const auto letters = std::min(text.find_first_of("0123456789"), text.size());
    const Unit* unit = nullptr;
    for (const Unit& u : k_units)
      if (u.name == text.substr(0, letters)) unit = &u;
    if (!number || !unit || *number > static_cast<std::uint64_t>(k_longest_duration_ms / unit->ms)) return {};
    total += static_cast<std::int64_t>(*number) * unit->ms;
    if (total > k_longest_duration_ms) return {};
    text.remove_prefix(letters);
  }
  return total;
}

Result<std::int64_t> parse_time(std::string_view text, std::int64_t now_ms) {
  const std::int64_t midnight = now_ms - now_ms % k_day;
  if (text == "now") return now_ms;
  if (text == "today") return midnight;
  if (text == "yesterday") return midnight - k_day;
  if (const auto ago = parse_duration_ms(text)) return now_ms - *ago;
  if (const auto at = parse_rfc3339(text)) return *at;
  return Error{
      Errc::invalid,
      fmt::format(
          "'{}' is no time; write 2026-03-01T09:30:00Z, 2026-03-01, yesterday, or how long ago: 15m 2h 3d",
          visible(text, false))};
}

std::string duration_text(std::int64_t ms) {
  if (ms < k_second) return fmt::format("{}ms", ms);
  constexpr Unit units[] = {{"d", k_day}, {"h", k_hour}, {"m", k_minute}, {"s", k_second}};
  for (std::size_t i = 0; i < std::size(units); ++i) {
    if (ms < units[i].ms) continue;
    std::string out = fmt::format("{}{}", ms / units[i].ms, units[i].name);
    const std::int64_t rest = ms % units[i].ms;
    if (i + 1 < std::size(units) && rest >= units[i + 1].ms)
      out += fmt::format(" {}{}", rest / units[i + 1].ms, units[i + 1].name);
    return out;
  }
  return "0s";
}

std::string relative_time(std::int64_t then_ms, std::int64_t now_ms) {
  const std::int64_t distance = std::abs(now_ms - then_ms);
  constexpr Unit units[] = {{"d", k_day}, {"h", k_hour}, {"m", k_minute}, {"s", k_second}};
  std::string amount = "0s";
  for (const Unit& unit : units)
    if (distance >= unit.ms) {
      amount = fmt::format("{}{}", distance / unit.ms, unit.name);
      break;
    }
  if (amount == "0s") return "now";
  return then_ms <= now_ms ? amount + " ago" : "in " + amount;
}

std::int64_t month_start_ms(std::int64_t wall_ms) {
  const year_month_day ymd{floor<days>(sys_time<milliseconds>{milliseconds{wall_ms}})};
  return sys_days{ymd.year() / ymd.month() / 1}.time_since_epoch().count() * k_day;
}

}  // namespace pk
