#include "gateway/trace_context.h"

#include "gateway/options.h"
#include "support/catch.h"

using pk::gateway::append_baggage;
using pk::gateway::read_options;
using pk::gateway::read_traceparent;
using pk::http::Headers;
using pk::log::Metadata;

namespace {

const std::string k_trace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string k_parent = "00f067aa0ba902b7";
const std::string k_good = "00-" + k_trace + "-" + k_parent + "-01";

Metadata with_baggage(std::string_view value, Metadata metadata = {}) {
  append_baggage(value, metadata);
  return metadata;
}

}  // namespace

TEST_CASE("A traceparent gives the trace and the caller's span") {
  for (const std::string& value :
       {k_good, " " + k_good + " ", "01" + k_good.substr(2), "cc" + k_good.substr(2) + "-more"}) {
    INFO(value);
    const auto parent = read_traceparent(value);
    REQUIRE(parent);
    CHECK(parent->trace_id == k_trace);
    CHECK(parent->parent_id == k_parent);
  }
}

TEST_CASE("A traceparent that is none gives nothing") {
  const std::vector<std::string> cases = {
      "",
      "00",
      k_good.substr(0, 54),
      k_good + "0",
      k_good + "-more",
      "ff" + k_good.substr(2),
      "00_" + k_good.substr(3),
      "00-" + std::string(32, '0') + "-" + k_parent + "-01",
      "00-" + k_trace + "-" + std::string(16, '0') + "-01",
      "00-" + std::string(32, 'g') + "-" + k_parent + "-01",
      "00-" + std::string(32, 'A') + "-" + k_parent + "-01",
      "00-" + k_trace + "+" + k_parent + "-01",
      "00-" + k_trace + "-" + k_parent + "+01",
      std::string(1000, '0'),
  };
  for (const std::string& value : cases) {
    INFO(value);
    CHECK_FALSE(read_traceparent(value));
  }
}

TEST_CASE("Baggage becomes metadata where its key is not there yet") {
  CHECK(with_baggage("user=ana,region=eu") == Metadata{{"user", "ana"}, {"region", "eu"}});
  CHECK(with_baggage(" user = ana ;prop=1 , region=e%20u") == Metadata{{"user", "ana"}, {"region", "e u"}});
  CHECK(with_baggage("user=ana", {{"user", "own"}}) == Metadata{{"user", "own"}});
  CHECK(with_baggage("a=1,a=2") == Metadata{{"a", "1"}});
  CHECK(with_baggage("a=x=y") == Metadata{{"a", "x=y"}});
  CHECK(with_baggage("a=") == Metadata{{"a", ""}});
  CHECK(with_baggage("a=50%") == Metadata{{"a", "50%"}});
  CHECK(with_baggage("a=%zz%4") == Metadata{{"a", "%zz%4"}});
  for (const char* broken : {"", ",", "=x", "nothing", "a=%ff", ";;"}) CHECK(with_baggage(broken).empty());
  std::string many;
  for (int i = 0; i < 100; ++i) many += "k" + std::to_string(i) + "=v,";
  CHECK(with_baggage(many).size() == pk::gateway::k_metadata_keys_max);
}

TEST_CASE("Baggage is cut between characters, and is text") {
  const std::string odd = std::string(pk::gateway::k_metadata_bytes_max - 1, 'x');
  const Metadata cut = with_baggage("a=" + odd + "%C3%A9," + odd + "\xc3\xa9=1");
  CHECK(cut == Metadata{{"a", odd}, {odd, "1"}});
  CHECK(with_baggage("\xff=1").empty());
}

TEST_CASE("A request's own headers win over its trace context") {
  const Headers traced = {{"traceparent", k_good}, {"baggage", "a=b"}};
  CHECK(read_options(traced).trace_id == k_trace);
  CHECK(read_options(traced).parent_span_id == k_parent);
  CHECK(read_options(traced).traced);
  CHECK(read_options(traced).metadata == Metadata{{"a", "b"}});

  Headers own = traced;
  own.emplace_back("x-portkey-trace-id", "mine");
  own.emplace_back("x-portkey-parent-span-id", "my parent");
  own.emplace_back("x-portkey-metadata", R"({"a":"mine"})");
  CHECK(read_options(own).trace_id == "mine");
  CHECK(read_options(own).parent_span_id == "my parent");
  CHECK_FALSE(read_options(own).traced);
  CHECK(read_options(own).metadata == Metadata{{"a", "mine"}});
}
