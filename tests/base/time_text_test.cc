#include "base/time_text.h"

#include <limits>

#include "support/catch.h"

namespace {

constexpr std::int64_t k_second = 1000, k_minute = 60 * k_second, k_hour = 60 * k_minute, k_day = 24 * k_hour;
constexpr std::int64_t k_now = 1'772'357'400'123;  // 2026-03-01T09:30:00.123Z

}  // namespace

TEST_CASE("A time is written in UTC with milliseconds") {
  CHECK(pk::rfc3339(k_now) == "2026-03-01T09:30:00.123Z");
  CHECK(pk::rfc3339(0) == "1970-01-01T00:00:00.000Z");
  CHECK(pk::rfc3339(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(pk::rfc3339(951'782'400'000) == "2000-02-29T00:00:00.000Z");
}

TEST_CASE("A time beyond what the form can say is written as its last") {
  CHECK(pk::rfc3339(253'402'300'799'999) == "9999-12-31T23:59:59.999Z");
  CHECK(pk::rfc3339(253'402'300'800'000) == "9999-12-31T23:59:59.999Z");
  CHECK(pk::rfc3339(std::numeric_limits<std::int64_t>::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(pk::rfc3339(std::numeric_limits<std::int64_t>::min()) == "0001-01-01T00:00:00.000Z");
}

TEST_CASE("RFC 3339 times are read") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"2026-03-01T09:30:00.123Z", "2026-03-01T09:30:00.123Z"},
      {"2026-03-01t09:30:00z", "2026-03-01T09:30:00.000Z"},
      {"2026-03-01 09:30:00Z", "2026-03-01T09:30:00.000Z"},
      {"2026-03-01T09:30Z", "2026-03-01T09:30:00.000Z"},
      {"2026-03-01T09:30:00.1239999999999999999999Z", "2026-03-01T09:30:00.123Z"},
      {"2026-03-01T09:30:00.1Z", "2026-03-01T09:30:00.100Z"},
      {"2026-03-01T00:30:00+02:00", "2026-02-28T22:30:00.000Z"},
      {"2026-12-31T23:59:60-00:30", "2027-01-01T00:30:00.000Z"},
      {"2026-03-01", "2026-03-01T00:00:00.000Z"},
      {"2024-02-29", "2024-02-29T00:00:00.000Z"},
  };
  for (const auto& [text, same] : cases) {
    INFO(text);
    const auto ms = pk::parse_rfc3339(text);
    REQUIRE(ms);
    CHECK(pk::rfc3339(*ms) == same);
  }
}

TEST_CASE("What is no time is refused") {
  for (const char* bad : {"",
                          "2026",
                          "2026-3-1",
                          "2026-02-29",
                          "2026-13-01",
                          "2026-00-01",
                          "2026-01-32",
                          "1969-12-31",
                          "2026-03-01T",
                          "2026-03-01T09",
                          "2026-03-01T09:30",
                          "2026-03-01T24:00:00Z",
                          "2026-03-01T09:60:00Z",
                          "2026-03-01T09:30:61Z",
                          "2026-03-01T09:30:00.Z",
                          "2026-03-01T09:30:00",
                          "2026-03-01T09:30:00+2:00",
                          "2026-03-01T09:30:00+24:00",
                          "2026-03-01T09:30:00+02:60",
                          "2026-03-01T09:30:00ZZ",
                          "2026-03-01T09:30:00 Z",
                          " 2026-03-01",
                          "2026-03-01 ",
                          "2026-03-01X09:30:00Z",
                          "+026-03-01",
                          "2026--3-01",
                          "20260301T093000Z"}) {
    INFO(bad);
    CHECK_FALSE(pk::parse_rfc3339(bad).has_value());
  }
}

TEST_CASE("Durations are read as people write them") {
  CHECK(pk::parse_duration_ms("90s") == 90 * k_second);
  CHECK(pk::parse_duration_ms("15m") == 15 * k_minute);
  CHECK(pk::parse_duration_ms("2h") == 2 * k_hour);
  CHECK(pk::parse_duration_ms("3d") == 3 * k_day);
  CHECK(pk::parse_duration_ms("4w") == 28 * k_day);
  CHECK(pk::parse_duration_ms("250ms") == 250);
  CHECK(pk::parse_duration_ms("1h30m") == 90 * k_minute);
  CHECK(pk::parse_duration_ms("0s") == 0);
  CHECK(pk::parse_duration_ms("36600d") == 36'600 * k_day);
  for (const char* bad : {"", "5", "s", "-5s", "+5s", "1.5h", "5 s", "5S", "5y", "5sec", "1h30", "36601d",
                          "36600d1s", "99999999999999999999s", "18446744073709551615w", " 5s", "5s "}) {
    INFO(bad);
    CHECK_FALSE(pk::parse_duration_ms(bad).has_value());
  }
}

TEST_CASE("A point in time is a time, a day's name, or how long ago") {
  CHECK(*pk::parse_time("now", k_now) == k_now);
  CHECK(pk::rfc3339(*pk::parse_time("today", k_now)) == "2026-03-01T00:00:00.000Z");
  CHECK(pk::rfc3339(*pk::parse_time("yesterday", k_now)) == "2026-02-28T00:00:00.000Z");
  CHECK(*pk::parse_time("2h", k_now) == k_now - 2 * k_hour);
  CHECK(pk::rfc3339(*pk::parse_time("2026-02-03", k_now)) == "2026-02-03T00:00:00.000Z");
  for (const char* bad : {"", "tomorrow", "Yesterday", "2026-02-30", "5", "\x1b[2J"}) {
    const auto result = pk::parse_time(bad, k_now);
    REQUIRE_FALSE(result);
    CHECK(result.error().code == pk::Errc::invalid);
    CHECK(result.error().message.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("A duration is shown in its two largest units") {
  const std::vector<std::pair<std::int64_t, std::string>> cases = {
      {0, "0ms"},
      {120, "120ms"},
      {k_second, "1s"},
      {45'999, "45s"},
      {k_minute + 5 * k_second, "1m 5s"},
      {k_hour, "1h"},
      {k_hour + 5 * k_second, "1h"},
      {2 * k_hour + 5 * k_minute + 9 * k_second, "2h 5m"},
      {3 * k_day, "3d"},
      {400 * k_day + 23 * k_hour, "400d 23h"}};
  for (const auto& [ms, text] : cases) CHECK(pk::duration_text(ms) == text);
}

TEST_CASE("How long ago is shown in one unit") {
  CHECK(pk::relative_time(k_now, k_now) == "now");
  CHECK(pk::relative_time(k_now - 999, k_now) == "now");
  CHECK(pk::relative_time(k_now - 12 * k_second, k_now) == "12s ago");
  CHECK(pk::relative_time(k_now - 3 * k_hour - 59 * k_minute, k_now) == "3h ago");
  CHECK(pk::relative_time(k_now - 90 * k_day, k_now) == "90d ago");
  CHECK(pk::relative_time(k_now + 5 * k_minute, k_now) == "in 5m");
}

TEST_CASE("A month starts at its first midnight in UTC") {
  CHECK(pk::rfc3339(pk::month_start_ms(k_now)) == "2026-03-01T00:00:00.000Z");
  CHECK(pk::rfc3339(pk::month_start_ms(k_now - 10 * k_hour)) == "2026-02-01T00:00:00.000Z");
  CHECK(pk::month_start_ms(pk::month_start_ms(k_now)) == pk::month_start_ms(k_now));
  CHECK(pk::month_start_ms(0) == 0);
}
