// Reads the bodies of many records, as a search does: their bytes in pieces, no record made of them. The
// pieces of a conversation come with their keys, so that who has seen one need not have it unpacked again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "store/compress.h"
#include "store/content.h"
#include "store/txn.h"

namespace pk::store {

enum class Side { request, response };

// What is told of a body, in order. Views are good until the call ends.
class BodyVisitor {
 public:
  virtual ~BodyVisitor() = default;
  // Once, first: where nothing was kept there is no head, and the rest is not called.
  virtual void head(std::string_view head) = 0;
  // Bytes of the body, which are no part of a shared conversation.
  virtual void piece(std::string_view bytes) = 0;
  // A chain follows, of all nodes up to this one. True: it was seen, its nodes are not given.
  virtual bool knows(const NodeKey& tip) = 0;
  // A node of a chain, behind its parent (all zeros: the chain begins) which is either known or was just
  // given.
  virtual void node(const NodeKey& key, const NodeKey& parent, std::string_view bytes) = 0;
  // The chain ends here: what it has stands in the body behind what was told before.
  virtual void chain_ends() = 0;
};

// The value of a header in the head of a content, names in any case; nothing if it is not there.
std::optional<std::string_view> header_in(std::string_view head, std::string_view name);

// One thread per object.
class BodyReader {
 public:
  explicit BodyReader(std::shared_ptr<Env> env) : m_env(std::move(env)) {}

  // corrupt, naming the log, where it cannot be read.
  Result<void> read(const Uuid& id, Side side, BodyVisitor& visitor);
  // Between stretches of work: lets go of the snapshot that read() took.
  void rest();

 private:
  Result<void> begin();
  Result<void> read_recipe(const ContentView& view, BodyVisitor& visitor);
  Result<void> read_chain(const ChainRef& chain, BodyVisitor& visitor);

  std::shared_ptr<Env> m_env;
  std::optional<ReadTxn> m_txn;
  bool m_rests = false;
  Decompressor m_decompressor;
  std::string m_raw;
  std::vector<std::pair<NodeKey, NodeKey>> m_path;  // of a chain, from its end: nodes and their parents
};

}  // namespace pk::store
