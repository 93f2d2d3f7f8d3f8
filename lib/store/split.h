// Where a JSON body can be cut so that the next turn of the same conversation shares the pieces. Looks at
// brackets and quotes alone and trusts nothing: whatever it answers, the pieces joined are the body. Pure
// functions, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pk::store {

inline constexpr std::size_t k_split_min = 4096;              // bodies below are not looked at
inline constexpr std::size_t k_split_max = 16 * 1024 * 1024;  // nor above
inline constexpr std::size_t k_split_value_min = 1024;  // other top-level values from this size are a piece
inline constexpr std::size_t k_node_min = 512;          // elements are joined until a node has this
inline constexpr std::size_t k_chains_max = 32;         // per body
inline constexpr std::size_t k_chain_nodes_max = k_split_max / k_node_min;

// A stretch of the body that becomes a chain of nodes: node i is from the end of node i-1 (or `begin`) to
// ends[i].
struct Stretch {
  std::size_t begin = 0;
  std::vector<std::size_t> ends;
  std::size_t end() const { return ends.back(); }
};

// In order, not overlapping, each with at least one node, which is never empty. Empty: store the body in one
// piece.
std::vector<Stretch> find_stretches(std::string_view body);

using NodeKey = std::array<std::uint8_t, 16>;

// BLAKE2b of parent key and bytes; a first node's parent is all zeros.
NodeKey node_key(const NodeKey& parent, std::string_view bytes);

inline std::string_view as_view(const NodeKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

}  // namespace pk::store
