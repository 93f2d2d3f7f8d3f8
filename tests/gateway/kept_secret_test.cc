// Who may use a secret may not read it: where the plans of requests lead what others keep.
#include "gateway/kept_secret.h"

#include "gateway/saved_things.h"
#include "support/catch.h"

using namespace pk::gateway;
using namespace pk::test;
using pk::config::Saved;

namespace {

using Planned = std::shared_ptr<const Plan>;

constexpr std::string_view k_local = "http://127.0.0.1:9/v1";
constexpr std::string_view k_public = "https://elsewhere.example.com/v1";
constexpr const char* k_not_kept_for = "the custom host is not one that this key is kept for";

PlanRules rules_with(Saved saved) {
  PlanRules rules;
  rules.trusted_hosts = trusting_loopback();
  rules.saved = std::make_shared<Saved>(std::move(saved));
  return rules;
}

Saved some_saved() {
  Saved saved;
  saved.add(virtual_key("team", "openai", "sk-of-the-team-123456"));
  saved.add(virtual_key("local", "ollama", "", "http://127.0.0.1:11434"));
  return saved;
}

// A ledger with this config as "pc-kept", and an API key: not everybody on the machine may read it.
PlanRules rules_keeping(std::string_view config) {
  Saved saved = some_saved();
  saved.add(saved_config("pc-kept", config));
  saved.add(pk::config::key_hash("pk-of-somebody"), api_key("somebody", {pk::config::Scope::proxy}));
  return rules_with(std::move(saved));
}

PlanAsk ask_of(std::string_view provider, std::string_view config = "") {
  PlanAsk ask;
  ask.provider = provider;
  ask.config = config;
  return ask;
}

// The one target, with the plan that holds it.
std::shared_ptr<const Target> target_of(const PlanAsk& ask, const PlanRules& rules) {
  PlanOrRefusal made = make_plan(ask, rules);
  if (const auto* refusal = std::get_if<Refusal>(&made)) FAIL("refused: " << refusal->message);
  const auto plan = std::get<Planned>(std::move(made));
  REQUIRE(plan->targets.size() == 1);
  return {plan, &plan->targets[0]};
}

// "" if it may be asked.
std::string why_not(const PlanAsk& ask, const PlanRules& rules) {
  const auto target = target_of(ask, rules);
  return target->refusal ? target->refusal->message : "";
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("A secret among a saved config's options does not go where the request says, key or no key") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"azure-openai", R"({"provider":"azure-openai","azure_ad_token":"kept","azure_resource_name":"r"})"},
      {"bedrock",
       R"({"provider":"bedrock","aws_access_key_id":"A","aws_secret_access_key":"kept","aws_region":"r"})"},
      {"azure-openai", R"({"azure_ad_token":"kept","azure_resource_name":"r","request_timeout":1})"}};
  for (const auto& [provider, config] : cases) {
    INFO(config);
    const PlanRules rules = rules_keeping(config);
    PlanAsk ask = ask_of(provider, "pc-kept");
    CHECK(target_of(ask, rules)->key_of_request);
    CHECK(why_not(ask, rules).empty());
    ask.custom_host = k_public;
    CHECK(holds(why_not(ask, rules), k_not_kept_for));
    ask.provider = "@team";  // its key is not for that host either
    CHECK(holds(why_not(ask, rules), k_not_kept_for));
  }
  // Nothing is kept here: the request's own key goes where the request says.
  PlanAsk ask = ask_of("azure-openai", "pc-kept");
  ask.custom_host = k_public;
  const PlanRules nothing_kept =
      rules_keeping(R"({"provider":"azure-openai","azure_resource_name":"r","request_timeout":1})");
  CHECK(why_not(ask, nothing_kept).empty());
}

TEST_CASE("A host that the request names by an option is judged like a custom host") {
  for (const auto& [provider, name] :
       {std::pair("huggingface", "huggingface_base_url"), std::pair("azure-ai", "azure_foundry_url")}) {
    INFO(name);
    const PlanRules rules = rules_keeping(R"({"api_key":"kept","request_timeout":1})");
    for (const char* forbidden : {"https://10.0.0.1", "https://169.254.169.254/latest", "ftp://x.example.com",
                                  "https://user:pass@x.example.com", "https://x.internal"}) {
      PlanAsk ask = ask_of(provider);
      ask.options = {{name, forbidden}};
      const PlanOrRefusal made = make_plan(ask, rules);
      REQUIRE(std::holds_alternative<Refusal>(made));
      CHECK(std::get<Refusal>(made).message == "Invalid custom host");
    }
    PlanAsk own = ask_of(provider);
    own.options = {{name, std::string(k_public)}};
    CHECK(why_not(own, rules).empty());
    own.config = "pc-kept";
    CHECK(holds(why_not(own, rules), k_not_kept_for));
    // What the keeper names is the keeper's, whatever the request adds.
    const PlanRules kept = rules_keeping(std::string(R"({"api_key":"kept",")") + name +
                                         R"(":"https://kept.example.com","request_timeout":1})");
    CHECK(why_not(own, kept).empty());
    CHECK(pk::provider::option(target_of(own, kept)->options, name) == "https://kept.example.com");
  }
}

TEST_CASE(
    "A kept key without a provider goes to the one that the request names, at that one's address only") {
  for (const char* config : {R"({"api_key":"kept","request_timeout":1})",
                             R"({"provider":"openai","api_key":"kept","passthrough":true})"}) {
    INFO(config);
    const PlanRules rules = rules_keeping(config);
    PlanAsk ask = ask_of("groq", "pc-kept");
    CHECK(target_of(ask, rules)->key == "kept");
    CHECK(why_not(ask, rules).empty());
    ask.custom_host = "https://api.groq.com/elsewhere";
    CHECK(why_not(ask, rules).empty());
    ask.custom_host = k_public;
    CHECK(holds(why_not(ask, rules), k_not_kept_for));
  }
  PlanAsk ask = ask_of("groq", "pc-kept");
  ask.custom_host = "https://kept.example.com/v2";
  CHECK(why_not(ask,
                rules_keeping(
                    R"({"api_key":"kept","request_timeout":1,"custom_host":"https://kept.example.com/v1"})"))
            .empty());
}

TEST_CASE("Loopback gets a kept secret only by its keeper's word, as soon as there are API keys") {
  PlanRules rules = rules_keeping(R"({"provider":"openai","api_key":"kept"})");
  PlanAsk by_key = ask_of("@team"), by_config = ask_of("", "pc-kept"), at_home = ask_of("@local");
  by_key.custom_host = by_config.custom_host = k_local;
  CHECK(holds(why_not(by_key, rules), k_not_kept_for));
  CHECK(holds(why_not(by_config, rules), k_not_kept_for));
  CHECK(why_not(at_home, rules).empty());  // kept for 127.0.0.1:11434
  at_home.custom_host = k_local;           // and not for another port
  CHECK(holds(why_not(at_home, rules), k_not_kept_for));
  // Without any API key everybody here may read the ledger itself.
  const PlanRules open = rules_with(some_saved());
  CHECK(why_not(by_key, open).empty());
  // The operator's word.
  rules.trusted_hosts = pk::config::TrustedHosts::make(true, std::vector<std::string>{"127.0.0.1:9"}).value();
  CHECK(why_not(by_key, rules).empty());
  CHECK(why_not(by_config, rules).empty());
  CHECK(why_not(at_home, rules).empty());
}
