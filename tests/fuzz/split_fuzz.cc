// Wherever a body is cut, the pieces lie in order, none is empty, and they stay within the body.
#include <string>

#include "fuzz.h"
#include "store/split.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Bodies that are too short are not looked at: white space before makes any input long enough.
  const std::string body = std::string(pk::store::k_split_min, ' ') + std::string(pk::fuzz::text(data, size));
  std::size_t last = 0;
  const auto stretches = pk::store::find_stretches(body);
  PK_ASSERT(stretches.size() <= pk::store::k_chains_max);
  for (const pk::store::Stretch& stretch : stretches) {
    PK_ASSERT(!stretch.ends.empty() && stretch.ends.size() <= pk::store::k_chain_nodes_max);
    PK_ASSERT(stretch.begin >= last);
    last = stretch.begin;
    for (std::size_t end : stretch.ends) {
      PK_ASSERT(end > last);
      last = end;
    }
  }
  PK_ASSERT(last <= body.size());
  return 0;
}
