// A config is refused with a reason, or it works: every route through it ends within six attempts a target,
// and what happened can be told.
#include <array>
#include <string>
#include <vector>

#include "base/json.h"
#include "config/gateway_config.h"
#include "fuzz.h"
#include "route/breaker.h"
#include "route/retry.h"
#include "route/sticky.h"
#include "route/summary.h"
#include "route/why.h"

namespace {

using namespace pk;

constexpr std::array<config::ConfigRules::Provider, 3> k_providers = {
    {{"anthropic", true}, {"demo", false}, {"openai", true}}};

void check_refusal(const config::ConfigProblem& problem) {
  PK_ASSERT(!problem.message.empty());
  PK_ASSERT(problem.errors.size() <= config::k_config_errors_max);
  for (const std::string& error : problem.errors) {
    PK_ASSERT(error.starts_with("path: "));
    PK_ASSERT(error.find(", message: ") != std::string::npos);
  }
}

// Values that go into bodies are JSON still.
void check_node(const config::Node& node) {
  for (const auto& [name, value] : node.inherited.edits.override_params) PK_ASSERT(is_json(value));
  for (const auto& [name, value] : node.inherited.edits.default_params) PK_ASSERT(is_json(value));
  PK_ASSERT(node.leaf_begin < node.leaf_end);
  for (const config::Node& target : node.targets) check_node(target);
}

// The bytes of the text say what the attempts meet.
route::Outcome met(std::string_view text, std::size_t at, std::uint16_t leaf) {
  static constexpr std::array<int, 8> k_statuses = {200, 404, 429, 429, 500, 503, 529, 0};
  const auto byte = static_cast<unsigned char>(text[at % text.size()] + at);
  route::Outcome outcome{leaf, route::Outcome::Kind::status, k_statuses[byte % k_statuses.size()], {}};
  if (outcome.status == 0) outcome.kind = static_cast<route::Outcome::Kind>(1 + byte / 8 % 3);
  if (byte % 3 == 0) outcome.retry_after_ms = byte * 300;
  return outcome;
}

void play(const config::GatewayConfig& config, std::string_view text) {
  static const std::vector<std::pair<std::string, std::string>> k_metadata = {{"plan", "paid"}, {"n", "5"}};
  const route::KeyedHash hash({});
  route::Breakers breakers(hash);
  route::StickyTargets sticky(hash);
  const route::Route route(config);
  for (std::uint64_t round = 0; round < 3; ++round) {
    route::Facts facts;
    facts.seed = round;
    facts.url_path = "/v1/chat/completions";
    facts.metadata = k_metadata;
    facts.param = [](std::string_view) { return std::optional<std::string_view>("0.7"); };
    facts.open = breakers.open(text, route, 0);
    facts.sticky = sticky.find(text, route, facts, 0);
    std::vector<route::Outcome> history;
    for (auto d = route.next(facts, history); d.kind != route::Decision::Kind::finish;
         d = route.next(facts, history)) {
      PK_ASSERT(d.leaf < route.leaf_count());
      PK_ASSERT(d.wait_ms >= 0 && d.wait_ms < route::k_retry_wait_ms_max);
      sticky.remember(text, route, facts, d.leaf, 0);
      history.push_back(met(text, history.size(), d.leaf));
      breakers.count(text, route, history.back(), 0);
      PK_ASSERT(history.size() <= route.leaf_count() * (1 + config::k_retry_attempts_max));
    }
    PK_ASSERT(!route::summary(route, facts, history).last_used_option.empty());
    PK_ASSERT(!route::why(route, facts, history).empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const config::TrustedHosts k_trusted = config::TrustedHosts::make(true, {}).value();
  const std::string_view text = fuzz::text(data, size);
  const config::ConfigRules rules{k_providers, k_trusted, size % 2 == 0, nullptr};
  const config::ParsedConfig parsed = config::parse_gateway_config(text, rules);
  if (parsed.problem) {
    check_refusal(*parsed.problem);
    return 0;
  }
  check_node(parsed.config.root);
  play(parsed.config, text);
  return 0;
}
