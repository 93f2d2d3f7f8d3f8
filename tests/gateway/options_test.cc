#include "gateway/options.h"

#include "support/catch.h"

using pk::gateway::CallOptions;
using pk::gateway::is_own_key;
using pk::gateway::read_metadata;
using pk::gateway::read_options;
using pk::http::Headers;
using pk::log::Metadata;

TEST_CASE("Without headers nothing is asked for, and the call is tracked") {
  const CallOptions options = read_options({});
  CHECK(options.provider.empty());
  CHECK(options.config.empty());
  CHECK(options.key.empty());
  CHECK(options.trace_id.empty());
  CHECK(options.metadata.empty());
  CHECK_FALSE(options.request_timeout_ms);
  CHECK(options.tracked);
  CHECK(options.virtual_key.empty());
  CHECK(options.own_key.empty());
  CHECK_FALSE(options.strict_off);
  CHECK(options.provider_options.empty());
}

TEST_CASE("Each header of the family is read, in any case, without the space around it") {
  const Headers headers = {
      {"X-Portkey-Provider", " openai "},
      {"x-portkey-config", "{} "},
      {"X-PORTKEY-CUSTOM-HOST", "http://127.0.0.1/v1"},
      {"x-portkey-trace-id", " t1"},
      {"x-portkey-span-id", "s1"},
      {"x-portkey-parent-span-id", "p1"},
      {"x-portkey-span-name", "a name"},
      {"x-portkey-metadata", R"({"a":"b"})"},
      {"x-portkey-forward-headers", "X-A, x-b ,,"},
      {"x-portkey-sensitive-headers", "x-a"},
      {"x-portkey-request-timeout", "1500"},
      {"x-portkey-debug", "false"},
      {"x-portkey-virtual-key", " vk-1 "},
      {"x-portkey-api-key", " pk-own "},
      {"x-portkey-strict-open-ai-compliance", " false"},
      {"X-Portkey-Azure-Resource-Name", " acme "},
      {"x-portkey-aws-region", "eu-west-1"},
      {"Content-Type", "application/json; charset=utf-8"},
      {"x-portkey-whatever-comes", "ignored"},
  };
  const CallOptions options = read_options(headers);
  CHECK(options.provider == "openai");
  CHECK(options.config == "{}");
  CHECK(options.custom_host == "http://127.0.0.1/v1");
  CHECK(options.trace_id == "t1");
  CHECK(options.span_id == "s1");
  CHECK(options.parent_span_id == "p1");
  CHECK(options.span_name == "a name");
  CHECK(options.metadata == Metadata{{"a", "b"}});
  CHECK(options.forward_headers == std::vector<std::string_view>{"X-A", "x-b"});
  CHECK(options.sensitive_headers == "x-a");
  CHECK(options.request_timeout_ms == 1500);
  CHECK_FALSE(options.tracked);
  CHECK(options.virtual_key == "vk-1");
  CHECK(options.own_key == "pk-own");
  CHECK(options.strict_off);
  CHECK(options.provider_options ==
        pk::config::ProviderOptions{{"azure_resource_name", "acme"}, {"aws_region", "eu-west-1"}});
  CHECK(options.content_type == "application/json; charset=utf-8");
}

TEST_CASE("A header that asks for guardrails is noted by its name") {
  CHECK(read_options({{"x-portkey-default-guardrails", "[]"}}).guardrails.empty());
  for (const char* name : {"default-input-guardrails", "Default-Output-Guardrails"})
    CHECK(read_options({{std::string("x-portkey-") + name, "[]"}}).guardrails == name);
}

TEST_CASE("Only the literal false turns tracking off") {
  const std::vector<std::pair<const char*, bool>> cases = {
      {"false", false}, {" false ", false}, {"true", true}, {"False", true},
      {"0", true},      {"", true},         {"no", true}};
  for (const auto& [value, tracked] : cases) {
    INFO(value);
    CHECK(read_options({{"x-portkey-debug", value}}).tracked == tracked);
  }
}

TEST_CASE("Only the literal true makes the cache fetch anew") {
  for (const auto& [value, refresh] : std::vector<std::pair<const char*, bool>>{
           {"true", true}, {" true ", true}, {"false", false}, {"True", false}, {"1", false}, {"", false}}) {
    INFO(value);
    CHECK(read_options({{"x-portkey-cache-force-refresh", value}}).cache_refresh == refresh);
  }
  CHECK(read_options({{"X-Portkey-Cache-Namespace", " a b "}}).cache_namespace == "a b");
}

TEST_CASE("Only the literal false turns strict compliance off") {
  for (const auto& [value, off] : std::vector<std::pair<const char*, bool>>{
           {"false", true}, {"true", false}, {"False", false}, {"0", false}, {"", false}}) {
    INFO(value);
    CHECK(read_options({{"x-portkey-strict-open-ai-compliance", value}}).strict_off == off);
  }
}

TEST_CASE("A key of ours is found where it stands, the one of its own header first") {
  struct Case {
    Headers headers;
    std::string own_key;
  };
  const std::vector<Case> cases = {
      {{{"x-portkey-api-key", "pk-1"}}, "pk-1"},
      {{{"Authorization", "Bearer pk-2"}}, "pk-2"},
      {{{"authorization", "pk-2"}}, "pk-2"},
      {{{"x-api-key", "pk-3"}}, "pk-3"},
      {{{"x-api-key", "Bearer pk-3"}}, "pk-3"},
      {{{"x-portkey-api-key", "Bearer pk-1"}}, "pk-1"},
      {{{"x-portkey-api-key", "pk-1"}, {"Authorization", "Bearer pk-2"}, {"x-api-key", "pk-3"}}, "pk-1"},
      {{{"Authorization", "Bearer pk-2"}, {"x-api-key", "pk-3"}}, "pk-2"},
      {{{"Authorization", "Bearer sk-2"}, {"x-api-key", "sk-3"}}, ""},
      {{{"Authorization", "Bearer sk-2"}, {"x-portkey-api-key", "pk-1"}}, "pk-1"},
  };
  for (const Case& c : cases) {
    INFO(c.headers[0].first << ' ' << c.headers[0].second);
    CHECK(read_options(c.headers).own_key == c.own_key);
  }
  // A header of its own says whose it is, whatever the key looks like.
  CHECK(read_options({{"x-portkey-api-key", "not-one-of-ours"}}).own_key == "not-one-of-ours");
}

TEST_CASE("A time-out is a positive number of milliseconds, or not there") {
  const std::vector<std::pair<const char*, std::optional<std::int64_t>>> cases = {
      {"1", 1},
      {" 300 ", 300},
      {"86400000", 86'400'000},
      {"86400001", {}},
      {"0", {}},
      {"-5", {}},
      {"1.5", {}},
      {"5s", {}},
      {"", {}},
      {"99999999999999999999", {}},
  };
  for (const auto& [value, expected] : cases) {
    INFO(value);
    CHECK(read_options({{"x-portkey-request-timeout", value}}).request_timeout_ms == expected);
  }
}

TEST_CASE("The provider's key is the bearer, else x-api-key, and never one of ours") {
  struct Case {
    Headers headers;
    std::string key;
  };
  const std::vector<Case> cases = {
      {{}, ""},
      {{{"Authorization", "Bearer sk-1"}}, "sk-1"},
      {{{"authorization", "bearer   sk-1 "}}, "sk-1"},
      {{{"Authorization", "BEARER\tsk-1"}}, "sk-1"},
      {{{"Authorization", "sk-1"}}, "sk-1"},
      {{{"Authorization", "Bearer"}}, "Bearer"},
      {{{"Authorization", "Bearerish sk-1"}}, "Bearerish sk-1"},
      {{{"x-api-key", " sk-2 "}}, "sk-2"},
      {{{"x-api-key", "sk-2"}, {"Authorization", "Bearer sk-1"}}, "sk-1"},
      {{{"Authorization", "Bearer pk-own"}}, ""},
      {{{"Authorization", "pk-own"}}, ""},
      {{{"Authorization", "bearer\tpk-own"}}, ""},
      {{{"Authorization", "Bearer pk-own"}, {"x-api-key", "sk-2"}}, "sk-2"},
      {{{"Authorization", "Bearer sk-1"}, {"x-api-key", "pk-own"}}, "sk-1"},
      {{{"x-api-key", "pk-own"}}, ""},
      {{{"x-api-key", "Bearer pk-own"}}, ""},
      {{{"Authorization", "Bearer pk-own"}, {"x-api-key", "pk-own"}}, ""},
  };
  for (const Case& c : cases) {
    INFO((c.headers.empty() ? "" : c.headers[0].second));
    CHECK(read_options(c.headers).key == c.key);
  }
}

TEST_CASE("A key of ours is known by its prefix, behind a scheme too") {
  for (const char* own : {"pk-1", " pk-1", "Bearer pk-1", "bearer \t pk-1", "BEARER pk-"})
    CHECK(is_own_key(own));
  for (const char* other : {"", "pk", "sk-pk-1", "Basic pk-1", "Bearer sk-1", "bearerpk-1", "PK-1"})
    CHECK_FALSE(is_own_key(other));
}

TEST_CASE("A trace id that is too long is cut, not inside a character") {
  const std::string long_id = std::string(pk::gateway::k_trace_id_bytes_max - 1, 't') + "\u00e9\u00e9";
  const Headers headers = {{"x-portkey-trace-id", long_id}};
  const CallOptions options = read_options(headers);
  CHECK(options.trace_id == std::string(pk::gateway::k_trace_id_bytes_max - 1, 't'));
}

TEST_CASE("Metadata are the plain members of an object, as texts") {
  const std::vector<std::pair<const char*, Metadata>> cases = {
      {R"({})", {}},
      {R"({"a":"b","c":"d"})", {{"a", "b"}, {"c", "d"}}},
      {R"( {"a" : "b"} )", {{"a", "b"}}},
      {R"({"n":0.7,"big":12345678901234567890123,"i":-3,"e":1e5})",
       {{"n", "0.7"}, {"big", "12345678901234567890123"}, {"i", "-3"}, {"e", "1e5"}}},
      {R"({"t":true,"f":false,"null":null})", {{"t", "true"}, {"f", "false"}}},
      {R"({"o":{"x":"y"},"a":["z"],"k":"v"})", {{"k", "v"}}},
      {R"({"u":"\u00e9\n","\u0061":"b"})", {{"u", "\u00e9\n"}, {"a", "b"}}},
      {R"({"a":"first","b":"x","a":"last"})", {{"a", "last"}, {"b", "x"}}},
      {R"({"_user":"ana"})", {{"_user", "ana"}}},
      {R"([])", {}},
      {R"("text")", {}},
      {R"({"a":"b")", {}},
      {R"({"a":"b"} trailing)", {}},
      {R"({"a":"b",})", {}},
      {"not json", {}},
      {"", {}},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK(read_metadata(text) == expected);
  }
}

TEST_CASE("Metadata have their limits") {
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":\"v\"";
  const Metadata cut = read_metadata(many + "}");
  CHECK(cut.size() == pk::gateway::k_metadata_keys_max);
  CHECK(cut.back().first == "k63");

  const std::string most(pk::gateway::k_metadata_bytes_max, 'x');
  const Metadata long_ones = read_metadata("{\"" + most + "key\":\"" + most.substr(1) + "\u20ac\"}");
  REQUIRE(long_ones.size() == 1);
  CHECK(long_ones[0].first == most);
  CHECK(long_ones[0].second == most.substr(1));
  CHECK(read_metadata("{\"deep\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}").empty());
}
