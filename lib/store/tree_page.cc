#include "store/tree_page.h"

#include <cstddef>
#include <cstring>

namespace pk::store {

namespace {

// In front of a node's key. Of a branch, `low`, `high` and `flags` are the number of the child; of a leaf the
// first two are the size of the value, which lies behind the key.
struct NodeHead {
  std::uint16_t low;
  std::uint16_t high;
  std::uint16_t flags;
  std::uint16_t key_bytes;
};

template <class T>
T load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

struct Node {
  NodeHead head;
  std::string_view key;
  std::string_view behind;  // up to the end of the page
};

std::size_t nodes_of(std::string_view page) {
  const PageHead head = head_of(page);
  return head.lower < sizeof head || head.lower > page.size()
             ? 0
             : (head.lower - sizeof head) / sizeof(std::uint16_t);
}

std::optional<Node> node_of(std::string_view page, std::size_t i) {
  const auto at = load<std::uint16_t>(page.data() + sizeof(PageHead) + i * sizeof(std::uint16_t));
  if (at > page.size() - sizeof(NodeHead)) return {};
  const auto head = load<NodeHead>(page.data() + at);
  const std::string_view rest = page.substr(at + sizeof head);
  if (head.key_bytes > rest.size()) return {};
  return Node{head, rest.substr(0, head.key_bytes), rest.substr(head.key_bytes)};
}

// The place of the first node from `low` on whose key is greater.
std::size_t place_behind(std::string_view page, std::size_t low, std::string_view key) {
  std::size_t high = nodes_of(page);
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const auto node = node_of(page, middle);
    if (node && node->key <= key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

}  // namespace

PageHead head_of(std::string_view page) {
  return load<PageHead>(page.data());
}

std::optional<std::uint64_t> child_of(std::string_view page, std::string_view key) {
  if (nodes_of(page) == 0) return {};
  const auto node = node_of(page, place_behind(page, 1, key) - 1);  // the first one's key is not there
  if (!node) return {};
  return node->head.low | std::uint64_t{node->head.high} << 16 | std::uint64_t{node->head.flags} << 32;
}

std::optional<std::string_view> value_of(std::string_view page, std::string_view key) {
  const std::size_t behind = place_behind(page, 0, key);
  if (behind == 0) return {};
  const auto node = node_of(page, behind - 1);
  if (!node || node->key != key || node->head.flags != 0) return {};
  const std::size_t bytes = node->head.low | std::size_t{node->head.high} << 16;
  if (bytes > node->behind.size()) return {};
  return node->behind.substr(0, bytes);
}

}  // namespace pk::store
