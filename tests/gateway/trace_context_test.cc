#include "gateway/trace_context.h"

#include "gateway/options.h"
#include "support/catch.h"

namespace pk::gateway {

TEST_CASE("A traceparent names the trace and the caller's span") {
  const auto parent = read_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  REQUIRE(parent);
  CHECK(parent->trace_id == "4bf92f3577b34da6a3ce929d0e0e4736");
  CHECK(parent->parent_id == "00f067aa0ba902b7");
  CHECK(read_traceparent(" 01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more "));
}

TEST_CASE("A malformed traceparent is none") {
  for (const char* bad : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                          "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
                          "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    INFO(bad);
    CHECK_FALSE(read_traceparent(bad));
  }
}

TEST_CASE("Baggage becomes metadata that is not there yet") {
  log::Metadata metadata{{"team", "red"}};
  append_baggage("team=blue, region = eu%20west ;ttl=3,broken,=x,bad=%ff,half=%4", metadata);
  CHECK(metadata == log::Metadata{{"team", "red"}, {"region", "eu west"}, {"half", "%4"}});
}

TEST_CASE("The x-portkey headers win over the trace context") {
  const http::Headers headers{{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
                              {"x-portkey-trace-id", "mine"}};
  const CallOptions options = read_options(headers);
  CHECK(options.trace_id == "mine");
  CHECK(options.parent_span_id == "00f067aa0ba902b7");
  CHECK_FALSE(options.traced);
}

}  // namespace pk::gateway
