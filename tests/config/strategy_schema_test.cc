#include "config/strategy_schema.h"

#include "config/config_samples.h"

namespace pk::config {
namespace {

using samples::bad;
using samples::error_of;
using samples::good;

std::string with_strategy(std::string_view strategy,
                          std::string_view targets = R"({"provider":"demo","name":"a"},
      {"provider":"demo","name":"b"},{"provider":"demo","name":"a"})") {
  return std::string("{\"strategy\":").append(strategy).append(",\"targets\":[").append(targets) + "]}";
}

TEST_CASE("A fallback's list may be absent, empty, or in its old place") {
  CHECK_FALSE(good(with_strategy(R"({"mode":"fallback"})")).root.on_status_codes);
  CHECK(good(with_strategy(R"({"mode":"fallback","on_status_codes":[]})")).root.on_status_codes ==
        std::vector<int>{});
  CHECK(good(with_strategy(R"({"mode":"fallback","on_status_codes":[429]})")).root.on_status_codes ==
        std::vector<int>{429});
  const std::string old =
      R"({"strategy":{"mode":"fallback"},"on_status_codes":[503],"targets":[{"provider":"demo"}]})";
  CHECK(good(old).root.on_status_codes == std::vector<int>{503});
  const std::string both =
      R"({"strategy":{"mode":"fallback","on_status_codes":[1000]},"on_status_codes":[503],"targets":[{"provider":"demo"}]})";
  CHECK(error_of(both) ==
        "path: strategy,on_status_codes,0, message: Number must be less than or equal to 999");
}

TEST_CASE("Conditions point to targets, the first of a name counts") {
  const Node root = good(with_strategy(R"({"mode":"conditional","default":"a","conditions":[
      {"query":{"metadata.plan":"paid"},"then":"b"},{"query":{"$or":[]},"then":"a"}]})"))
                        .root;
  REQUIRE(root.conditions.size() == 2);
  CHECK(root.conditions[0].then == 1);
  CHECK(root.conditions[0].query.key == "metadata.plan");
  CHECK(root.conditions[1].then == 0);
  CHECK(root.default_target == 0);
  CHECK_FALSE(good(with_strategy(R"({"mode":"conditional","conditions":[{"query":{},"then":"b"}]})"))
                  .root.default_target);
}

TEST_CASE("A conditional strategy's own problems are the reference's texts, with their place") {
  const auto check = [](std::string_view strategy, std::string_view message, std::string_view path) {
    const ConfigProblem problem = bad(with_strategy(strategy));
    CHECK(problem.message == message);
    REQUIRE(problem.errors.size() == 1);
    CHECK(problem.errors[0] == std::string("path: ").append(path).append(", message: ").append(message));
  };
  check(R"({"mode":"conditional"})", "No conditions passed in the query router", "strategy,conditions");
  check(R"({"mode":"conditional","conditions":[],"default":"a"})", "No conditions passed in the query router",
        "strategy,conditions");
  check(R"({"mode":"conditional","conditions":[{"query":{},"then":"c"}]})",
        "Invalid target name found in the query router: c", "strategy,conditions,0,then");
  check(R"({"mode":"conditional","conditions":[{"query":{},"then":"a"}],"default":""})",
        "Invalid target name found in the query router: ", "strategy,default");
  check(R"({"mode":"conditional","conditions":[{"query":{"params.n":{"$foo":1}},"then":"a"}]})",
        "Unsupported operator used in the query router: $foo", "strategy,conditions,0,query,params.n,$foo");
}

TEST_CASE("A condition that is none is an error of the schema") {
  CHECK(error_of(with_strategy(R"({"mode":"conditional","conditions":{}})")) ==
        "path: strategy,conditions, message: Expected array, received object");
  const ConfigProblem problem =
      bad(with_strategy(R"({"mode":"conditional","conditions":[{},7,{"query":[],"then":1}]})"));
  CHECK(problem.message == "Invalid config passed");
  CHECK(problem.errors == std::vector<std::string>{
                              "path: strategy,conditions,0,query, message: Required",
                              "path: strategy,conditions,0,then, message: Required",
                              "path: strategy,conditions,1, message: Expected object, received number",
                              "path: strategy,conditions,2,query, message: Expected object, received array",
                              "path: strategy,conditions,2,then, message: Expected string, received number"});
  CHECK(error_of(
            with_strategy(
                R"({"mode":"conditional","conditions":[{"query":{"params.n":{"$regex":"["}},"then":"a"}]})"))
            .starts_with(
                "path: strategy,conditions,0,query,params.n,$regex, message: Invalid regular expression: "));
}

TEST_CASE("Strategies and targets need each other") {
  CHECK(bad(R"({"strategy":{"mode":"fallback"},"targets":[]})").errors ==
        std::vector<std::string>{"path: targets, message: Array must contain at least 1 element(s)"});
  CHECK(bad(R"({"strategy":{"mode":"fallback"},"provider":"demo"})").errors ==
        std::vector<std::string>{"path: targets, message: Required"});
  CHECK(bad(R"({"targets":[{"provider":"demo"}],"request_timeout":5})").errors ==
        std::vector<std::string>{"path: strategy, message: Required"});
  CHECK(bad(R"({"targets":[{"provider":"demo"}]})").errors.at(0).find("Invalid configuration.") !=
        std::string::npos);
  CHECK(error_of(with_strategy("{}")) == "path: strategy,mode, message: Required");
  CHECK(error_of(with_strategy("7")) == "path: strategy, message: Expected object, received number");
  CHECK(good(R"({"strategy":{"mode":"single"},"provider":"demo"})").root.is_target());
}

TEST_CASE("Weights that add up to nothing are refused, one of nothing drains its target") {
  CHECK(error_of(with_strategy(R"({"mode":"loadbalance"})",
                               R"({"provider":"demo","weight":0},{"provider":"demo","weight":0.0})")) ==
        "path: targets, message: the weights add up to 0: no target could be picked");
  good(with_strategy(R"({"mode":"loadbalance"})", R"({"provider":"demo","weight":0},{"provider":"demo"})"));
  good(with_strategy(R"({"mode":"fallback"})", R"({"provider":"demo","weight":0})"));
  CHECK(error_of(with_strategy(R"({"mode":"loadbalance"})", R"({"provider":"demo","weight":1e300})"))
            .find("less than or equal to 1000000000") != std::string::npos);
}

TEST_CASE("A circuit breaker stands in the strategy or beside it, the strategy's wins") {
  const auto breaker = [](std::string_view json) { return *good(json).root.inherited.breaker; };
  const Breaker by_rate{{}, 50.0, 10, 30'000, {}};
  CHECK(
      breaker(with_strategy(
          R"({"mode":"fallback","cb_config":{"failure_threshold_percentage":50,"minimum_requests":10}})")) ==
      by_rate);
  CHECK(breaker(R"({"provider":"demo","cb_config":{"failure_threshold":2}})") ==
        Breaker{2, {}, 0, 30'000, {}});
  CHECK(breaker(R"({"cb_config":{"failure_threshold":9},"targets":[{"provider":"demo"}],
      "strategy":{"mode":"single","cb_config":{"failure_threshold":1,"cooldown_interval":45000}}})") ==
        Breaker{1, {}, 0, 45'000, {}});
}

TEST_CASE("A circuit breaker that cannot be is refused") {
  const auto refused = [](std::string_view breaker) {
    return error_of(std::string("{\"provider\":\"demo\",\"cb_config\":").append(breaker) + "}");
  };
  CHECK(refused("{}") ==
        "path: cb_config,failure_threshold, message: Required, or failure_threshold_percentage");
  CHECK(refused(R"({"failure_threshold":0})") ==
        "path: cb_config,failure_threshold, message: Number must be greater than or equal to 1");
  CHECK(refused(R"({"failure_threshold":1,"cooldown_interval":29999})") ==
        "path: cb_config,cooldown_interval, message: Number must be greater than or equal to 30000");
  CHECK(refused(R"({"failure_threshold_percentage":101})") ==
        "path: cb_config,failure_threshold_percentage, message: Number must be less than or equal to 100");
  CHECK(refused(R"({"failure_threshold_percentage":0})") ==
        "path: cb_config,failure_threshold_percentage, message: Number must be greater than 0");
  CHECK(refused("true") == "path: cb_config, message: Expected object, received boolean");
}

TEST_CASE("Sticky load balance is read unless it is switched off") {
  const auto sticky = [](std::string_view text) {
    return good(with_strategy(R"({"mode":"loadbalance","sticky":)" + std::string(text) + "}")).root.sticky;
  };
  CHECK(sticky(R"({"enabled":true,"hash_fields":["metadata.user"],"ttl":60})") ==
        Sticky{{"metadata.user"}, 60});
  CHECK(sticky(R"({"hash_fields":["params.user","url.pathname"]})") ==
        Sticky{{"params.user", "url.pathname"}, 3600});
  CHECK_FALSE(sticky(R"({"enabled":false,"hash_fields":[]})"));
  const auto refused = [](std::string_view text) {
    return error_of(with_strategy(R"({"mode":"loadbalance","sticky":)" + std::string(text) + "}"));
  };
  CHECK(refused(R"({"enabled":true})") ==
        "path: strategy,sticky,hash_fields, message: Array must contain at least 1 element(s)");
  CHECK(refused(R"({"hash_fields":["user"]})") ==
        "path: strategy,sticky,hash_fields,0, message: Expected metadata.<name>, params.<name> or "
        "url.pathname");
  CHECK(refused(R"({"hash_fields":["metadata.u"],"ttl":0})") ==
        "path: strategy,sticky,ttl, message: Number must be greater than or equal to 1");
}

}  // namespace
}  // namespace pk::config
