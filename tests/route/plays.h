// Routing as plays: a config and what each attempt meets go in, the decisions come out as one line.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_samples.h"
#include "route/route.h"

namespace pk::route::plays {

// What an attempt meets: a status, or one of these; with the wait that its retry-after header asks for.
struct Met {
  Met(int status_, std::optional<std::int64_t> retry_after_ms_ = {})
      : status(status_), retry_after_ms(retry_after_ms_) {}
  int status;
  std::optional<std::int64_t> retry_after_ms;
};
inline constexpr int k_network = -1;
inline constexpr int k_timeout = -2;
inline constexpr int k_exception = -3;

inline Outcome outcome_of(const Met& met, std::uint16_t leaf) {
  const std::map<int, Outcome::Kind> kinds = {{k_network, Outcome::Kind::network_error},
                                              {k_timeout, Outcome::Kind::timeout},
                                              {k_exception, Outcome::Kind::gateway_exception}};
  const auto kind = kinds.find(met.status);
  if (kind == kinds.end()) return {leaf, Outcome::Kind::status, met.status, met.retry_after_ms};
  return {leaf, kind->second, 0, {}};
}

inline std::string words(const Decision& decision) {
  if (decision.kind == Decision::Kind::finish)
    return decision.refusal.empty() ? "finish" : "refuse: " + std::string(decision.refusal);
  const std::string target = "#" + std::to_string(decision.leaf);
  return decision.kind == Decision::Kind::send ? target
                                               : fmt::format("{}s {}", decision.wait_ms / 1000.0, target);
}

// Lives as long as its config.
struct Play {
  explicit Play(std::string_view json) : config(config::samples::good(json)), route(config) {}

  Decision next() const { return route.next(facts, history); }
  // Feeds what is met to the target that is asked, until the route finishes or nothing is left to meet:
  // "#0, 1s #0, #1, finish".
  std::string run(const std::vector<Met>& all_met) {
    std::string line = words(next());
    for (const Met& met : all_met) {
      const Decision decision = next();
      if (decision.kind == Decision::Kind::finish) return line + " (too much was met)";
      history.push_back(outcome_of(met, decision.leaf));
      line += ", " + words(next());
    }
    return line;
  }

  config::GatewayConfig config;
  Route route;
  Facts facts;
  std::vector<Outcome> history;
};

inline std::string play(std::string_view json, const std::vector<Met>& all_met) {
  return Play(json).run(all_met);
}

// Two, three … targets of the demo under a strategy; `more` stands in each target.
inline std::string targets(std::string_view strategy, int count, std::string_view more = "") {
  std::string json = std::string("{\"strategy\":").append(strategy).append(",\"targets\":[");
  for (int i = 0; i < count; ++i)
    json.append(i == 0 ? "" : ",").append(fmt::format(R"({{"provider":"demo","name":"t{}"{}}})", i, more));
  return json + "]}";
}

}  // namespace pk::route::plays
