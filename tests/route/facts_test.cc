#include "route/facts.h"

#include "config/config_samples.h"
#include "support/catch.h"

namespace pk::route {
namespace {

TEST_CASE("Success is 200 to 299 of an answer") {
  CHECK(is_ok({0, Outcome::Kind::status, 200, {}}));
  CHECK(is_ok({0, Outcome::Kind::status, 299, {}}));
  for (const int status : {0, 199, 300, 302, 404, 500})
    CHECK_FALSE(is_ok({0, Outcome::Kind::status, status, {}}));
  CHECK_FALSE(is_ok({0, Outcome::Kind::network_error, 200, {}}));
  CHECK_FALSE(is_ok({0, Outcome::Kind::timeout, 200, {}}));
}

TEST_CASE("What is no answer has codes of its own") {
  const auto listed = [](Outcome::Kind kind, std::vector<int> codes) {
    return is_listed({0, kind, 429, {}}, codes);
  };
  CHECK(listed(Outcome::Kind::status, {500, 429}));
  CHECK_FALSE(listed(Outcome::Kind::status, {500}));
  CHECK_FALSE(listed(Outcome::Kind::status, {}));
  CHECK(listed(Outcome::Kind::timeout, {408}));
  CHECK_FALSE(listed(Outcome::Kind::timeout, {429, 500}));
  for (const int code : {500, 502, 503}) CHECK(listed(Outcome::Kind::network_error, {code}));
  CHECK_FALSE(listed(Outcome::Kind::network_error, {408, 429, 504}));
  CHECK_FALSE(listed(Outcome::Kind::gateway_exception, {429, 500}));
}

TEST_CASE("A fact is found by its key, with its JSON kind") {
  const std::vector<std::pair<std::string, std::string>> metadata = {{"a.b", "1"}};
  Facts facts;
  facts.url_path = "/v1/x";
  facts.metadata = metadata;
  facts.param = [](std::string_view name) -> std::optional<std::string_view> {
    if (name == "n") return " 0.70 ";
    if (name == "s") return R"("q\"")";
    if (name == "o") return "{}";
    return {};
  };
  CHECK(find_fact(facts, "url.pathname")->text == "/v1/x");
  CHECK(find_fact(facts, "metadata.a.b")->text == "1");
  CHECK(find_fact(facts, "metadata.a.b")->is_text);
  CHECK(find_fact(facts, "params.n")->text == "0.70");
  CHECK(find_fact(facts, "params.n")->kind == JsonToken::number);
  CHECK(find_fact(facts, "params.s")->text == "q\"");
  CHECK(find_fact(facts, "params.o")->kind == JsonToken::object_begin);
  for (const char* key :
       {"", "url", "url.host", "metadata", "metadata.", "metadata.a", "params.x", "other.n"})
    CHECK_FALSE(find_fact(facts, key));
  CHECK_FALSE(find_fact(Facts(), "params.n"));
}

TEST_CASE("The params that a config may ask for are known beforehand") {
  const config::GatewayConfig config =
      config::samples::good(R"({"strategy":{"mode":"conditional","conditions":[
        {"query":{"$or":[{"params.b":1},{"params.a":2},{"metadata.x":3}]},"then":"x"},
        {"query":{"$and":[{"url.pathname":"/"},{"$or":[{"params.b":1}]}]},"then":"x"}]},
      "targets":[{"name":"x","strategy":{"mode":"loadbalance","sticky":{"hash_fields":["params.user","metadata.a"]}},
        "targets":[{"provider":"demo"},{"provider":"demo"}]}]})");
  CHECK(param_names(config.root) == std::vector<std::string_view>{"a", "b", "user"});
  CHECK(param_names(config::Node()).empty());
}

}  // namespace
}  // namespace pk::route
