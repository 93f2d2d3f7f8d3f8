// Configs, prompts, virtual keys and API keys as if they had been saved with pk config, prompt, provider and
// key.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "config/saved.h"
#include "gateway/plan.h"
#include "support/catch.h"

namespace pk::test {

// Loopback is trusted, as for a gateway that listens there.
inline config::TrustedHosts trusting_loopback() {
  return config::TrustedHosts::make(true, {}).value();
}

inline config::SavedConfig saved_config(std::string id, std::string_view json, std::int64_t version = 1) {
  const gateway::PlanRules rules;
  const config::TrustedHosts hosts = trusting_loopback();
  config::ParsedConfig parsed = config::parse_gateway_config(json, {rules.providers, hosts, true, nullptr});
  REQUIRE_FALSE(parsed.problem);
  config::SavedConfig saved;
  saved.name = id.substr(id.find('-') + 1);
  saved.id = std::move(id);
  saved.version = version;
  saved.config = std::move(parsed.config);
  return saved;
}

// Of the id "pp-NAME", with one version.
inline config::SavedPrompt saved_prompt(std::string name, std::string text) {
  config::SavedPrompt prompt;
  prompt.id = "pp-" + name;
  prompt.name = std::move(name);
  prompt.versions[1].text = std::move(text);
  return prompt;
}

// Of the id "vk-NAME".
inline config::VirtualKey virtual_key(std::string name, std::string provider, std::string secret,
                                      std::string custom_host = "") {
  config::VirtualKey key;
  key.id = "vk-" + name;
  key.name = std::move(name);
  key.provider = std::move(provider);
  key.secret = config::Secret(std::move(secret));
  key.custom_host = std::move(custom_host);
  return key;
}

// Of the id "pk-NAME".
inline config::ApiKey api_key(std::string name, std::initializer_list<config::Scope> scopes) {
  config::ApiKey key;
  key.id = "pk-" + name;
  key.name = std::move(name);
  for (const config::Scope scope : scopes) key.scopes |= static_cast<std::uint8_t>(scope);
  return key;
}

}  // namespace pk::test
