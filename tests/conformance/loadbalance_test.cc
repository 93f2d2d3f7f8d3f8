// L: how requests are spread.
#include <cmath>
#include <map>

#include "conformance/configs.h"
#include "support/catch.h"

using namespace pk::test;

namespace {

// Which option answered how often.
std::map<std::string, int> spread(const Serve& serve, const std::string& config, int calls,
                                  const HeaderList& more = {}) {
  std::map<std::string, int> counts;
  HttpClient client(serve.port());
  for (int i = 0; i < calls; ++i) {
    client.send(request_text("POST", "/v1/chat/completions", under(config, more), chat_request()));
    const Reply reply = client.read_reply();
    REQUIRE(reply.status == 200);
    ++counts[reply.header("x-portkey-last-used-option-index")];
  }
  return counts;
}

// Within four and a half standard deviations: a run in 150,000 is outside by chance.
bool is_share(int hits, int calls, double share) {
  return std::abs(hits - calls * share) <= 4.5 * std::sqrt(calls * share * (1 - share));
}

}  // namespace

TEST_CASE("L2: 400 calls at 3:1 are spread so, a trace id in common or not", "[loadbalance]") {
  FakeUpstream a, b;
  Serve serve;
  const std::string config =
      strategy("loadbalance", {target(a, R"("weight":3)"), target(b, R"("weight":1)")});
  for (const HeaderList& more : {HeaderList{}, HeaderList{{"x-portkey-trace-id", "one session"}}}) {
    auto counts = spread(serve, config, 400, more);
    CHECK(is_share(counts["config.targets[0]"], 400, 0.75));
    CHECK(counts["config.targets[0]"] + counts["config.targets[1]"] == 400);
  }
  CHECK(a.seen_count() + b.seen_count() == 800);
  const auto rows = logs(serve.data(), {"--status", "loadbalance-active"});
  CHECK(rows.size() == 800);
  CHECK(status_of(rows[0]) == "cache-disabled,retry-not-triggered,fallback-disabled,loadbalance-active");
}

TEST_CASE("A weight that is left out is 1, and one of 0 gets nothing", "[loadbalance]") {
  FakeUpstream a, b, c;
  Serve serve;
  auto counts =
      spread(serve, strategy("loadbalance", {target(a), target(b), target(c, R"("weight":0)")}), 200);
  CHECK(is_share(counts["config.targets[0]"], 200, 0.5));
  CHECK(counts["config.targets[0]"] + counts["config.targets[1]"] == 200);
  CHECK(c.seen_count() == 0);
  counts = spread(serve,
                  strategy("loadbalance", {target(a, R"("weight":0.0)"), target(b, R"("weight":1e-3)")}), 20);
  CHECK(counts["config.targets[1]"] == 20);
}

TEST_CASE("Weights that add up to 0, and those that are none, are refused", "[loadbalance]") {
  FakeUpstream a;
  Serve serve;
  for (const char* weight : {"0", "-1", "\"1\"", "null0"}) {
    INFO(weight);
    CHECK(ask(serve, strategy("loadbalance", {target(a, R"("weight":)" + std::string(weight))})).status ==
          400);
  }
  CHECK(a.seen_count() == 0);
}

TEST_CASE("A load balance keeps to its choice: no other target is asked when it fails", "[loadbalance]") {
  FakeUpstream a, b;
  a.always(refused(500));
  b.always(refused(500));
  Serve serve;
  for (int i = 0; i < 10; ++i)
    CHECK(ask(serve, strategy("loadbalance", {target(a), target(b)})).status == 500);
  CHECK(a.seen_count() + b.seen_count() == 10);
}

TEST_CASE("A load balance within a fallback, and a fallback within a load balance", "[loadbalance]") {
  FakeUpstream a, b, c;
  a.always(refused(500));
  b.always(refused(500));
  Serve serve;
  const Reply within =
      ask(serve, strategy("fallback", {strategy("loadbalance", {target(a), target(b)}), target(c)}));
  CHECK(within.status == 200);
  CHECK(within.header("x-portkey-last-used-option-index") == "config.targets[1]");
  // `active`: the request ran under that strategy. The answer came from beside the load balance.
  CHECK(status_of(record_of(serve, within)) ==
        "cache-disabled,retry-not-triggered,fallback-active,loadbalance-disabled");
  const Reply around = ask(serve, strategy("loadbalance", {strategy("fallback", {target(a), target(c)})}));
  CHECK(around.status == 200);
  CHECK(around.header("x-portkey-last-used-option-index") == "config.targets[0].targets[1]");
  CHECK(status_of(record_of(serve, around)) ==
        "cache-disabled,retry-not-triggered,fallback-active,loadbalance-active");
}

TEST_CASE("A sticky load balance sends like to like", "[loadbalance]") {
  FakeUpstream a, b;
  Serve serve({.flags = {"--workers", "2"}});
  const std::string config =
      strategy("loadbalance", {target(a), target(b)}, "", R"("sticky":{"hash_fields":["metadata._user"]})");
  std::map<std::string, int> first;
  for (int user = 0; user < 30; ++user) {
    const auto counts =
        spread(serve, config, 4, {{"x-portkey-metadata", R"({"_user":"u)" + std::to_string(user) + "\"}"}});
    CHECK(counts.size() == 1);
    ++first[counts.begin()->first];
  }
  CHECK(first.size() == 2);
}

TEST_CASE("What is sticky is so for its time to live", "[loadbalance]") {
  FakeUpstream a, b;
  Serve serve;
  const std::string config = strategy("loadbalance", {target(a), target(b)}, "",
                                      R"("sticky":{"hash_fields":["metadata._user"],"ttl":1})");
  const HeaderList user{{"x-portkey-metadata", R"({"_user":"u"})"}};
  const auto option = [&] { return ask(serve, config, user).header("x-portkey-last-used-option-index"); };
  const std::string first = option();
  CHECK(comes_true([&] { return option() != first; }));
  CHECK(ask(serve, strategy("loadbalance", {target(a)}, "",
                            R"("sticky":{"hash_fields":["metadata._user"],"ttl":0})"))
            .status == 400);
}
