#include "gateway/single_config.h"

#include "support/catch.h"

using pk::config::TrustedHosts;
using pk::gateway::read_config;
using pk::gateway::Refusal;
using pk::gateway::SingleConfig;

namespace {

std::optional<Refusal> refusal_of(std::string_view text, bool provider_header = false) {
  SingleConfig config;
  return read_config(text, provider_header, TrustedHosts::make(true, {}).value(), config);
}

// The one schema error, without more around it.
std::string error_of(std::string_view text, bool provider_header = false) {
  const auto refusal = refusal_of(text, provider_header);
  REQUIRE(refusal);
  CHECK(refusal->status == 400);
  CHECK(refusal->message == "Invalid config passed");
  REQUIRE(refusal->errors.size() == 1);
  return refusal->errors[0];
}

}  // namespace

TEST_CASE("A config of one target is read") {
  SingleConfig config;
  CHECK_FALSE(read_config(R"({"provider":"openai","api_key":"sk-1","custom_host":"http://127.0.0.1:1/v1",
                              "request_timeout":500,"forward_headers":["X-A","x-b"],"name":"mine","weight":1})",
                          false, TrustedHosts::make(true, {}).value(), config));
  CHECK(config.provider == "openai");
  CHECK(config.api_key == "sk-1");
  CHECK(config.custom_host == "http://127.0.0.1:1/v1");
  CHECK(config.request_timeout_ms == 500);
  CHECK(config.forward_headers == std::vector<std::string>{"X-A", "x-b"});
}

TEST_CASE("Each of these says enough to be a config") {
  for (const char* text :
       {R"({"provider":"openai","api_key":"k"})",
        R"({"provider":"openai","custom_host":"http://127.0.0.1/v1"})",
        R"({"provider":"openai","request_timeout":1})", R"({"provider":"openai","forward_headers":[]})",
        R"({"provider":"demo"})", R"({"provider":"ollama"})", R"({"provider":"triton"})"}) {
    INFO(text);
    CHECK_FALSE(refusal_of(text));
  }
  CHECK_FALSE(refusal_of(R"({"request_timeout":1})", true));
}

TEST_CASE("A config that says too little is the reference's error") {
  for (const char* text : {R"({"provider":"openai"})", R"({"provider":"openai","name":"x"})"})
    CHECK(error_of(text).find("Invalid configuration. It must have either") != std::string::npos);
  for (const char* text : {R"({})", R"({"api_key":"k"})", R"({"metadata":{}})"})
    CHECK(error_of(text, true).find("Invalid configuration. It must have either") != std::string::npos);
}

TEST_CASE("What is no JSON object is no config") {
  for (const char* text :
       {"not json", "{", "{\"provider\":\"demo\"} x", "[]", "\"demo\"", "null", "7", "{'a':1}"}) {
    INFO(text);
    const auto refusal = refusal_of(text, true);
    REQUIRE(refusal);
    CHECK(refusal->message == "Invalid config passed. You need to pass a valid json");
    CHECK(refusal->errors.empty());
  }
  CHECK(refusal_of(std::string(100'000, '['), true));
}

TEST_CASE("A config without a provider needs one in the header") {
  const auto refusal = refusal_of(R"({"api_key":"k"})");
  REQUIRE(refusal);
  CHECK(refusal->message ==
        "Either x-portkey-provider needs to be passed. Or the x-portkey-config header should have a valid "
        "config with provider details in it.");
}

TEST_CASE("A saved config that is not there is named") {
  const auto refusal = refusal_of("pc-my-config");
  REQUIRE(refusal);
  CHECK(refusal->message.find("pc-my-config") != std::string::npos);
}

TEST_CASE("A value of a wrong type is named with its path and both types") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"({"provider":5})", "path: provider, message: Expected string, received number"},
      {R"({"provider":null})", "path: provider, message: Expected string, received null"},
      {R"({"provider":"demo","api_key":{}})", "path: api_key, message: Expected string, received object"},
      {R"({"provider":"demo","api_key":true})", "path: api_key, message: Expected string, received boolean"},
      {R"({"provider":"demo","request_timeout":"5"})",
       "path: request_timeout, message: Expected number, received string"},
      {R"({"provider":"demo","forward_headers":"x"})",
       "path: forward_headers, message: Expected array, received string"},
      {R"({"provider":"demo","forward_headers":["x",1]})",
       "path: forward_headers,1, message: Expected string, received number"},
      {R"({"provider":"demo","custom_host":[]})",
       "path: custom_host, message: Expected string, received array"},
  };
  for (const auto& [text, error] : cases) {
    INFO(text);
    CHECK(error_of(text) == error);
  }
  CHECK(error_of(R"({"provider":"demo","request_timeout":1.5})")
            .starts_with("path: request_timeout, message: "));
}

TEST_CASE("A provider that is none names those that are") {
  for (const char* text : {R"({"provider":"nobody","api_key":"k"})", R"({"provider":"","request_timeout":5})",
                           R"({"provider":"OpenAI","api_key":"k"})"}) {
    INFO(text);
    const std::string error = error_of(text);
    CHECK(error.starts_with("path: provider, message: Invalid 'provider' value. Must be one of: "));
    CHECK(error.find("openai") != std::string::npos);
  }
  CHECK(error_of(R"({"provider":"bedrock","api_key":"k"})") ==
        "path: provider, message: 'bedrock' is not offered by this version");
  CHECK(error_of(R"({"provider":"@mine","api_key":"k"})") ==
        "path: provider, message: '@mine' is not offered by this version");
}

TEST_CASE("Values are checked beside their types") {
  CHECK(error_of(R"({"provider":"openai","custom_host":"http://10.0.0.1"})") ==
        "path: custom_host, message: Invalid custom host");
  CHECK(error_of(R"({"provider":"demo","forward_headers":["X-Portkey-Forward-Headers"]})") ==
        "path: forward_headers, message: forward_headers must not contain the 'x-portkey-forward-headers' "
        "header");
}

TEST_CASE("What this version does not do is refused by name, never taken and ignored") {
  for (const char* key :
       {"strategy", "targets", "retry", "cache", "override_params", "default_params", "drop_params",
        "passthrough", "virtual_key", "prompt_id", "before_request_hooks", "after_request_hooks",
        "input_guardrails", "output_guardrails", "input_mutators", "output_mutators"}) {
    INFO(key);
    const std::string text = R"({"provider":"demo",")" + std::string(key) + R"(":[]})";
    CHECK(error_of(text) == "path: " + std::string(key) + ", message: '" + std::string(key) +
                                "' is not offered by this version");
  }
}

TEST_CASE("All errors are told at once") {
  const auto refusal = refusal_of(R"({"provider":1,"api_key":2,"retry":{},"forward_headers":[3]})");
  REQUIRE(refusal);
  CHECK(refusal->errors.size() == 4);
}

TEST_CASE("A config of the old kind is sent to the new one") {
  const auto refusal = refusal_of(R"({"provider":"demo","options":[]})");
  REQUIRE(refusal);
  CHECK(refusal->message ==
        "This version of config is not supported in this route. Please migrate to the latest version");
}
