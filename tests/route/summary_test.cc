#include "route/summary.h"

#include <memory>

#include "route/plays.h"

namespace pk::route {
namespace {

using namespace plays;
using log::Active;
using log::Retry;

Summary after(std::string_view json, const std::vector<Met>& met) {
  static std::vector<std::unique_ptr<Play>> plays;  // the option is a view into the config
  plays.push_back(std::make_unique<Play>(json));
  Play& play = *plays.back();
  play.run(met);
  return summary(play.route, play.facts, play.history);
}

TEST_CASE("Retries: not triggered, success and failed") {
  const char* two = R"({"provider":"demo","retry":{"attempts":2}})";
  const auto retry = [&](const std::vector<Met>& met) {
    const Summary s = after(two, met);
    return std::tuple(s.retry, s.retry_attempts, s.retry_count_header);
  };
  CHECK(retry({200}) == std::tuple(Retry::not_triggered, 0, 0));
  CHECK(retry({400}) == std::tuple(Retry::not_triggered, 0, 0));
  CHECK(retry({500, 200}) == std::tuple(Retry::success, 1, 1));
  CHECK(retry({500, 500, 200}) == std::tuple(Retry::success, 2, 2));
  CHECK(retry({500, 500, 500}) == std::tuple(Retry::failed, 2, -1));
  CHECK(retry({k_network, 503, k_network}) == std::tuple(Retry::failed, 2, -1));
  CHECK(retry({500, 400}) == std::tuple(Retry::failed, 1, -1));
}

TEST_CASE("A retry-after that asks for too much is a failed retry without any") {
  const Summary s =
      after(R"({"provider":"demo","retry":{"attempts":2,"use_retry_after_header":true}})", {{429, 60'000}});
  CHECK(s.retry == Retry::failed);
  CHECK(s.retry_attempts == 0);
  CHECK(s.retry_count_header == -1);
}

TEST_CASE("Without a rule a failure is no failed retry") {
  const Summary s = after(R"({"provider":"demo"})", {500});
  CHECK(s == Summary{Retry::not_triggered, 0, 0, Active::disabled, Active::disabled, "config"});
}

TEST_CASE("Retries are the last used option's, strategies those around it") {
  const std::string json = R"({"strategy":{"mode":"fallback"},"targets":[
      {"provider":"demo","retry":{"attempts":3}},
      {"strategy":{"mode":"loadbalance"},"targets":[{"provider":"demo"}]}]})";
  CHECK(after(json, {500, 200}) ==
        Summary{Retry::success, 1, 1, Active::active, Active::disabled, "config.targets[0]"});
  CHECK(after(json, {500, 500, 500, 500, 200}) ==
        Summary{Retry::not_triggered, 0, 0, Active::active, Active::active, "config.targets[1].targets[0]"});
}

TEST_CASE("A single or conditional strategy is neither") {
  const Summary s = after(
      R"({"strategy":{"mode":"conditional","conditions":[{"query":{},"then":"a"}]},"targets":[{"name":"a","provider":"demo"}]})",
      {200});
  CHECK(s.fallback == Active::disabled);
  CHECK(s.loadbalance == Active::disabled);
  CHECK(s.last_used_option == "config.targets[0]");
}

TEST_CASE("Without an attempt the option is the one that would have been asked") {
  CHECK(after(targets(R"({"mode":"fallback"})", 2), {}) ==
        Summary{Retry::not_triggered, 0, 0, Active::active, Active::disabled, "config.targets[0]"});
  CHECK(after(R"({"strategy":{"mode":"conditional","conditions":[{"query":{"metadata.a":1},"then":"a"}]},
                  "targets":[{"name":"a","provider":"demo"}]})",
              {})
            .last_used_option == "config");
}

}  // namespace
}  // namespace pk::route
