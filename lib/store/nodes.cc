#include "store/nodes.h"

#include <algorithm>

#include "base/text.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr NodeKey k_root{};

Error node_damage(const NodeKey& key, std::string_view what) {
  return Error{Errc::corrupt, "conversation node " + hex(as_view(key)) + " " + std::string(what)};
}

NodeKey as_node_key(std::string_view bytes) {
  NodeKey key;
  std::copy_n(bytes.begin(), key.size(), reinterpret_cast<char*>(key.data()));
  return key;
}

Result<void> set_refs(WriteTxn& txn, const NodeKey& key, std::uint32_t refs) {
  if (refs == 1) {
    PK_TRY(txn.remove(Table::refs, as_view(key)));
    return {};
  }
  std::string value;
  append_fixed(value, refs);
  return txn.put(Table::refs, as_view(key), value);
}

Result<void> count_up(WriteTxn& txn, const NodeKey& key) {
  PK_ASSIGN(const std::uint32_t refs, refs_of(txn, key));
  return set_refs(txn, key, refs + 1);
}

std::string node_value(const NodeKey& key, const NodeKey& parent, std::string_view bytes,
                       Compressor& compressor) {
  std::string value(k_sum_bytes, '\0');
  value.push_back('\0');
  value.append(as_view(parent));
  append_varint(value, bytes.size());
  value[k_sum_bytes] = static_cast<char>(compressor.append_shorter(value, bytes));
  seal(as_view(key), value.data(), value.size());
  return value;
}

}  // namespace

Result<NodeView> view_node(const NodeKey& key, std::string_view value) {
  if (!is_sealed(as_view(key), value)) return node_damage(key, "has a wrong sum");
  WireReader in(value.substr(k_sum_bytes));
  NodeView node;
  const auto kind = in.fixed<std::uint8_t>();
  const std::string_view parent = in.bytes(node.parent.size());
  node.raw_bytes = in.varint();
  if (!in.ok() || kind > 1 || node.raw_bytes > k_split_max) return node_damage(key, "cannot be read");
  node.framed = kind == 1;
  node.parent = as_node_key(parent);
  node.payload = in.rest();
  if (!node.framed && node.payload.size() != node.raw_bytes) return node_damage(key, "is cut");
  return node;
}

Result<std::uint32_t> refs_of(const Txn& txn, const NodeKey& key) {
  PK_ASSIGN(const auto value, txn.get(Table::refs, as_view(key)));
  if (!value) return std::uint32_t{1};
  WireReader in(*value);
  const auto refs = in.fixed<std::uint32_t>();
  if (!in.ok() || !in.done() || refs == 0) return node_damage(key, "has a count that cannot be read");
  return refs;
}

Result<void> add_chain(WriteTxn& txn, const NewNodes& nodes, const NewNodes::Chain& chain,
                       Compressor& compressor) {
  // A node that is there has all its ancestors: so the last known one is looked for from the end, where a
  // next turn has its few new ones.
  std::size_t known = chain.keys.size();
  while (known > 0) {
    PK_ASSIGN(const auto value, txn.get(Table::nodes, as_view(chain.keys[known - 1])));
    if (value) break;
    --known;
  }
  if (known > 0) PK_TRY(count_up(txn, chain.keys[known - 1]));
  for (std::size_t i = known; i < chain.keys.size(); ++i) {
    const std::size_t begin = i == 0 ? chain.begin : chain.ends[i - 1];
    const std::string_view bytes = std::string_view(nodes.bytes).substr(begin, chain.ends[i] - begin);
    const NodeKey& parent = i == 0 ? k_root : chain.keys[i - 1];
    PK_TRY(
        txn.put(Table::nodes, as_view(chain.keys[i]), node_value(chain.keys[i], parent, bytes, compressor)));
  }
  return {};
}

Result<std::uint64_t> release_chain(WriteTxn& txn, const NodeKey& tip) {
  std::uint64_t freed = 0;
  NodeKey key = tip;
  while (key != k_root) {
    PK_ASSIGN(const std::uint32_t refs, refs_of(txn, key));
    if (refs > 1) {
      PK_TRY(set_refs(txn, key, refs - 1));
      break;
    }
    PK_ASSIGN(const auto value, txn.get(Table::nodes, as_view(key)));
    if (!value) break;
    freed += key.size() + value->size();
    const Result<NodeView> node = view_node(key, *value);
    // A damaged node goes, and what hung on it is left to verify: to prune is how damage is got rid of.
    const NodeKey parent = node ? node->parent : k_root;
    PK_TRY(txn.remove(Table::nodes, as_view(key)));
    key = parent;
  }
  return freed;
}

Result<void> read_chain(const Txn& txn, const ChainRef& chain, Decompressor& decompressor, std::string& out) {
  std::vector<NodeView> nodes;
  NodeKey key = chain.tip;
  std::uint64_t bytes = 0;
  for (std::uint64_t i = 0; i < chain.nodes; ++i) {
    PK_ASSIGN(const auto value, txn.get(Table::nodes, as_view(key)));
    if (!value) return node_damage(key, "is missing");
    PK_ASSIGN(nodes.emplace_back(), view_node(key, *value));
    bytes += nodes.back().raw_bytes;
    key = nodes.back().parent;
  }
  if (key != k_root || bytes != chain.bytes) return node_damage(chain.tip, "ends a chain of another length");
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    if (node->framed) {
      PK_TRY(decompressor.append(out, node->payload, node->raw_bytes));
    } else {
      out.append(node->payload);
    }
  }
  return {};
}

Result<std::string> unpack(const Txn& txn, const ContentView& content, Decompressor& decompressor) {
  std::string raw;
  if (content.kind == ContentView::Kind::plain) return raw = content.payload, raw;
  if (content.kind == ContentView::Kind::frame) {
    PK_TRY(decompressor.append(raw, content.payload, content.raw_bytes));
    return raw;
  }
  std::string literals;
  PK_TRY(decompressor.append(literals, content.payload, content.literal_bytes));
  std::size_t at = 0;
  for (const ContentView::Part& part : content.parts) {
    if (part.literal_bytes > 0) {
      raw.append(literals, at, part.literal_bytes);
      at += part.literal_bytes;
    } else {
      PK_TRY(read_chain(txn, part.chain, decompressor, raw));
    }
  }
  return raw;
}

}  // namespace pk::store
