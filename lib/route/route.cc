#include "route/route.h"

#include "base/assert.h"
#include "route/walk.h"

namespace pk::route {

Decision Route::next(const Facts& facts, History history) const {
  return Walk(facts, history).decide(*m_root);
}

const config::Node& Route::leaf(std::size_t leaf) const {
  PK_ASSERT(leaf < leaf_count());
  const config::Node* node = m_root;
  while (!node->is_target()) node = &node->targets[target_with(*node, leaf)];
  return *node;
}

std::size_t target_with(const config::Node& strategy, std::size_t leaf) {
  PK_ASSERT(leaf >= strategy.leaf_begin && leaf < strategy.leaf_end);
  std::size_t target = 0;
  while (leaf >= strategy.targets[target].leaf_end) ++target;
  return target;
}

}  // namespace pk::route
