// What configs are checked against in tests: a few providers, of which demo and ollama need no key.
#pragma once

#include <array>
#include <string_view>

#include "config/gateway_config.h"
#include "support/catch.h"

namespace pk::config::samples {

inline constexpr std::array<ConfigRules::Provider, 5> k_providers = {
    {{"anthropic", true}, {"azure-openai", true}, {"demo", false}, {"ollama", false}, {"openai", true}}};

inline bool is_known_elsewhere(std::string_view slug) {
  return slug == "bedrock";
}

inline ParsedConfig parse(std::string_view json, bool provider_in_request = false) {
  const TrustedHosts trusted = TrustedHosts::make(true, {}).value();
  return parse_gateway_config(json, {k_providers, trusted, provider_in_request, is_known_elsewhere});
}

inline GatewayConfig good(std::string_view json, bool provider_in_request = false) {
  ParsedConfig parsed = parse(json, provider_in_request);
  INFO(json);
  const ConfigProblem problem = parsed.problem.value_or(ConfigProblem());
  CAPTURE(problem.message, problem.errors);
  REQUIRE_FALSE(parsed.problem);
  return std::move(parsed.config);
}

inline ConfigProblem bad(std::string_view json, bool provider_in_request = false) {
  const ParsedConfig parsed = parse(json, provider_in_request);
  INFO(json);
  REQUIRE(parsed.problem);
  return *parsed.problem;
}

// The one schema error, without more around it.
inline std::string error_of(std::string_view json, bool provider_in_request = false) {
  const ConfigProblem problem = bad(json, provider_in_request);
  INFO(json);
  CHECK(problem.message == "Invalid config passed");
  CAPTURE(problem.errors);
  REQUIRE(problem.errors.size() == 1);
  return problem.errors[0];
}

}  // namespace pk::config::samples
