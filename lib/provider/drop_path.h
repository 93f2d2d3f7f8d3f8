// What is deleted from a request body, by paths (reference 2.1): `a.b`, `a[0].b`, `a[*].b`. Pure.
//
// A path is names with dots between them, after each any number of `[0]` or `[*]`: an element of an array,
// counted from 0, or each of them. A name is a member's, escapes undone; members whose names have a dot or a
// `[` in them cannot be said. All paths mean the body as it was before any of them: with `a[0]` and `a[1]`
// the first two elements go. What is no path, and what leads nowhere, does nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::provider {

// Steps of all paths together, those they share counted once. What `[*]` says is said again for each `[0]`
// beside it, which could double at every step.
inline constexpr std::size_t k_drop_steps_max = 16'384;

// All paths as one tree: however many there are, a walk over the body is at one place in it. A value of its
// own; any number of threads may read it.
class DropPaths {
 public:
  // `limit` beyond k_drop_steps_max.
  static Result<DropPaths> of(std::span<const std::string> paths);

  // The body without what the paths lead to, twins too; commas that are too many then go with it, every other
  // byte stays. `json` has passed BodyReader::read; of other text nothing is promised but that no byte
  // outside it is read. One walk.
  std::string removed_from(std::string_view json) const;

 private:
  friend class DropWalk;

  using Id = std::uint32_t;
  static constexpr Id k_root = 0;
  static constexpr Id k_none = 0;  // the root too: nothing leads back to it, and it never goes

  // What goes below one place in the body.
  struct Node {
    bool dropped = false;  // the place itself goes
    std::map<std::string, Id, std::less<>> names;
    std::map<std::uint64_t, Id> items;  // each with what `any` says in it
    Id any = k_none;
  };

  DropPaths() : m_nodes(1) {}

  bool full() const { return m_nodes.size() > k_drop_steps_max; }
  Id next(Id& child);
  void add(std::string_view path);
  void merge(Id from, Id into);
  void spread(Id at);

  // One step down: k_none where no path goes.
  Id named(Id at, std::string_view name) const;
  Id item(Id at, std::uint64_t index) const;
  bool drops(Id at) const { return m_nodes[at].dropped; }

  std::deque<Node> m_nodes;  // those that are there stay where they are while others come
};

}  // namespace pk::provider
