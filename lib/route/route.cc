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
  while (!node->is_target()) {
    const config::Node* child = node->targets.data();
    while (leaf >= child->leaf_end) ++child;
    node = child;
  }
  return *node;
}

}  // namespace pk::route
