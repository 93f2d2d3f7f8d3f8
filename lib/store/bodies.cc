#include "store/bodies.h"

#include <algorithm>

#include "base/text.h"
#include "store/codec.h"
#include "store/nodes.h"
#include "store/wire.h"

namespace pk::store {

namespace {

constexpr NodeKey k_root{};

}  // namespace

std::optional<std::string_view> header_in(std::string_view head, std::string_view name) {
  WireReader in(head);
  while (!in.done()) {
    const std::string_view at = in.text();
    const std::string_view value = in.text();
    if (in.ok() && iequals(at, name)) return value;
  }
  return {};
}

Result<void> BodyReader::begin() {
  if (!m_txn) {
    PK_ASSIGN(ReadTxn txn, ReadTxn::begin(*m_env));
    m_txn.emplace(std::move(txn));
  } else if (m_rests) {
    PK_TRY(m_txn->renew());
  }
  m_rests = false;
  return {};
}

void BodyReader::rest() {
  if (m_txn && !m_rests) m_txn->rest();
  m_rests = true;
}

Result<void> BodyReader::read(const Uuid& id, Side side, BodyVisitor& visitor) {
  PK_TRY(begin());
  const Table table = side == Side::request ? Table::requests : Table::responses;
  PK_ASSIGN(const auto value, m_txn->get(table, as_view(id)));
  if (!value) return {};
  PK_ASSIGN(const ContentView view, view_content(id, *value));
  m_raw.clear();
  std::string_view raw = view.payload;
  if (view.kind != ContentView::Kind::plain) {
    const bool recipe = view.kind == ContentView::Kind::recipe;
    const std::uint64_t bytes = recipe ? view.literal_bytes : view.raw_bytes;
    auto unpacked = m_decompressor.append(m_raw, view.payload, bytes);
    if (!unpacked) return damage(id, unpacked.error().message);
    raw = m_raw;
  }
  if (raw.size() < view.head_bytes) return damage(id, "a body's sizes do not fit together");
  visitor.head(raw.substr(0, view.head_bytes));
  if (view.kind == ContentView::Kind::recipe) {
    auto done = read_recipe(view, visitor);
    return done ? Result<void>{} : damage(id, done.error().message);
  }
  visitor.piece(raw.substr(view.head_bytes));
  return {};
}

// The head is the beginning of the first literal part.
Result<void> BodyReader::read_recipe(const ContentView& view, BodyVisitor& visitor) {
  std::string literals = std::exchange(m_raw, {});
  std::size_t at = 0;
  for (const ContentView::Part& part : view.parts) {
    if (part.literal_bytes == 0) {
      PK_TRY(read_chain(part.chain, visitor));
      continue;
    }
    const std::size_t begin = std::max(at, view.head_bytes);
    at += part.literal_bytes;
    if (at > begin) visitor.piece(std::string_view(literals).substr(begin, at - begin));
  }
  m_raw = std::move(literals);
  return {};
}

Result<void> BodyReader::read_chain(const ChainRef& chain, BodyVisitor& visitor) {
  m_path.clear();
  NodeKey key = chain.tip;
  while (key != k_root && !visitor.knows(key)) {
    if (m_path.size() == chain.nodes) return Error{Errc::corrupt, "a conversation is longer than it says"};
    PK_ASSIGN(const auto value, m_txn->get(Table::nodes, as_view(key)));
    if (!value) return Error{Errc::corrupt, "a piece of its conversation is missing"};
    PK_ASSIGN(const NodeView node, view_node(key, *value));
    m_path.emplace_back(key, node.parent);
    key = node.parent;
  }
  for (auto at = m_path.rbegin(); at != m_path.rend(); ++at) {
    PK_ASSIGN(const auto value, m_txn->get(Table::nodes, as_view(at->first)));
    PK_ASSIGN(const NodeView node, view_node(at->first, *value));
    m_raw.clear();
    if (node.framed) PK_TRY(m_decompressor.append(m_raw, node.payload, node.raw_bytes));
    visitor.node(at->first, at->second, node.framed ? std::string_view(m_raw) : node.payload);
  }
  visitor.chain_ends();
  return {};
}

}  // namespace pk::store
