#include "store/weigh.h"

#include "store/codec.h"
#include "store/content.h"
#include "store/edit.h"
#include "store/nodes.h"
#include "store/wire.h"

namespace pk::store {

namespace {

// As release_chain().
Result<std::uint64_t> weigh_chain(const Txn& txn, NodeKey key, GhostRefs& refs) {
  std::uint64_t freed = 0;
  while (key != NodeKey{}) {
    auto ghost = refs.find(key);
    if (ghost == refs.end()) {
      PK_ASSIGN(const std::uint32_t stored, refs_of(txn, key));
      ghost = refs.emplace(key, stored).first;
    }
    if (--ghost->second > 0) break;
    refs.erase(ghost);
    PK_ASSIGN(const auto value, txn.get(Table::nodes, as_view(key)));
    if (!value) break;
    freed += key.size() + value->size();
    const Result<NodeView> node = view_node(key, *value);
    key = node ? node->parent : NodeKey{};
  }
  return freed;
}

// As drop_content().
Result<std::uint64_t> weigh_content(const Txn& txn, Table side, const Uuid& id, GhostRefs& refs) {
  PK_ASSIGN(const auto value, txn.get(side, as_view(id)));
  if (!value) return std::uint64_t{0};
  std::uint64_t freed = id.bytes.size() + value->size();
  const Result<ContentView> content = view_content(id, *value);
  if (!content) return freed;
  for (const ContentView::Part& part : content->parts) {
    if (part.literal_bytes > 0) continue;
    PK_ASSIGN(const std::uint64_t bytes, weigh_chain(txn, part.chain.tip, refs));
    freed += bytes;
  }
  return freed;
}

}  // namespace

Result<std::uint64_t> weigh_strip(const Txn& txn, const Uuid& id, GhostRefs& refs) {
  PK_ASSIGN(const std::uint64_t request, weigh_content(txn, Table::requests, id, refs));
  PK_ASSIGN(const std::uint64_t response, weigh_content(txn, Table::responses, id, refs));
  return request + response;
}

Result<std::uint64_t> weigh_removal(const Txn& txn, const Uuid& id, GhostRefs& refs) {
  PK_ASSIGN(const auto row, txn.get(Table::records, as_view(id)));
  if (!row) return std::uint64_t{0};
  PK_ASSIGN(const std::string trace, trace_key_of(txn, id, *row));
  PK_ASSIGN(const std::uint64_t contents, weigh_strip(txn, id, refs));
  std::uint64_t freed = id.bytes.size() + row->size() + contents;
  if (trace.empty()) return freed;
  PK_ASSIGN(const auto entry, txn.get(Table::traces, trace));
  if (entry) freed += trace.size();
  return freed;
}

}  // namespace pk::store
