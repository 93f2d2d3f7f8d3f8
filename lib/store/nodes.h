// Conversations: chains of shared nodes in the tables `nodes` and `refs`. Grammar: FORMAT.md, node.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/compress.h"
#include "store/content.h"
#include "store/split.h"
#include "store/txn.h"

namespace pk::store {

// A node as stored.
struct NodeView {
  bool framed = false;
  NodeKey parent{};
  std::uint64_t raw_bytes = 0;
  std::string_view payload;
};
// Checks the sum and takes a node apart.
Result<NodeView> view_node(const NodeKey& key, std::string_view value);

// One more recipe for `chain`: writes the nodes that are not there yet and counts the one they hang on.
Result<void> add_chain(WriteTxn& txn, const NewNodes& nodes, const NewNodes::Chain& chain,
                       Compressor& compressor);

// One recipe less. Nodes that nothing points at any more are deleted; returns the bytes of their keys and
// values. A node that is missing ends it quietly: there is nothing to free.
Result<std::uint64_t> release_chain(WriteTxn& txn, const NodeKey& tip);

// How many children and recipes point at a node that is there.
Result<std::uint32_t> refs_of(const Txn& txn, const NodeKey& key);

// Appends the bytes of a chain. corrupt if a node is missing or not what the recipe says.
Result<void> read_chain(const Txn& txn, const ChainRef& chain, Decompressor& decompressor, std::string& out);

// The raw bytes of a content: its frame unpacked, its chains put in.
Result<std::string> unpack(const Txn& txn, const ContentView& content, Decompressor& decompressor);

}  // namespace pk::store
