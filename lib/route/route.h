// Where a request goes next: from a config, facts and the outcomes so far to a decision. Pure: no clock, no
// I/O, no state. Who asks sends, waits, and asks again with one outcome more:
//
//   for (Decision d = route.next(facts, history); d.kind != Decision::Kind::finish; d = route.next(…))
//     history.push_back(send_after(d.wait_ms, route.leaf(d.leaf)));
//
// Once a byte of an answer went to the client it is over, whatever next() would say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "config/gateway_config.h"
#include "route/facts.h"

namespace pk::route {

struct Decision {
  enum class Kind : std::uint8_t {
    send,    // to `leaf`, now
    wait,    // wait_ms, then send to `leaf`
    finish,  // the last outcome is the answer
  };
  Kind kind = Kind::finish;
  std::uint16_t leaf = 0;
  std::int64_t wait_ms = 0;
  // Of a finish before anything was sent: the router error that is the answer, with status 400. Else "".
  std::string_view refusal;
  bool operator==(const Decision&) const = default;
};

// A view of a config, which outlives it; costs nothing to make. A request without a config has the route of a
// default Node. Any thread.
class Route {
 public:
  explicit Route(const config::Node& root) : m_root(&root) {}
  explicit Route(const config::GatewayConfig& config) : Route(config.root) {}
  Route(config::Node&&) = delete;
  Route(config::GatewayConfig&&) = delete;

  // After at most (1 + k_retry_attempts_max) outcomes for each target it says finish; it never goes back to a
  // target that it left. A history that this route cannot have led to (another config's) gives finish.
  Decision next(const Facts& facts, History history) const;

  const config::Node& root() const { return *m_root; }
  std::size_t leaf_count() const { return m_root->leaf_end; }
  // `leaf` is under leaf_count().
  const config::Node& leaf(std::size_t leaf) const;

 private:
  const config::Node* m_root;
};

// The index of the strategy's target that has `leaf` below it, or is it. `leaf` is one of the strategy's.
std::size_t target_with(const config::Node& strategy, std::size_t leaf);

}  // namespace pk::route
