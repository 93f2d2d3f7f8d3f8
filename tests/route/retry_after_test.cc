#include "route/retry_after.h"

#include "base/time_text.h"
#include "support/catch.h"

namespace pk::route {
namespace {

const std::int64_t k_now = parse_rfc3339("1994-11-06T08:49:30Z").value();

std::optional<std::int64_t> wait(const log::Headers& headers) {
  return retry_after_ms(headers, k_now);
}

TEST_CASE("Each of the three headers is understood, whatever its case") {
  CHECK(wait({{"Retry-After", "2"}}) == 2000);
  CHECK(wait({{"retry-after", " 1.5 "}}) == 1500);
  CHECK(wait({{"Retry-After-Ms", "250"}}) == 250);
  CHECK(wait({{"x-ms-retry-after-ms", "300"}}) == 300);
  CHECK(wait({{"retry-after", "0"}}) == 0);
  CHECK(wait({{"retry-after-ms", "0.2"}}) == 1);
}

TEST_CASE("The finer one comes first, one that cannot be read is passed over") {
  CHECK(wait({{"retry-after", "2"}, {"x-ms-retry-after-ms", "20"}, {"retry-after-ms", "10"}}) == 10);
  CHECK(wait({{"retry-after", "2"}, {"x-ms-retry-after-ms", "20"}}) == 20);
  CHECK(wait({{"retry-after", "2"}, {"retry-after-ms", "soon"}}) == 2000);
  CHECK(wait({{"retry-after", "soon"}, {"retry-after", "3"}}) == 3000);
}

TEST_CASE("An HTTP date is counted from now") {
  CHECK(wait({{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}}) == 7000);
  CHECK(wait({{"retry-after", "Sun, 06 Nov 1994 08:49:00 GMT"}}) == 0);
  CHECK(wait({{"retry-after", "Sun, 06 Nov 2094 08:49:00 GMT"}}) == k_retry_after_ms_max);
}

TEST_CASE("What says nothing is nothing") {
  for (const char* value :
       {"", "-1", "x", "1s", "nan", "inf", "1e999", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    INFO(value);
    CHECK_FALSE(wait({{"retry-after", value}}));
  }
  CHECK_FALSE(wait({}));
  CHECK_FALSE(wait({{"x-retry-after", "1"}}));
}

TEST_CASE("A date cut anywhere is none, and a huge wait is a day") {
  const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  for (std::size_t size = 0; size < date.size(); ++size)
    CHECK_FALSE(wait({{"retry-after", date.substr(0, size)}}));
  CHECK(wait({{"retry-after", "99999999999999999999"}}) == k_retry_after_ms_max);
}

}  // namespace
}  // namespace pk::route
