#include "route/route.h"

#include "base/rng.h"
#include "route/plays.h"

namespace pk::route {
namespace {

using namespace plays;

constexpr std::string_view k_fallback = R"({"mode":"fallback"})";

std::string one(std::string_view retry) {
  return std::string(R"({"provider":"demo","retry":)").append(retry) + "}";
}

TEST_CASE("What a config asks for is looked up once, however often and for however many steps it is asked") {
  const std::string config = R"({"strategy":{"mode":"conditional","default":"d","conditions":[
        {"query":{"$or":[{"params.a":1},{"params.a":2},{"params.b":{"$gt":3}}]},"then":"x"},
        {"query":{"params.a":{"$in":[5,6,7]}},"then":"x"}]},
      "targets":[{"name":"x","provider":"demo"},{"name":"d","provider":"demo","retry":{"attempts":2}}]})";
  Play play(config);
  std::map<std::string, int, std::less<>> asked;
  play.facts.param = [&](std::string_view name) -> std::optional<std::string_view> {
    ++asked[std::string(name)];
    return name == "a" ? std::optional<std::string_view>("9") : std::nullopt;
  };
  CHECK(play.run({500, 500, 500}) == "#1, 1s #1, 2s #1, finish");
  CHECK(asked == std::map<std::string, int, std::less<>>{{"a", 1}, {"b", 1}});
  CHECK(play.facts.known.conditions.size() == 1);
}

TEST_CASE("A request without a config has one target, asked once") {
  const config::Node node;
  const Route route(node);
  CHECK(route.leaf_count() == 1);
  CHECK(route.leaf(0).path == "config");
  CHECK(route.next({}, {}) == Decision{Decision::Kind::send, 0, 0, {}});
  for (const int met : {200, 404, 500, k_network, k_timeout, k_exception}) {
    const std::vector<Outcome> history = {outcome_of(met, 0)};
    CHECK(route.next({}, history) == Decision{});
  }
}

TEST_CASE("Retries: each row is a play") {
  struct Row {
    const char* title;
    std::string config;
    std::vector<Met> met;
    const char* decisions;
  };
  const std::string followed = one(R"({"attempts":3,"use_retry_after_header":true})");
  const std::vector<Row> rows = {
      {"R1: listed codes until the attempts are used up",
       one(R"({"attempts":2,"on_status_codes":[401]})"),
       {401, 401, 401},
       "#0, 1s #0, 2s #0, finish"},
      {"R2: a retry that helps", one(R"({"attempts":2})"), {500, 200}, "#0, 1s #0, finish"},
      {"R3: what is not listed ends it", one(R"({"attempts":3})"), {400}, "#0, finish"},
      {"R4: a list replaces the default one",
       one(R"({"attempts":1,"on_status_codes":[429]})"),
       {500},
       "#0, finish"},
      {"R5: retry-after is followed", followed, {{429, 1500}, 200}, "#0, 1.5s #0, finish"},
      {"R6: after that backoffs are 0", followed, {{429, 4000}, 500, 500, 500}, "#0, 4s #0, #0, #0, finish"},
      {"R7: a wait of a minute ends it at once", followed, {{429, 60'000}}, "#0, finish"},
      {"R7: so does one of more than is left of the minute",
       followed,
       {{429, 40'000}, {429, 20'001}},
       "#0, 40s #0, finish"},
      {"R7: what is left may be used up",
       followed,
       {{429, 40'000}, {429, 20'000}, 200},
       "#0, 40s #0, 20s #0, finish"},
      {"R7: backoffs count too", followed, {500, {429, 59'001}}, "#0, 1s #0, finish"},
      {"R8: without the header it is backoff", followed, {429, 429, 200}, "#0, 1s #0, 2s #0, finish"},
      {"retry-after counts for 429 alone", followed, {{503, 9000}, 200}, "#0, 1s #0, finish"},
      {"retry-after is ignored unless it is asked for",
       one(R"({"attempts":1})"),
       {{429, 9000}, 200},
       "#0, 1s #0, finish"},
      {"retry-after of 0 is at once", followed, {{429, 0}, 200}, "#0, #0, finish"},
      {"five attempts double each time",
       one(R"({"attempts":5})"),
       {500, 502, 503, 504, 529, 429},
       "#0, 1s #0, 2s #0, 4s #0, 8s #0, 16s #0, finish"},
      {"attempts of 0 are none", one(R"({"attempts":0,"on_status_codes":[500]})"), {500}, "#0, finish"},
      {"nor do network errors count then", one(R"({"attempts":0})"), {k_network}, "#0, finish"},
      {"network errors are retried whatever is listed",
       one(R"({"attempts":2,"on_status_codes":[]})"),
       {k_network, k_network, k_network},
       "#0, 1s #0, 2s #0, finish"},
      {"an empty list has no status", one(R"({"attempts":2,"on_status_codes":[]})"), {500}, "#0, finish"},
      {"T1: a timeout is not retried", one(R"({"attempts":2})"), {k_timeout}, "#0, finish"},
      {"T4: but where 408 is listed",
       one(R"({"attempts":1,"on_status_codes":[408]})"),
       {k_timeout, k_timeout},
       "#0, 1s #0, finish"},
      {"a gateway exception is never retried",
       one(R"({"attempts":2,"on_status_codes":[500]})"),
       {k_exception},
       "#0, finish"},
      {"a listed success is retried too",
       one(R"({"attempts":1,"on_status_codes":[204]})"),
       {204, 200},
       "#0, 1s #0, finish"},
  };
  for (const Row& row : rows) {
    INFO(row.title);
    CHECK(play(row.config, row.met) == row.decisions);
  }
}

TEST_CASE("Fallback: each row is a play") {
  struct Row {
    const char* title;
    std::string config;
    std::vector<Met> met;
    const char* decisions;
  };
  const std::string two = targets(k_fallback, 2);
  const std::string listed = targets(R"({"mode":"fallback","on_status_codes":[429]})", 2);
  const std::string never = targets(R"({"mode":"fallback","on_status_codes":[]})", 2);
  const std::string retrying = targets(k_fallback, 2, R"(,"retry":{"attempts":1})");
  const std::vector<Row> rows = {
      {"the first that answers is the answer", two, {200}, "#0, finish"},
      {"F1: a 500 leads on", two, {500, 200}, "#0, #1, finish"},
      {"F2: so does any other status outside 200 to 299", two, {401, 200}, "#0, #1, finish"},
      {"a redirect is no success", two, {302, 204}, "#0, #1, finish"},
      {"F3: with a list only what it names", listed, {500}, "#0, finish"},
      {"F3: and that", listed, {429, 500}, "#0, #1, finish"},
      {"an empty list never leads on", never, {500}, "#0, finish"},
      {"nor on a network error", never, {k_network}, "#0, finish"},
      {"F5: the last one's answer is the answer", two, {500, 503}, "#0, #1, finish"},
      {"F6: a gateway exception stops it", two, {k_exception}, "#0, finish"},
      {"F8: a timeout leads on", two, {k_timeout, 200}, "#0, #1, finish"},
      {"F8: a listed 408 is a timeout",
       targets(R"({"mode":"fallback","on_status_codes":[408]})", 2),
       {k_timeout, 200},
       "#0, #1, finish"},
      {"a network error leads on", two, {k_network, 200}, "#0, #1, finish"},
      {"a network error counts as 500, 502, 503",
       targets(R"({"mode":"fallback","on_status_codes":[502]})", 2),
       {k_network, 200},
       "#0, #1, finish"},
      {"but not as 429", listed, {k_network}, "#0, finish"},
      {"each target retries first", retrying, {500, 500, 500, 200}, "#0, 1s #0, #1, 1s #1, finish"},
      {"retries that gave up lead on",
       targets(k_fallback, 2, R"(,"retry":{"attempts":1,"use_retry_after_header":true})"),
       {{429, 61'000}, 200},
       "#0, #1, finish"},
  };
  for (const Row& row : rows) {
    INFO(row.title);
    CHECK(play(row.config, row.met) == row.decisions);
  }
}

TEST_CASE("A load balance keeps to its target: no other is asked when it fails") {
  const std::string json = targets(R"({"mode":"loadbalance"})", 2);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Play play(json);
    play.facts.seed = seed;
    const Decision first = play.next();
    REQUIRE(first.kind == Decision::Kind::send);
    play.history = {outcome_of(500, first.leaf)};
    CHECK(play.next() == Decision{});
  }
}

TEST_CASE("A single strategy has its first target") {
  CHECK(play(targets(R"({"mode":"single"})", 2), {500}) == "#0, finish");
}

TEST_CASE("A conditional that leads nowhere is a router error, or ends what is under way") {
  const char* nowhere =
      R"({"strategy":{"mode":"conditional","conditions":[{"query":{"metadata.a":"b"},"then":"x"}]},
          "targets":[{"name":"x","provider":"demo"}]})";
  CHECK(play(nowhere, {}) == "refuse: Query router did not resolve to any valid target");
  const std::string within =
      R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"demo"},)" + std::string(nowhere) + "]}";
  CHECK(play(within, {500}) == "#0, finish");
}

TEST_CASE("A nested strategy sees its own targets' attempts alone") {
  // fallback( loadbalance(0, 1), fallback on 429(2, 3), 4 ), each with one retry of 503
  const std::string json =
      R"({"strategy":{"mode":"fallback"},"retry":{"attempts":1,"on_status_codes":[503]},"targets":[
    {"strategy":{"mode":"loadbalance"},"targets":[{"provider":"demo","weight":0},{"provider":"demo"}]},
    {"strategy":{"mode":"fallback","on_status_codes":[429]},"targets":[{"provider":"demo"},{"provider":"demo"}]},
    {"provider":"demo","retry":{"attempts":0}}]})";
  CHECK(play(json, {503, 503, 429, 503, 200}) == "#1, 1s #1, #2, #3, 1s #3, finish");
  CHECK(play(json, {500, 500, 503}) == "#1, #2, #4, finish");
  CHECK(play(json, {500, 429, 401, 200}) == "#1, #2, #3, #4, finish");
  CHECK(play(json, {200}) == "#1, finish");
  CHECK(play(json, {500, k_exception}) == "#1, #2, finish");
}

TEST_CASE("Targets whose circuit breaker is open are left out, unless all are") {
  const std::string two = targets(k_fallback, 3);
  Play play(two);
  play.facts.open.set(0);
  CHECK(play.run({500, 500}) == "#1, #2, finish");
  Play all(two);
  all.facts.open.set();
  CHECK(all.run({500, 200}) == "#0, #1, finish");
  Play last(two);
  last.facts.open.set(1).set(2);
  CHECK(last.run({500}) == "#0, finish");
}

TEST_CASE("A strategy all of whose targets are open is left out whole") {
  const std::string json = R"({"strategy":{"mode":"fallback"},"targets":[
    {"strategy":{"mode":"loadbalance"},"targets":[{"provider":"demo"},{"provider":"demo"}]},{"provider":"demo"}]})";
  Play play(json);
  play.facts.open.set(0).set(1);
  CHECK(play.run({200}) == "#2, finish");
}

TEST_CASE("A history that this route cannot have led to ends it") {
  Play play(targets(k_fallback, 2));
  play.history = {outcome_of(500, 1)};
  CHECK(play.next() == Decision{});
  play.history = {outcome_of(200, 0), outcome_of(200, 1)};
  CHECK(play.next() == Decision{});
}

// A config of random strategies, retries and weights.
std::string random_config(Rng& rng, int depth) {
  const auto below = [&](std::uint64_t bound) { return rng.next() % bound; };
  std::string settings;
  if (below(2) == 0)
    settings +=
        fmt::format(R"(,"retry":{{"attempts":{},"use_retry_after_header":{}}})", below(6), below(2) == 0);
  if (below(3) == 0) settings += R"(,"cb_config":{"failure_threshold":1})";
  if (depth == 0 || below(3) == 0)
    return fmt::format(R"({{"provider":"demo","name":"n{}","weight":{}{}}})", below(3), below(5) + 1,
                       settings);
  const std::vector<std::string> strategies = {
      R"({"mode":"single"})",
      R"({"mode":"loadbalance"})",
      R"({"mode":"fallback"})",
      R"({"mode":"fallback","on_status_codes":[500,429]})",
      R"({"mode":"conditional","conditions":[{"query":{"metadata.k":"v"},"then":"first"}]})",
      R"({"mode":"conditional","conditions":[{"query":{"metadata.k":{"$ne":"v"}},"then":"first"}]})"};
  std::string json = "{\"strategy\":" + strategies[below(strategies.size())] + settings +
                     R"(,"targets":[{"provider":"demo","name":"first"})";
  for (std::uint64_t more = below(4); more > 0; --more) json += "," + random_config(rng, depth - 1);
  return json + "]}";
}

TEST_CASE("Any route ends within six attempts a target and never goes back to one it left") {
  const std::vector<int> met = {200, 200, 400, 429, 429, 500, 503, 529, k_network, k_timeout, k_exception};
  const std::vector<std::pair<std::string, std::string>> metadata = {{"k", "v"}};
  Rng rng(7);
  std::size_t longest = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string json = random_config(rng, 4);
    INFO(json);
    Play play(json);
    play.facts.seed = rng.next();
    play.facts.metadata = metadata;
    for (std::size_t i = 0; i < play.route.leaf_count(); ++i) play.facts.open[i] = rng.next() % 4 == 0;
    Leaves left;
    for (Decision d = play.next(); d.kind != Decision::Kind::finish; d = play.next()) {
      REQUIRE(d.leaf < play.route.leaf_count());
      REQUIRE((d.kind == Decision::Kind::wait) == (d.wait_ms > 0));
      REQUIRE(d.wait_ms < 60'000);
      REQUIRE_FALSE(left[d.leaf]);
      if (!play.history.empty() && play.history.back().leaf != d.leaf) left.set(play.history.back().leaf);
      REQUIRE(d == play.next());
      const std::int64_t retry_after = static_cast<std::int64_t>(rng.next() % 70'000);
      play.history.push_back(outcome_of({met[rng.next() % met.size()], retry_after}, d.leaf));
      REQUIRE(play.history.size() <= play.route.leaf_count() * (1 + config::k_retry_attempts_max));
    }
    longest = std::max(longest, play.history.size());
  }
  CHECK(longest > 6);
}

}  // namespace
}  // namespace pk::route
