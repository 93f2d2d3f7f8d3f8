#include "config/config_schema.h"

#include "config/config_samples.h"

namespace pk::config {
namespace {

using samples::bad;
using samples::error_of;
using samples::good;

constexpr std::string_view k_not_enough =
    "Invalid configuration. It must have either 'provider' and 'api_key', or 'strategy' and 'targets', or "
    "'cache', or 'retry', or 'request_timeout'";

TEST_CASE("A config of one target is read whole") {
  const Node root = good(R"({
    "provider":"openai","api_key":"sk-1","name":"mine","weight":2.5,"virtual_key":"vk-1","passthrough":true,
    "prompt_id":"pp-1","custom_host":"http://127.0.0.1:1/v1","request_timeout":500,
    "forward_headers":["X-A","x-b"],"strict_open_ai_compliance":false,
    "override_params":{"temperature":0.70,"seed":12345678901234567890,"a":1,"a":2},
    "default_params":{"max_tokens":5},"drop_params":["user","","messages[*].name"],
    "cache":{"mode":"semantic","max_age":60},
    "retry":{"attempts":3,"on_status_codes":[429,500],"use_retry_after_headers":true},
    "cb_config":{"failure_threshold":3,"failure_threshold_percentage":20,"minimum_requests":10,
                 "cooldown_interval":60000,"failure_status_codes":[503]},
    "openaiOrganization":"org","resource_name":"acme","fetch_integrated_models":true,"unknown":{"x":1}})")
                        .root;
  CHECK(root.path == "config");
  CHECK(root.is_target());
  CHECK(root.provider == "openai");
  CHECK(root.api_key.reveal() == "sk-1");
  CHECK(root.name == "mine");
  CHECK(root.weight == 2.5);
  CHECK(root.virtual_key == "vk-1");
  CHECK(root.passthrough);
  CHECK(root.prompt_id == "pp-1");
  CHECK(root.leaf_begin == 0);
  CHECK(root.leaf_end == 1);
  const Inherited& in = root.inherited;
  CHECK(in.custom_host == "http://127.0.0.1:1/v1");
  CHECK(in.request_timeout_ms == 500);
  CHECK(in.forward_headers == std::vector<std::string>{"X-A", "x-b"});
  CHECK(in.strict_open_ai_compliance == false);
  CHECK(in.edits.override_params ==
        BodyMembers{{"temperature", "0.70"}, {"seed", "12345678901234567890"}, {"a", "2"}});
  CHECK(in.edits.default_params == BodyMembers{{"max_tokens", "5"}});
  CHECK(in.edits.drop_params == std::vector<std::string>{"user", "messages[*].name"});
  CHECK(in.cache == CacheRule{CacheRule::Mode::semantic, 60});
  CHECK(in.retry == Retry{3, std::vector<int>{429, 500}, true});
  CHECK(in.breaker == Breaker{3, 20.0, 10, 60'000, {503}});
  CHECK(root.options == std::vector<std::pair<std::string, std::string>>{{"openai_organization", "org"},
                                                                         {"azure_resource_name", "acme"}});
}

TEST_CASE("Options keep one value a name, objects as their text") {
  const Node root =
      good(R"({"provider":"azure-openai","api_key":"k","resource_name":"a","azureResourceName":"b",
    "azure_extra_params":{"x": 1},"azure_api_version":2024,"aws_region":null})")
          .root;
  CHECK(root.options == std::vector<std::pair<std::string, std::string>>{{"azure_resource_name", "b"},
                                                                         {"azure_extra_params", "{\"x\": 1}"},
                                                                         {"azure_api_version", "2024"}});
}

TEST_CASE("Both spellings of use_retry_after_header count") {
  for (const char* key : {"use_retry_after_header", "use_retry_after_headers", "useRetryAfterHeader"}) {
    const auto text = std::string(R"({"provider":"demo","retry":{"attempts":1,")") + key + "\":true}}";
    CHECK(good(text).root.inherited.retry->use_retry_after);
  }
  CHECK_FALSE(good(R"({"provider":"demo","retry":{"attempts":0}})").root.inherited.retry->use_retry_after);
}

TEST_CASE("Each of these says enough to be a config") {
  for (const char* text :
       {R"({"provider":"openai","api_key":"k"})", R"({"provider":"openai","virtual_key":"v"})",
        R"({"provider":"@mine"})", R"({"virtual_key":"v"})", R"({"provider":"demo"})",
        R"({"provider":"ollama"})", R"({"provider":"openai","custom_host":"http://127.0.0.1/v1"})",
        R"({"prompt_id":"pp-1"})", R"({"provider":"openai","request_timeout":1})",
        R"({"provider":"openai","forward_headers":[]})", R"({"provider":"openai","cache":{"mode":"simple"}})",
        R"({"provider":"openai","retry":{"attempts":1}})", R"({"provider":"openai","drop_params":["user"]})",
        R"({"override_params":{"model":"@mine/gpt"}})", R"({"provider":"openai","default_params":{}})",
        R"({"passthrough":true})", R"({"provider":"azure-openai","azure_auth_mode":"managed"})",
        R"({"strategy":{"mode":"single"},"targets":[{"provider":"demo"}]})",
        R"({"strategy":{"mode":"single"},"provider":"demo"})"}) {
    good(text);
  }
  for (const char* text : {R"({"request_timeout":1})", R"({"override_params":{"model":"m"}})",
                           R"({"retry":{"attempts":1}})", R"({"cache":{"mode":"simple"}})"})
    good(text, true);
}

TEST_CASE("An object that says too little is the reference's error, nested ones too") {
  for (const char* text : {R"({"provider":"openai"})", R"({"provider":"openai","name":"x","weight":1})"})
    CHECK(error_of(text) == std::string("path: , message: ").append(k_not_enough));
  for (const char* text :
       {R"({})", R"({"api_key":"k"})", R"({"metadata":{}})", R"({"azure_resource_name":"n"})"})
    CHECK(error_of(text, true) == std::string("path: , message: ").append(k_not_enough));
  CHECK(
      error_of(R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"openai"},{"provider":"demo"}]})") ==
      std::string("path: targets,0, message: ").append(k_not_enough));
}

TEST_CASE("A value of a wrong type or range is named with its path") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"({"provider":5})", "path: provider, message: Expected string, received number"},
      {R"({"provider":null})", "path: provider, message: Expected string, received null"},
      {R"({"provider":"demo","api_key":{}})", "path: api_key, message: Expected string, received object"},
      {R"({"provider":"demo","request_timeout":"5"})",
       "path: request_timeout, message: Expected number, received string"},
      {R"({"provider":"demo","request_timeout":1.5})",
       "path: request_timeout, message: Expected integer, received float"},
      {R"({"provider":"demo","request_timeout":-1})",
       "path: request_timeout, message: Number must be greater than or equal to 0"},
      {R"({"provider":"demo","forward_headers":"x"})",
       "path: forward_headers, message: Expected array, received string"},
      {R"({"provider":"demo","custom_host":"http://10.0.0.1"})",
       "path: custom_host, message: Invalid custom host"},
      {R"({"provider":"demo","huggingface_base_url":"http://169.254.169.254"})",
       "path: huggingface_base_url, message: Invalid custom host"},
      {R"({"provider":"demo","forward_headers":["X-Portkey-Forward-Headers"]})",
       "path: forward_headers, message: forward_headers must not contain the 'x-portkey-forward-headers' "
       "header"},
      {R"({"provider":"demo","weight":-1})",
       "path: weight, message: Number must be greater than or equal to 0"},
      {R"({"provider":"demo","weight":"1"})", "path: weight, message: Expected number, received string"},
      {R"({"provider":"demo","passthrough":1})",
       "path: passthrough, message: Expected boolean, received number"},
      {R"({"provider":"demo","override_params":[]})",
       "path: override_params, message: Expected object, received array"},
      {R"({"provider":"demo","retry":{}})", "path: retry,attempts, message: Required"},
      {R"({"provider":"demo","retry":[]})", "path: retry, message: Expected object, received array"},
      {R"({"provider":"demo","retry":{"attempts":"3"}})",
       "path: retry,attempts, message: Expected number, received string"},
      {R"({"provider":"demo","retry":{"attempts":6}})",
       "path: retry,attempts, message: Number must be less than or equal to 5"},
      {R"({"provider":"demo","retry":{"attempts":1,"on_status_codes":[429,"5xx"]}})",
       "path: retry,on_status_codes,1, message: Expected number, received string"},
      {R"({"provider":"demo","cache":{"mode":"big"}})",
       "path: cache,mode, message: Invalid 'cache.mode' value. Must be one of: simple, semantic"},
      {R"({"provider":"demo","cache":{}})", "path: cache,mode, message: Required"},
      {R"({"provider":"demo","cache":{"mode":"simple","max_age":0}})",
       "path: cache,max_age, message: Number must be greater than or equal to 1"},
      {R"({"provider":"demo","cache":{"mode":"simple","max_age":7776001}})",
       "path: cache,max_age, message: Number must be less than or equal to 7776000"},
      {R"({"provider":"bedrock","api_key":"k"})",
       "path: provider, message: 'bedrock' is not offered by this version"},
      {R"({"provider":"OpenAI","api_key":"k"})",
       "path: provider, message: Invalid 'provider' value. Must be one of: anthropic, azure-openai, demo, "
       "ollama, "
       "openai"},
  };
  for (const auto& [text, error] : cases) {
    INFO(text);
    CHECK(error_of(text) == error);
  }
  CHECK(error_of(R"({"provider":"@"})").starts_with("path: provider, message: Invalid 'provider' value."));
}

TEST_CASE("Hooks, guardrails and mutators are refused by name at every depth") {
  for (const char* key :
       {"before_request_hooks", "after_request_hooks", "input_guardrails", "output_guardrails",
        "input_mutators", "output_mutators", "default_input_guardrails", "default_output_guardrails"}) {
    const std::string member = std::string(",\"") + key + "\":[]}";
    const std::string says = std::string(key) + ", message: '" + key + "' is not offered";
    CHECK(error_of(R"({"provider":"demo")" + member) == "path: " + says);
    CHECK(error_of(R"({"strategy":{"mode":"fallback"},"targets":[{"provider":"demo"},{"provider":"demo")" +
                   member + "]}") == "path: targets,1," + says);
  }
  CHECK(error_of(R"({"provider":"demo","inputGuardrails":null})") ==
        "path: input_guardrails, message: 'input_guardrails' is not offered");
}

TEST_CASE("All errors are told at once, strategy first") {
  const ConfigProblem problem = bad(R"({"retry":{},"strategy":{"mode":"x"},"cache":{"mode":1},
      "targets":[{"provider":1,"api_key":2},7,{"provider":"openai"}],"weight":"w"})");
  CHECK(problem.message == "Invalid config passed");
  CHECK(problem.errors ==
        std::vector<std::string>{"path: strategy,mode, message: Invalid 'mode' value. Must be one of: "
                                 "single, loadbalance, fallback, "
                                 "conditional",
                                 "path: weight, message: Expected number, received string",
                                 "path: cache,mode, message: Expected string, received number",
                                 "path: retry,attempts, message: Required",
                                 "path: targets,0,provider, message: Expected string, received number",
                                 "path: targets,0,api_key, message: Expected string, received number",
                                 "path: targets,1, message: Expected object, received number",
                                 std::string("path: targets,2, message: ").append(k_not_enough)});
}

TEST_CASE("Targets are named by their path and numbered in the order of the text") {
  const Node root = good(R"({"strategy":{"mode":"fallback"},"targets":[
      {"provider":"demo"},
      {"strategy":{"mode":"loadbalance"},"targets":[{"provider":"demo"},{"provider":"ollama","weight":0.5}]},
      {"provider":"@x"}]})")
                        .root;
  CHECK(root.leaf_end == 4);
  REQUIRE(root.targets.size() == 3);
  const Node& nested = root.targets[1];
  CHECK(nested.mode == Mode::loadbalance);
  CHECK(nested.path == "config.targets[1]");
  CHECK(nested.leaf_begin == 1);
  CHECK(nested.leaf_end == 3);
  CHECK(nested.targets[1].path == "config.targets[1].targets[1]");
  CHECK(nested.targets[1].weight == 0.5);
  CHECK(nested.targets[1].leaf_begin == 2);
  CHECK(root.targets[2].leaf_begin == 3);
}

TEST_CASE("Depth and number of targets have an end") {
  std::string deep = R"({"provider":"demo"})";
  for (std::size_t i = 0; i < k_config_depth_max; ++i)
    deep = R"({"strategy":{"mode":"single"},"targets":[)" + deep + "]}";
  CHECK(good(deep).root.leaf_end == 1);
  const ConfigProblem problem = bad(R"({"strategy":{"mode":"single"},"targets":[)" + deep + "]}");
  CHECK(problem.errors.at(0).find("targets may be nested 8 deep at most") != std::string::npos);

  const auto wide = [](std::size_t count, std::string_view target) {
    std::string text = R"({"strategy":{"mode":"loadbalance"},"targets":[)";
    for (std::size_t i = 0; i < count; ++i) text.append(i == 0 ? "" : ",").append(target);
    return text + "]}";
  };
  CHECK(good(wide(k_config_targets_max, R"({"provider":"demo"})")).root.leaf_end == k_config_targets_max);
  CHECK(error_of(wide(k_config_targets_max + 1, R"({"provider":"demo"})")) ==
        "path: targets, message: Array must contain at most 256 element(s)");
  CHECK(error_of(wide(17, wide(16, R"({"provider":"demo"})"))) ==
        "path: , message: a config may have 256 targets at most");
}

TEST_CASE("A target has so many options and no more; one that stands twice is one") {
  const auto with_options = [](std::size_t count, std::size_t more_of_the_first) {
    std::string text = R"({"provider":"demo")";
    for (std::size_t i = 0; i < count; ++i) text += ",\"aws_option_" + std::to_string(i) + "\":\"x\"";
    for (std::size_t i = 0; i < more_of_the_first; ++i) text += R"(,"aws_option_0":"y")";
    return text + "}";
  };
  CHECK(good(with_options(k_config_options_max, 10)).root.options.size() == k_config_options_max);
  const std::string said = "path: , message: a target may have 64 options at most";
  CHECK(bad(with_options(k_config_options_max + 1, 0)).errors == std::vector<std::string>{said});
  CHECK(bad(with_options(10'000, 0)).errors == std::vector<std::string>{said});
}

TEST_CASE("Lists of parameters have an end") {
  std::string params = R"("p":0)";
  for (std::size_t i = 0; i < k_params_max; ++i) params += ",\"p" + std::to_string(i) + "\":0";
  CHECK(error_of(R"({"provider":"demo","override_params":{)" + params + "}}") ==
        "path: override_params, message: Object must contain at most 256 member(s)");
}

}  // namespace
}  // namespace pk::config
