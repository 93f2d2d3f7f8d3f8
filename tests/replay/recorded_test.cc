#include "replay/recorded.h"

#include "support/catch.h"

namespace pk::replay {

TEST_CASE("A stream falls into its events, whatever ends their lines") {
  using Events = std::vector<std::string_view>;
  CHECK(events_of("data: a\n\ndata: b\n\n") == Events{"data: a\n\n", "data: b\n\n"});
  CHECK(events_of("data: a\r\n\r\ndata: b") == Events{"data: a\r\n\r\n", "data: b"});
  CHECK(events_of("data: a\r\rdata: b\r\r") == Events{"data: a\r\r", "data: b\r\r"});
  CHECK(events_of("one") == Events{"one"});
  CHECK(events_of("").empty());
}

}  // namespace pk::replay
