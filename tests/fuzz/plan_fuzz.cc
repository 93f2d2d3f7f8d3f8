// Headers to a plan, and each of its targets to a request: whatever a client sends, a refusal that is text,
// or requests that are whole. The input is header lines, an empty line, and a body.
#include <algorithm>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "fuzz.h"
#include "gateway/attempt.h"
#include "gateway/plan_cache.h"

namespace {

using namespace pk;
using namespace pk::gateway;

constexpr std::string_view k_own_key = "pk-an-own-key-of-the-gateway";

config::VirtualKey virtual_key(std::string name, std::string provider, bool archived) {
  config::VirtualKey key;
  key.id = "vk-" + name;
  key.name = std::move(name);
  key.provider = std::move(provider);
  key.secret = config::Secret("sk-secret");
  key.archived = archived;
  return key;
}

PlanRules make_rules() {
  PlanRules rules;
  rules.trusted_hosts = config::TrustedHosts::make(true, {}).value();
  config::Saved saved;
  saved.add(virtual_key("team", "openai", false));
  saved.add(virtual_key("claude", "anthropic", false));
  saved.add(virtual_key("old", "openai", true));
  config::SavedConfig config;
  config.id = "pc-1";
  config.config =
      config::parse_gateway_config(
          R"({"strategy":{"mode":"fallback"},"targets":[{"virtual_key":"team"},{"provider":"@claude"}]})",
          {rules.providers, rules.trusted_hosts, true, nullptr})
          .config;
  saved.add(std::move(config));
  rules.saved = std::make_shared<config::Saved>(std::move(saved));
  return rules;
}

// Takes the lines up to an empty one off `text`.
http::Headers take_headers(std::string_view& text) {
  http::Headers headers;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) break;
    const auto colon = std::min(line.find(':'), line.size());
    headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
  }
  return headers;
}

PlanAsk ask_of(const CallOptions& options, std::string_view model) {
  PlanAsk ask;
  ask.provider = options.provider;
  ask.virtual_key = options.virtual_key;
  ask.config = options.config;
  ask.custom_host = options.custom_host;
  const auto slash = model.find('/');
  if (model.starts_with('@') && slash != std::string_view::npos) ask.model_slug = model.substr(1, slash - 1);
  ask.strict_off = options.strict_off;
  ask.options = options.provider_options;
  return ask;
}

void check(const Refusal& refusal) {
  PK_ASSERT(refusal.status == 400 || (refusal.status == 500 && refusal.gateway_exception));
  PK_ASSERT(!refusal.message.empty() && is_utf8(refusal.message));
  for (const std::string& error : refusal.errors) PK_ASSERT(is_utf8(error));
  for (const ErrorForm form : {ErrorForm::openai, ErrorForm::anthropic})
    PK_ASSERT(is_json(refusal_body(refusal, form)));
}

void check(const Outbound& out) {
  PK_ASSERT(istarts_with(out.wire.url, "http://") || istarts_with(out.wire.url, "https://"));
  for (const char c : out.wire.url) PK_ASSERT(static_cast<unsigned char>(c) > 0x20);
  for (const auto& [name, value] : out.wire.headers) PK_ASSERT(value != k_own_key);
}

void check_target(const Target& target, const Inbound& in, const PlanRules& rules) {
  Attempt attempt(target, target.node->leaf_begin);
  if (const auto refusal = attempt.prepare(in, rules.trusted_hosts)) return check(*refusal);
  PK_ASSERT(target.provider != nullptr);
  if (target.provider->built_in) return;
  Outbound out;
  if (const auto refusal = make_outbound(target, in, rules.trusted_hosts, out))
    check(*refusal);
  else
    check(out);
}

void check_plan(const Plan& plan, const Inbound& in, const PlanRules& rules) {
  PK_ASSERT(plan.targets.size() == plan.root->leaf_end);
  for (std::size_t i = 0; i < plan.targets.size(); ++i) {
    PK_ASSERT(plan.targets[i].node->leaf_begin == i);
    check_target(plan.targets[i], in, rules);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const PlanRules k_rules = make_rules();
  static PlanCache cache;
  std::string_view text = fuzz::text(data, size);
  const http::Headers headers = take_headers(text);
  const CallOptions options = read_options(headers);
  const auto facts = provider::BodyReader().read(text);
  const provider::BodyFacts known = facts ? *facts : provider::BodyFacts();
  const PlanAsk ask = ask_of(options, known.model);
  const PlanOrRefusal made = make_plan(ask, k_rules);
  PK_ASSERT(cache.plan(ask, k_rules).index() == made.index());
  if (const auto* refusal = std::get_if<Refusal>(&made)) {
    check(*refusal);
    return 0;
  }
  const Plan& plan = *std::get<std::shared_ptr<const Plan>>(made);
  for (const log::Endpoint endpoint :
       {log::Endpoint::chat_completions, log::Endpoint::messages, log::Endpoint::other}) {
    if (endpoint != log::Endpoint::other && !facts) continue;
    const std::string_view path = endpoint == log::Endpoint::chat_completions ? "/v1/chat/completions"
                                  : endpoint == log::Endpoint::messages       ? "/v1/messages"
                                                                              : "/v1/files";
    check_plan(plan, {endpoint, "POST", path, "", headers, options, text, known}, k_rules);
  }
  return 0;
}
