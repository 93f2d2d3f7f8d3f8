#include "config/strategy_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/text.h"
#include "config/query_parse.h"

namespace pk::config {

namespace {

constexpr std::array<std::pair<std::string_view, Mode>, 4> k_modes = {{{"single", Mode::single},
                                                                       {"loadbalance", Mode::loadbalance},
                                                                       {"fallback", Mode::fallback},
                                                                       {"conditional", Mode::conditional}}};
constexpr std::size_t k_shown_bytes_max = 100;  // of a name that a problem repeats

void read_mode(const Fields& strategy, Node& node) {
  strategy.require("mode");
  const auto mode = strategy.text("mode");
  if (!mode) return;
  const auto* found = std::ranges::find(k_modes, *mode, &std::pair<std::string_view, Mode>::first);
  if (found == k_modes.end())
    strategy.fail("mode", "Invalid 'mode' value. Must be one of: single, loadbalance, fallback, conditional");
  else
    node.mode = found->second;
}

std::optional<Sticky> read_sticky(const Fields& strategy) {
  const JsonValue* object = strategy.object("sticky");
  if (!object) return {};
  const Spot at(strategy.at(), "sticky");
  const Fields fields(at, *object, strategy.problems());
  const bool enabled = fields.boolean("enabled").value_or(true);
  Sticky sticky;
  sticky.ttl_s = fields.whole("ttl", 1, k_sticky_ttl_s_max).value_or(sticky.ttl_s);
  sticky.hash_fields = fields.texts("hash_fields", k_hash_fields_max).value_or(std::vector<std::string>());
  const Spot list(at, "hash_fields");
  for (std::size_t i = 0; i < sticky.hash_fields.size(); ++i)
    if (!is_fact_key(sticky.hash_fields[i]))
      strategy.problems().add(Spot(list, i), "Expected metadata.<name>, params.<name> or url.pathname");
  if (!enabled) return {};
  if (sticky.hash_fields.empty()) fields.fail("hash_fields", "Array must contain at least 1 element(s)");
  return sticky;
}

Breaker read_breaker_object(const Fields& fields) {
  constexpr std::int64_t k_count_max = std::numeric_limits<int>::max();
  Breaker breaker;
  if (const auto threshold = fields.whole("failure_threshold", 1, k_count_max))
    breaker.failure_threshold = static_cast<int>(*threshold);
  breaker.failure_threshold_percentage = fields.number("failure_threshold_percentage", 0, 100);
  if (breaker.failure_threshold_percentage == 0.0)
    fields.fail("failure_threshold_percentage", "Number must be greater than 0");
  breaker.minimum_requests = static_cast<int>(fields.whole("minimum_requests", 0, k_count_max).value_or(0));
  breaker.cooldown_ms =
      fields.whole("cooldown_interval", k_cooldown_ms_min, k_cooldown_ms_max).value_or(breaker.cooldown_ms);
  breaker.failure_status_codes = fields.status_codes("failure_status_codes").value_or(std::vector<int>());
  if (!fields.has("failure_threshold") && !fields.has("failure_threshold_percentage"))
    fields.fail("failure_threshold", "Required, or failure_threshold_percentage");
  return breaker;
}

std::optional<Breaker> read_breaker_member(const Fields& fields) {
  const JsonValue* object = fields.object("cb_config");
  if (!object) return {};
  return read_breaker_object(Fields(Spot(fields.at(), "cb_config"), *object, fields.problems()));
}

// The first target of that name; says so if there is none.
std::optional<std::size_t> find_target(const Spot& at, const Node& node, const std::string& name,
                                       Problems& problems) {
  const auto found = std::ranges::find(node.targets, name, &Node::name);
  if (found != node.targets.end() && !name.empty())
    return static_cast<std::size_t>(found - node.targets.begin());
  problems.add_routing(at, fmt::format("Invalid target name found in the query router: {}",
                                       visible(utf8_front(name, k_shown_bytes_max), false)));
  return {};
}

void read_condition(const Fields& fields, Node& node) {
  Condition condition;
  fields.require("query");
  fields.require("then");
  if (const JsonValue* query = fields.object("query"))
    if (auto parsed = parse_query(Spot(fields.at(), "query"), *query, fields.problems()))
      condition.query = *std::move(parsed);
  if (const auto then = fields.text("then"))
    if (const auto target = find_target(Spot(fields.at(), "then"), node, *then, fields.problems()))
      condition.then = *target;
  node.conditions.push_back(std::move(condition));
}

void read_conditions(const Fields& strategy, Node& node) {
  Problems& problems = strategy.problems();
  const Spot list(strategy.at(), "conditions");
  const JsonValue* array = strategy.array("conditions");
  const std::vector<JsonValue> elements = array ? json_elements(array->text) : std::vector<JsonValue>();
  if (elements.empty() && (array || !strategy.has("conditions")))
    problems.add_routing(list, "No conditions passed in the query router");
  if (!check_count(list, elements.size(), k_conditions_max, problems)) return;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const Spot at(list, i);
    if (elements[i].is_object())
      read_condition(Fields(at, elements[i], problems), node);
    else
      problems.add(at, wrong_type(JsonToken::object_begin, elements[i].kind));
  }
  if (const auto name = strategy.text("default"))
    node.default_target = find_target(Spot(strategy.at(), "default"), node, *name, problems);
}

void check_weights(const Fields& fields, const Node& node) {
  const bool any = std::ranges::any_of(node.targets, [](const Node& target) { return target.weight > 0; });
  if (!any) fields.fail("targets", "the weights add up to 0: no target could be picked");
}

}  // namespace

void read_strategy(const Fields& fields, Node& node) {
  node.on_status_codes = fields.status_codes("on_status_codes");
  const JsonValue* object = fields.object("strategy");
  if (!object) return;
  const Spot at(fields.at(), "strategy");
  const Fields strategy(at, *object, fields.problems());
  read_mode(strategy, node);
  if (auto codes = strategy.status_codes("on_status_codes")) node.on_status_codes = std::move(codes);
  node.sticky = read_sticky(strategy);
}

std::optional<Breaker> read_breaker(const Fields& fields) {
  std::optional<Breaker> beside = read_breaker_member(fields);
  const JsonValue* strategy = fields.find("strategy");
  if (!strategy || !strategy->is_object()) return beside;
  std::optional<Breaker> within =
      read_breaker_member(Fields(Spot(fields.at(), "strategy"), *strategy, fields.problems()));
  return within ? within : beside;
}

void check_strategy(const Fields& fields, Node& node, Problems& problems) {
  const JsonValue* object = fields.find("strategy");
  if (!object && fields.has("targets")) fields.require("strategy");
  if (!object || !object->is_object()) return;
  // A single strategy without targets says no more than none: the object itself is the target.
  if (node.mode != Mode::single) fields.require("targets");
  if (node.targets.empty()) return;
  const Spot at(fields.at(), "strategy");
  if (node.mode == Mode::loadbalance) check_weights(fields, node);
  if (node.mode == Mode::conditional) read_conditions(Fields(at, *object, problems), node);
}

}  // namespace pk::config
