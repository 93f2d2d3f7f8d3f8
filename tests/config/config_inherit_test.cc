#include "config/config_inherit.h"

#include "config/config_samples.h"

namespace pk::config {
namespace {

using samples::error_of;
using samples::good;

std::string around(std::string_view outer, std::string_view inner) {
  return std::string(R"({"strategy":{"mode":"fallback"},)")
      .append(outer)
      .append(R"(,"targets":[{"strategy":{"mode":"single"},"targets":[{"provider":"demo")")
      .append(inner.empty() ? "" : ",")
      .append(inner)
      .append("}]}]}");
}

Inherited leaf(std::string_view outer, std::string_view inner = "") {
  return good(around(outer, inner)).root.targets.at(0).targets.at(0).inherited;
}

TEST_CASE("Parameters are merged member by member, the inner one wins and keeps the outer one's place") {
  const char* outer = R"("override_params":{"a":1,"b":{"x":1}},"default_params":{"c":1})";
  CHECK(leaf(outer).edits.override_params == BodyMembers{{"a", "1"}, {"b", "{\"x\":1}"}});
  const BodyEdits edits =
      leaf(outer, R"("override_params":{"b":{"y":2},"d":0.70},"default_params":{"c":2})").edits;
  CHECK(edits.override_params == BodyMembers{{"a", "1"}, {"b", "{\"y\":2}"}, {"d", "0.70"}});
  CHECK(edits.default_params == BodyMembers{{"c", "2"}});
}

TEST_CASE("What is dropped adds up") {
  CHECK(leaf(R"("drop_params":["a","b"])", R"("drop_params":["b","c"])").edits.drop_params ==
        std::vector<std::string>{"a", "b", "c"});
  CHECK(leaf(R"("drop_params":["a"])").edits.drop_params == std::vector<std::string>{"a"});
}

TEST_CASE("Retry, cache and breaker replace the outer object whole") {
  const char* outer = R"("retry":{"attempts":3,"on_status_codes":[429],"use_retry_after_header":true},
    "cache":{"mode":"simple","max_age":60},"cb_config":{"failure_threshold":2,"minimum_requests":5})";
  CHECK(leaf(outer).retry == Retry{3, std::vector<int>{429}, true});
  CHECK(leaf(outer).cache == CacheRule{CacheRule::Mode::simple, 60});
  CHECK(leaf(outer).breaker->failure_threshold == 2);
  const Inherited own = leaf(outer, R"("retry":{"attempts":0},"cache":{"mode":"semantic"},
    "cb_config":{"failure_threshold_percentage":5})");
  CHECK(own.retry == Retry{});
  CHECK(own.cache == CacheRule{CacheRule::Mode::semantic, {}});
  CHECK(own.breaker == Breaker{{}, 5.0, 0, 30'000, {}});
}

TEST_CASE("Time-out, host, headers and strictness are the inner one's, else the outer one's") {
  const char* outer = R"("request_timeout":500,"custom_host":"http://127.0.0.1:1","forward_headers":["a"],
    "strict_open_ai_compliance":false)";
  const Inherited none = leaf(outer);
  CHECK(none.request_timeout_ms == 500);
  CHECK(none.custom_host == "http://127.0.0.1:1");
  CHECK(none.forward_headers == std::vector<std::string>{"a"});
  CHECK(none.strict_open_ai_compliance == false);
  const Inherited own = leaf(outer, R"("request_timeout":0,"custom_host":"http://127.0.0.1:2",
    "forward_headers":[],"strict_open_ai_compliance":true)");
  CHECK(own.request_timeout_ms == 0);
  CHECK(own.custom_host == "http://127.0.0.1:2");
  CHECK(own.forward_headers == std::vector<std::string>{});
  CHECK(own.strict_open_ai_compliance == true);
}

TEST_CASE("Provider, key, weight and name are nobody else's") {
  const Node root =
      good(R"({"strategy":{"mode":"fallback"},"provider":"openai","api_key":"k","weight":5,"name":"n",
    "virtual_key":"v","openai_project":"p","targets":[{"request_timeout":1}]})")
          .root;
  const Node& target = root.targets.at(0);
  CHECK(target.provider.empty());
  CHECK(target.api_key.empty());
  CHECK(target.weight == 1);
  CHECK(target.name.empty());
  CHECK(target.virtual_key.empty());
  CHECK(target.options.empty());
}

TEST_CASE("What many targets inherit has an end") {
  const std::string big = R"("override_params":{"text":")" + std::string(100'000, 'x') + "\"}";
  const auto with_targets = [&](std::size_t count) {
    std::string text = R"({"strategy":{"mode":"fallback"},)" + big + R"(,"targets":[{"provider":"demo"})";
    for (std::size_t i = 1; i < count; ++i) text += R"(,{"provider":"demo"})";
    return text + "]}";
  };
  CHECK(good(with_targets(40)).root.targets[39].inherited.edits.override_params.size() == 1);
  CHECK(error_of(with_targets(50)) ==
        "path: , message: what the targets inherit adds up to more than 4194304 bytes");
}

}  // namespace
}  // namespace pk::config
