#include "route/why.h"

#include "route/plays.h"

namespace pk::route {
namespace {

using namespace plays;
using Lines = std::vector<std::string>;

Lines why_of(Play& play, const std::vector<Met>& met) {
  play.run(met);
  return why(play.route, play.facts, play.history);
}

Lines why_of(std::string_view json, const std::vector<Met>& met) {
  Play play(json);
  return why_of(play, met);
}

TEST_CASE("A plain request says how it ended") {
  CHECK(why_of(R"({"provider":"demo"})", {200}) == Lines{"config: ended with 200"});
  CHECK(why_of(R"({"provider":"demo"})", {}) == Lines{});
}

TEST_CASE("Retries say which, how long after and after what") {
  CHECK(why_of(R"({"provider":"demo","retry":{"attempts":2,"use_retry_after_header":true}})",
               {k_network, {429, 1500}, 503}) ==
        Lines{"config: retry 1 of 2, 1 s after a network error",
              "config: retry 2 of 2, 1.5 s after 429, as its retry-after asks",
              "config: ended with 503 after 2 of 2 retries"});
  CHECK(why_of(R"({"provider":"demo","retry":{"attempts":2,"use_retry_after_header":true}})",
               {{429, 90'000}}) ==
        Lines{"config: ended with 429: its retry-after asks for more than is left of 60 s"});
  CHECK(why_of(R"({"provider":"demo","retry":{"attempts":2}})", {400}) ==
        Lines{"config: ended with 400, which is not retried"});
}

TEST_CASE("A fallback says what led on, and what did not") {
  CHECK(why_of(targets(R"({"mode":"fallback"})", 2), {500, k_timeout}) ==
        Lines{"config: targets[0] first", "config.targets[0]: ended with 500",
              "config: fell back to targets[1] on 500", "config.targets[1]: ended with a timeout",
              "config: no target is left after a timeout"});
  CHECK(why_of(targets(R"({"mode":"fallback","on_status_codes":[429]})", 2), {500}) ==
        Lines{"config: targets[0] first", "config.targets[0]: ended with 500",
              "config: no fallback on 500, which is not in on_status_codes"});
  CHECK(why_of(targets(R"({"mode":"fallback"})", 2), {k_exception}).back() ==
        "config: no fallback on an error of the gateway itself");
}

TEST_CASE("Open breakers are named") {
  Play some(targets(R"({"mode":"fallback"})", 2));
  some.facts.open.set(0);
  CHECK(why_of(some, {200}) == Lines{"config: targets[0] skipped, its circuit breaker is open",
                                     "config: targets[1] first", "config.targets[1]: ended with 200"});
  Play all(targets(R"({"mode":"fallback"})", 2));
  all.facts.open.set();
  CHECK(why_of(all, {}).front() == "config: circuit breakers ignored as no target is left closed");
}

TEST_CASE("A load balance says by what weight, a sticky one that it is") {
  Play play(R"({"strategy":{"mode":"loadbalance","sticky":{"hash_fields":["metadata.u"]}},"targets":[
      {"provider":"demo","weight":0.7},{"provider":"demo","weight":0.3}]})");
  while (play.next().leaf != 0) ++play.facts.seed;
  CHECK(why_of(play, {}) == Lines{"config: targets[0] by weight 0.7 of 1"});
  play.facts.open.set();
  CHECK(why_of(play, {}) ==
        Lines{"config: targets[0] by weight 0.7 of 1, circuit breakers ignored as no target is left closed"});
  play.facts.sticky = {{&play.config.root, 1}};
  CHECK(why_of(play, {}) == Lines{"config: targets[1] as before, by its hash_fields"});
}

TEST_CASE("A conditional says by which condition") {
  const auto config = [](std::string_view rest) {
    return targets(
        std::string(R"({"mode":"conditional","conditions":[{"query":{"metadata.a":1},"then":"t0"},)")
                .append(R"({"query":{"metadata.b":1},"then":"t1"}])")
                .append(rest) +
            "}",
        2);
  };
  const std::vector<std::pair<std::string, std::string>> metadata = {{"b", "1"}};
  Play matching(config(""));
  matching.facts.metadata = metadata;
  CHECK(why_of(matching, {}) == Lines{"config: targets[1] by conditions[1]"});
  CHECK(why_of(config(R"(,"default":"t0")"), {}) ==
        Lines{"config: targets[0] by default, no condition holds"});
  CHECK(why_of(config(""), {}) == Lines{"config: no condition holds and there is no default"});
}

TEST_CASE("A history of another config says so") {
  Play play(targets(R"({"mode":"fallback"})", 2));
  play.history = {outcome_of(500, 1)};
  CHECK(why(play.route, play.facts, play.history).back() ==
        "config.targets[0]: what happened is not what this config leads to: it may have changed since");
}

}  // namespace
}  // namespace pk::route
