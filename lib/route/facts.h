// What a route is decided by, beside its config: facts about the request, and the outcomes so far. Values,
// fixed for the length of an exchange, so that the same facts give the same decisions again.
#pragma once

#include <bitset>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "config/gateway_config.h"

namespace pk::route {

// One bit for each target of the config, by its number.
using Leaves = std::bitset<config::k_config_targets_max>;

// The JSON text of a top-level member of the request's body; nothing if there is none.
using ParamLookup = std::function<std::optional<std::string_view>(std::string_view name)>;

// Where a sticky load balance sent the like of this request before.
struct StickyFact {
  const config::Node* strategy = nullptr;
  std::size_t target = 0;  // index among the strategy's
  bool operator==(const StickyFact&) const = default;
};

// What a key of a query or of hash_fields names in a request. Of a structure only the kind is of use.
struct FactValue {
  JsonToken kind = JsonToken::string;
  std::string text;      // a string without quotes; else as it stands
  bool is_text = false;  // metadata: numbers and truth values were text from the start
};

// What was found out by asking: a config may ask a thousand times for what stands in a large body.
struct Known {
  std::map<std::string, std::optional<FactValue>, std::less<>> values;  // by key
  std::map<const config::Node*, std::optional<std::size_t>>
      conditions;  // of a strategy: the first that holds
};

// Views outlive the exchange. Whatever a config does not ask for may stay empty. Path, metadata and params
// are there before the first question, and `known` is of one config: the answers are remembered. One thread.
struct Facts {
  std::uint64_t seed = 0;  // of the log record; a replay carries the original's
  std::string_view url_path;
  std::span<const std::pair<std::string, std::string>> metadata;
  ParamLookup param;
  Leaves open;                     // targets whose circuit breaker was open when the exchange began
  std::vector<StickyFact> sticky;  // as known when the exchange began
  mutable Known known;             // changes no decision
};

// How one attempt at a target ended.
struct Outcome {
  enum class Kind : std::uint8_t {
    status,             // an answer with `status`
    network_error,      // no answer: counts as 500, 502 and 503 where codes are listed
    timeout,            // no first byte in time: counts as 408
    gateway_exception,  // not the target's fault and not to be mended by another: ends the route
  };
  std::uint16_t leaf = 0;
  Kind kind = Kind::status;
  int status = 0;
  std::optional<std::int64_t> retry_after_ms;  // what the answer's headers ask for: retry_after.h
  bool operator==(const Outcome&) const = default;
};
using History = std::span<const Outcome>;

// 200 to 299.
bool is_ok(const Outcome& outcome);
// Whether `codes` names this outcome; a gateway exception is never named.
bool is_listed(const Outcome& outcome, std::span<const int> codes);

// What a key of a query or of hash_fields names in the request; null if there is no such thing. Lives as long
// as `facts`.
const FactValue* find_fact(const Facts& facts, std::string_view key);

// The names of the params that a config's conditions and hash_fields may ask for, sorted, each once: views
// into it.
std::vector<std::string_view> param_names(const config::Node& root);

}  // namespace pk::route
