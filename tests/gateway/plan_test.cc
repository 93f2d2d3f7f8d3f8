#include "gateway/plan.h"

#include "base/text.h"
#include "gateway/saved_things.h"
#include "support/catch.h"

using namespace pk::gateway;
using namespace pk::test;
using pk::config::Saved;
using pk::config::Trust;

namespace {

using Planned = std::shared_ptr<const Plan>;

constexpr std::string_view k_local = "http://127.0.0.1:9/v1";

PlanRules rules_with(Saved saved = {}) {
  PlanRules rules;
  rules.trusted_hosts = trusting_loopback();
  rules.saved = std::make_shared<Saved>(std::move(saved));
  return rules;
}

Saved some_saved() {
  Saved saved;
  saved.add(virtual_key("team", "openai", "sk-of-the-team-123456"));
  saved.add(virtual_key("local", "ollama", "", "http://127.0.0.1:11434"));
  saved.add(virtual_key("gone", "imaginary", "sk-gone"));
  pk::config::VirtualKey archived = virtual_key("old", "openai", "sk-old");
  archived.archived = true;
  saved.add(std::move(archived));
  saved.add(saved_config("pc-pair", R"({"strategy":{"mode":"fallback"},"targets":[
      {"provider":"openai","api_key":"sk-1"},{"virtual_key":"team"}]})",
                         7));
  return saved;
}

Planned planned(const PlanAsk& ask, const PlanRules& rules = rules_with(some_saved())) {
  PlanOrRefusal made = make_plan(ask, rules);
  if (const auto* refusal = std::get_if<Refusal>(&made)) FAIL("refused: " << refusal->message);
  return std::get<Planned>(std::move(made));
}

Refusal refused(const PlanAsk& ask, const PlanRules& rules = rules_with(some_saved())) {
  PlanOrRefusal made = make_plan(ask, rules);
  REQUIRE(std::holds_alternative<Refusal>(made));
  Refusal refusal = std::get<Refusal>(std::move(made));
  CHECK(refusal.status == 400);
  CHECK_FALSE(refusal.counted_only);
  CHECK_FALSE(refusal.gateway_exception);
  return refusal;
}

PlanAsk ask_of(std::string_view provider, std::string_view config = "") {
  PlanAsk ask;
  ask.provider = provider;
  ask.config = config;
  return ask;
}

PlanAsk ask_config(std::string_view config) {
  return ask_of("", config);
}

// The one target of a plan that has one; it lives as long as the test's plans do.
const Target& only(const Planned& plan) {
  REQUIRE(plan->targets.size() == 1);
  return plan->targets[0];
}

std::string refusal_of(const Target& target) {
  return target.refusal ? target.refusal->message : "";
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("Each check of the reference has its text, and speaks in its order") {
  // Each line mends what the one before was refused for.
  PlanAsk ask;
  CHECK(refused(ask).message == "Either x-portkey-config or x-portkey-provider header is required");
  ask.provider = "nobody";
  ask.custom_host = "ftp://x";
  ask.config = "not json";
  CHECK(refused(ask).message == "Invalid provider passed");
  ask.provider = "";
  CHECK(refused(ask).message == "Invalid custom host");
  ask.custom_host = k_local;
  CHECK(refused(ask).message == "Invalid config passed. You need to pass a valid json");
  ask.config = R"({"retry":{}})";
  CHECK(refused(ask).message ==
        "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid "
        "config "
        "with provider details in it.");
  ask.provider = "openai";
  const Refusal schema = refused(ask);
  CHECK(schema.message == "Invalid config passed");
  CHECK(schema.errors == std::vector<std::string>{"path: retry,attempts, message: Required"});
  ask.config = R"({"retry":{"attempts":1},"options":[]})";
  CHECK(refused(ask).message ==
        "This version of config is not supported in this route. Please migrate to the latest version");
  ask.config = R"({"retry":{"attempts":1}})";
  CHECK(only(planned(ask)).provider->slug == "openai");
}

TEST_CASE("All schema errors are told at once") {
  const Refusal refusal =
      refused(ask_config(R"({"provider":1,"api_key":2,"retry":{},"forward_headers":[3]})"));
  CHECK(refusal.errors.size() == 4);
}

TEST_CASE("Content types that are taken") {
  for (const char* type : {"", "application/json", "Application/JSON; charset=utf-8",
                           "multipart/form-data; boundary=x", "audio/mpeg"})
    CHECK(content_type_ok(type));
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "application/xml", "image/png", "json"})
    CHECK_FALSE(content_type_ok(type));
}

TEST_CASE("A provider that pk does not offer is told apart from one that is none") {
  CHECK(holds(refused(ask_of("workers-ai")).message, "'workers-ai' is not offered"));
  CHECK(holds(refused(ask_of("@my-provider")).message, "no virtual key 'my-provider'"));
  for (const char* slug : {"nobody", "OpenAI", "openai ", "open\xff", "@"})
    CHECK(refused(ask_of(slug)).message.starts_with("Invalid provider passed"));
}

TEST_CASE("A request without a config has one target, asked once") {
  const Planned plan = planned(ask_of("groq"));
  CHECK(plan->is_plain());
  CHECK(plan->config_id.empty());
  CHECK(only(plan).provider->slug == "groq");
  CHECK(only(plan).node->path == "config");
  CHECK(only(plan).key_of_request);
  CHECK(only(plan).strict);
  CHECK_FALSE(only(plan).refusal);
}

TEST_CASE("What needs more than one attempt is no plain plan") {
  CHECK_FALSE(planned(ask_of("openai", R"({"retry":{"attempts":1}})"))->is_plain());
  CHECK_FALSE(planned(ask_config("pc-pair"))->is_plain());
  CHECK(planned(ask_of("openai", R"({"request_timeout":5})"))->is_plain());
}

TEST_CASE(
    "Defaults serve clients that say nothing: the key's before the settings', configs before providers") {
  PlanRules rules = rules_with(some_saved());
  rules.default_provider = "demo";
  CHECK(only(planned({}, rules)).provider->slug == "demo");
  rules.default_config = "pc-pair";
  CHECK(planned({}, rules)->config_id == "pc-pair");
  PlanAsk ask;
  ask.default_provider = "groq";
  CHECK(only(planned(ask, rules)).provider->slug == "groq");
  ask.default_config = "pc-pair";
  CHECK(planned(ask, rules)->targets.size() == 2);

  SECTION("but not those that say something") {
    for (const bool of_key : {false, true}) {
      PlanAsk named = of_key ? ask : PlanAsk();
      named.provider = "openai";
      CHECK(only(planned(named, rules)).provider->slug == "openai");
      named.provider = "";
      named.config = R"({"provider":"ollama","custom_host":"http://127.0.0.1:1"})";
      CHECK(only(planned(named, rules)).provider->slug == "ollama");
      named.config = "";
      named.virtual_key = "team";
      CHECK(only(planned(named, rules)).virtual_key == "vk-team");
      named.virtual_key = "";
      named.model_slug = "team";
      CHECK(only(planned(named, rules)).virtual_key == "vk-team");
    }
  }
  SECTION("and a default that is not there any more is named") {
    ask.default_config = "pc-was";
    CHECK(holds(refused(ask, rules).message, "no saved config 'pc-was'"));
    ask.default_config = "";
    ask.default_provider = "@was";
    CHECK(holds(refused(ask, rules).message, "no virtual key 'was'"));
  }
}

TEST_CASE("The default provider answers for a config that names none") {
  PlanRules rules = rules_with();
  rules.default_provider = "demo";
  Saved saved;
  saved.add(saved_config("pc-retry", R"({"retry":{"attempts":2}})"));
  rules.saved = std::make_shared<Saved>(std::move(saved));
  CHECK(only(planned(ask_config("pc-retry"), rules)).provider->slug == "demo");
  CHECK(holds(refusal_of(only(planned(ask_config("pc-retry"),
                                      [&] {
                                        rules.default_provider = "";
                                        return rules;
                                      }()))),
              "names no provider"));
}

TEST_CASE("A virtual key is found by header, @slug, config, model and overridden model") {
  PlanAsk by_header, by_model = ask_of(""), by_slug = ask_of("@team");
  by_header.virtual_key = "vk-team";
  by_model.model_slug = "team";
  PlanAsk by_name;
  by_name.virtual_key = "team";
  const std::vector<PlanAsk> asks = {by_header,
                                     by_name,
                                     by_slug,
                                     by_model,
                                     ask_config(R"({"virtual_key":"team"})"),
                                     ask_config(R"({"virtual_key":"vk-team"})"),
                                     ask_config(R"({"provider":"@team"})"),
                                     ask_of("@team", R"({"passthrough":true})"),
                                     ask_of("@team", R"({"retry":{"attempts":1}})")};
  for (const PlanAsk& ask : asks) {
    INFO(ask.config << ' ' << ask.provider << ' ' << ask.model_slug);
    const Planned plan = planned(ask);
    CHECK(only(plan).virtual_key == "vk-team");
    CHECK(only(plan).provider->slug == "openai");
    CHECK(only(plan).key == "sk-of-the-team-123456");
    CHECK_FALSE(only(plan).key_of_request);
    CHECK(only(plan).model_slug == ask.model_slug);
  }
  // What an override says goes before what the client's model says.
  PlanAsk overridden = ask_config(R"({"provider":"@local"})");
  overridden.config = R"({"override_params":{"model":"@local/llama"}})";
  overridden.model_slug = "team";
  CHECK(only(planned(overridden)).virtual_key == "vk-local");
  CHECK(only(planned(overridden)).model_slug == "local");
}

TEST_CASE("A model's slug is asked for last: a target or a header that names somebody goes before it") {
  PlanAsk ask = ask_of("groq");
  ask.model_slug = "team";
  CHECK(only(planned(ask)).provider->slug == "groq");
  CHECK(only(planned(ask)).model_slug.empty());
  ask = ask_config(R"({"provider":"openai","api_key":"k"})");
  ask.model_slug = "local";
  CHECK(only(planned(ask)).provider->slug == "openai");
}

TEST_CASE("A model that only looks like @slug/name goes to the default provider") {
  PlanRules rules = rules_with(some_saved());
  PlanAsk ask;
  ask.model_slug = "preset";  // "@preset/mine" is a name that OpenRouter gives
  CHECK(holds(refusal_of(only(planned(ask, rules))), "no virtual key 'preset'"));
  rules.default_provider = "openrouter";
  CHECK(only(planned(ask, rules)).provider->slug == "openrouter");
  CHECK(only(planned(ask, rules)).model_slug.empty());
  rules.default_provider = "";
  ask.default_provider = "openrouter";
  CHECK(only(planned(ask, rules)).provider->slug == "openrouter");
}

TEST_CASE("A virtual key that cannot be used is a refusal of its target alone, and says why") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"nobody", "there is no virtual key 'nobody'"},
      {"old", "the virtual key 'old' is archived"},
      {"vk-old", "the virtual key 'old' is archived"},
      {"gone", "of a provider that this version does not offer"}};
  for (const auto& [name, why] : cases) {
    INFO(name);
    const std::string config = R"({"strategy":{"mode":"fallback"},"targets":[{"virtual_key":")" +
                               std::string(name) + R"("},{"virtual_key":"team"}]})";
    const Planned plan = planned(ask_config(config));
    REQUIRE(plan->targets.size() == 2);
    CHECK(holds(refusal_of(plan->targets[0]), why));
    CHECK_FALSE(plan->targets[1].refusal);
  }
}

TEST_CASE("A target's prompt is found, and asks whom it names where the target names nobody") {
  Saved saved = some_saved();
  saved.add(saved_prompt("a", R"({"prompt":"x","virtual_key":"team"})"));
  saved.add(saved_prompt("b", R"({"prompt":"x","model":"@team/gpt"})"));
  saved.add(saved_prompt("c", R"({"prompt":"x"})"));
  const PlanRules rules = rules_with(std::move(saved));
  const auto target = [&](std::string_view provider, std::string_view config) {
    return only(planned(ask_of(provider, config), rules));
  };
  CHECK(target("", R"({"prompt_id":"pp-a"})").virtual_key == "vk-team");
  CHECK(target("", R"({"prompt_id":"a@1"})").prompt->version == 1);
  CHECK(target("", R"({"prompt_id":"pp-a","virtual_key":"local"})").virtual_key == "vk-local");
  CHECK(target("", R"({"prompt_id":"b"})").virtual_key == "vk-team");
  CHECK(target("", R"({"prompt_id":"b"})").model_slug == "team");
  CHECK(target("demo", R"({"prompt_id":"c"})").provider->slug == "demo");
  CHECK(
      holds(refusal_of(target("openai", R"({"prompt_id":"pp-1"})")), "prompt_id: there is no prompt 'pp-1'"));
}

TEST_CASE("A saved config is found by its id and named in the plan") {
  const Planned plan = planned(ask_config("pc-pair"));
  CHECK(plan->config_id == "pc-pair");
  CHECK(plan->config_version == 7);
  REQUIRE(plan->targets.size() == 2);
  CHECK(plan->targets[0].key == "sk-1");
  CHECK(plan->targets[1].virtual_key == "vk-team");
  CHECK(plan->targets[1].node->path == "config.targets[1]");
  CHECK(holds(refused(ask_config("pc-none")).message, "There is no saved config 'pc-none'"));
  CHECK_FALSE(holds(refused(ask_config("pc-\x1b[31m")).message, "\x1b"));
}

TEST_CASE("What tells configs apart is short, and another one for each version and text") {
  const auto key_of_version = [](std::int64_t version) {
    Saved saved;
    saved.add(saved_config("pc-one", R"({"provider":"demo"})", version));
    return planned(ask_config("pc-one"), rules_with(std::move(saved)))->config_key;
  };
  CHECK(key_of_version(1) == key_of_version(1));
  CHECK(key_of_version(1) != key_of_version(2));
  std::string config = R"({"provider":"openai","api_key":"k"})";
  const std::string key = planned(ask_config(config))->config_key;
  CHECK(key.size() == 16);
  CHECK(planned(ask_config(std::string(config)))->config_key == key);
  CHECK(planned(ask_config(config + " "))->config_key != key);
  CHECK(planned(ask_of("openai"))->config_key.empty());
}

TEST_CASE("A plan outlives the rules that it was made by") {
  PlanRules rules = rules_with(some_saved());
  const Planned plan = planned(ask_config("pc-pair"), rules);
  rules = rules_with();
  CHECK(plan->root->targets.size() == 2);
  CHECK(plan->targets[1].node->virtual_key == "team");
}

TEST_CASE("Headers beat the config for the host; the config's provider and key stand") {
  PlanAsk ask =
      ask_of("groq", R"({"provider":"openai","api_key":"config-key","custom_host":"http://127.0.0.1:2"})");
  const Planned by_config = planned(ask);
  CHECK(only(by_config).provider->slug == "openai");
  CHECK(only(by_config).key == "config-key");
  CHECK_FALSE(only(by_config).key_of_request);
  CHECK(only(by_config).custom_host == "http://127.0.0.1:2");
  CHECK(only(by_config).host_trust == Trust::loopback);
  ask.custom_host = "https://elsewhere.com/v1";
  const Planned by_header = planned(ask);
  CHECK(only(by_header).custom_host == "https://elsewhere.com/v1");
  CHECK(only(by_header).host_trust == Trust::none);
}

TEST_CASE("The host is the request's, else the config's, else the virtual key's, else the provider's") {
  PlanAsk ask = ask_config(R"({"virtual_key":"local","custom_host":"http://127.0.0.1:2"})");
  CHECK(only(planned(ask)).custom_host == "http://127.0.0.1:2");
  ask.custom_host = k_local;
  CHECK(only(planned(ask)).custom_host == k_local);
  ask = ask_of("@local");
  CHECK(only(planned(ask)).custom_host == "http://127.0.0.1:11434");
  CHECK(only(planned(ask)).host_trust == Trust::loopback);
  CHECK(only(planned(ask_of("openai"))).custom_host.empty());
  CHECK(only(planned(ask_of("openai"))).host_trust == Trust::none);
}

TEST_CASE("The request's key is for the provider that it is meant for, and for no other") {
  struct Case {
    const char* title;
    const char* provider;
    const char* config;
    std::vector<bool> of_request;  // by target
  };
  const std::vector<Case> cases = {
      {"no config", "openai", "", {true}},
      {"a config without a provider", "openai", R"({"retry":{"attempts":1}})", {true}},
      {"a key in the config", "openai", R"({"api_key":"k","retry":{"attempts":1}})", {false}},
      {"a config with a provider and no key", "", R"({"provider":"openai","request_timeout":1})", {true}},
      {"the same one in both", "openai", R"({"provider":"openai","request_timeout":1})", {true}},
      {"another in the header", "groq", R"({"provider":"openai","request_timeout":1})", {false}},
      {"a virtual key in the header", "@team", R"({"provider":"openai","request_timeout":1})", {false}},
      {"two hosts of one provider",
       "",
       R"({"strategy":{"mode":"fallback"},"request_timeout":1,"targets":[
          {"provider":"openai","custom_host":"http://127.0.0.1:1"},
          {"provider":"openai","custom_host":"http://127.0.0.1:2"}]})",
       {true, true}},
      {"two providers",
       "",
       R"({"strategy":{"mode":"fallback"},"targets":[
          {"provider":"openai","request_timeout":1},{"provider":"groq","request_timeout":1}]})",
       {false, false}},
      {"two providers, of which one has its key",
       "",
       R"({"strategy":{"mode":"fallback"},"targets":[
          {"provider":"openai","api_key":"k"},{"provider":"groq","request_timeout":1}]})",
       {false, true}},
      {"a virtual key in the config", "", R"({"virtual_key":"team"})", {false}},
  };
  for (const Case& c : cases) {
    INFO(c.title);
    const Planned plan = planned(ask_of(c.provider, c.config));
    REQUIRE(plan->targets.size() == c.of_request.size());
    for (std::size_t i = 0; i < plan->targets.size(); ++i)
      CHECK(plan->targets[i].key_of_request == c.of_request[i]);
  }
}

TEST_CASE("Under a config of the request the one that the prompt names is only the open targets'") {
  const auto of_request = [](std::string_view provider, const std::string& targets) {
    const std::string config = R"({"strategy":{"mode":"fallback"},"targets":[)" + targets + "]}";
    PlanAsk ask = ask_of(provider, config);
    ask.named_by_prompt = true;
    std::vector<bool> of;
    const auto plan = planned(ask);
    for (const auto& target : plan->targets) of.push_back(target.key_of_request);
    return of;
  };
  using Of = std::vector<bool>;
  const std::string openai = R"({"provider":"openai","request_timeout":1})",
                    open = R"({"request_timeout":1})";
  CHECK(of_request("groq", openai) == Of{true});
  CHECK(of_request("@team", openai) == Of{true});
  CHECK(of_request("@team", openai + "," + open) == Of{true, false});
  CHECK(of_request("groq", openai + "," + open) == Of{false, true});
  CHECK(of_request("openai", openai + "," + open) == Of{true, true});
}

TEST_CASE(
    "Options come from the config, then the virtual key, then the request's headers for whom it names") {
  Saved saved;
  pk::config::VirtualKey key = virtual_key("aws", "bedrock", "secret");
  key.options = {{"aws_region", "eu-west-1"}, {"aws_access_key_id", "AKIA"}};
  saved.add(std::move(key));
  const PlanRules rules = rules_with(std::move(saved));
  using pk::provider::option;

  PlanAsk ask = ask_config(R"({"virtual_key":"aws","aws_region":"us-east-1"})");
  ask.options = {{"aws_region", "ap-south-1"}, {"aws_session_token", "of the request"}};
  const Planned by_key = planned(ask, rules);
  CHECK(option(only(by_key).options, "aws_region") == "us-east-1");
  CHECK(option(only(by_key).options, "aws_access_key_id") == "AKIA");
  CHECK(option(only(by_key).options, "aws_session_token").empty());

  PlanAsk azure = ask_of("azure-openai");
  azure.options = {{"azure_resource_name", "acme"}, {"azure_deployment_id", "d"}};
  CHECK(option(only(planned(azure, rules)).options, "azure_resource_name") == "acme");
  // A provider of the config's own is not told what the request says of another.
  azure.config = R"({"provider":"openai","api_key":"k"})";
  CHECK(only(planned(azure, rules)).options.empty());
}

TEST_CASE("Strict compliance is off where the header or the config says so") {
  PlanAsk ask = ask_of("openai", R"({"strict_open_ai_compliance":false,"request_timeout":1})");
  CHECK_FALSE(only(planned(ask)).strict);
  ask.config = R"({"strict_open_ai_compliance":true,"request_timeout":1})";
  CHECK(only(planned(ask)).strict);
  ask.strict_off = true;
  CHECK_FALSE(only(planned(ask)).strict);
}

TEST_CASE("The targets of nested strategies stand in the order of the text") {
  const Planned plan = planned(ask_config(R"({"strategy":{"mode":"loadbalance"},"targets":[
      {"strategy":{"mode":"fallback"},"targets":[{"provider":"openai","api_key":"a"},{"provider":"groq","api_key":"b"}]},
      {"provider":"anthropic","api_key":"c"}]})"));
  REQUIRE(plan->targets.size() == 3);
  CHECK(plan->targets[0].node->path == "config.targets[0].targets[0]");
  CHECK(plan->targets[1].key == "b");
  CHECK(plan->targets[2].node->path == "config.targets[1]");
  for (std::size_t i = 0; i < 3; ++i) CHECK(plan->targets[i].node->leaf_begin == i);
}

TEST_CASE("Refusals are text, whatever bytes the headers held") {
  for (const char* bytes :
       {"\xff", "\xc3", "\x80\x80", "\x1b[2J", "{\"provider\":\"\xff\"}", "@\xff", "pc-\xff"})
    for (int where = 0; where < 4; ++where) {
      PlanAsk ask;
      (where == 0   ? ask.provider
       : where == 1 ? ask.config
       : where == 2 ? ask.custom_host
                    : ask.virtual_key) = bytes;
      if (where == 2) ask.provider = "openai";
      PlanOrRefusal made = make_plan(ask, rules_with(some_saved()));
      const auto* plan = std::get_if<Planned>(&made);
      const std::string message = plan ? refusal_of(only(*plan)) : std::get<Refusal>(made).message;
      CHECK(pk::is_utf8(message));
      CHECK(message.find('\x1b') == std::string::npos);
    }
}
