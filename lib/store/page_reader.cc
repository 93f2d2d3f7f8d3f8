#include "store/page_reader.h"

#include <unistd.h>

#include <cstring>

#include "store/meta_page.h"

namespace pk::store {

namespace {

constexpr MDB_dbi k_names = 1;  // LMDB's table of tables

enum PageFlag : std::uint16_t { branch = 0x01, leaf = 0x02 };

struct PageHead {
  std::uint64_t number;
  std::uint16_t pad;
  std::uint16_t flags;
  std::uint16_t lower;  // where the free space begins: behind the places of the nodes
  std::uint16_t upper;
};
static_assert(sizeof(PageHead) == 16);

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
  const auto head = load<PageHead>(page.data());
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

}  // namespace

std::optional<PageReader> PageReader::open(const ReadTxn& txn, Table table) {
  MDB_stat stat;
  int file = -1;
  const std::string_view name = Env::name_of(table);
  MDB_val key{name.size(), const_cast<char*>(name.data())};
  MDB_val value;
  if (mdb_env_stat(txn.env().raw(), &stat) != 0 || mdb_env_get_fd(txn.env().raw(), &file) != 0 ||
      mdb_get(txn.raw(), k_names, &key, &value) != 0 || value.mv_size != sizeof(DbHead))
    return {};
  if (stat.ms_psize > static_cast<unsigned long>(sysconf(_SC_PAGESIZE))) return {};  // made elsewhere
  // It stands on a leaf, which begins with its number: so much of the map lies before it.
  const auto* at = static_cast<const char*>(value.mv_data);
  const char* const page = at - reinterpret_cast<std::uintptr_t>(at) % stat.ms_psize;
  const auto head = load<PageHead>(page);
  if (!(head.flags & leaf)) return {};
  return PageReader(file, stat.ms_psize, page - head.number * stat.ms_psize, load<DbHead>(at).root);
}

std::optional<std::string_view> PageReader::find(std::string_view key) {
  std::uint64_t number = m_root;
  for (std::size_t level = 0; level < k_depth_max; ++level) {
    const std::string* const bytes = page(level, number);
    if (bytes == nullptr) return {};
    const auto flags = load<PageHead>(bytes->data()).flags;
    if (flags == leaf) return value_of(*bytes, key);
    const auto child = flags == branch ? child_of(*bytes, key) : std::nullopt;
    if (!child) return {};
    number = *child;
  }
  return {};
}

bool PageReader::copy(std::string_view value, std::size_t size, char* to) const {
  const auto offset = static_cast<off_t>(value.data() - m_map);
  return size <= value.size() && pread(m_file, to, size, offset) == static_cast<ssize_t>(size);
}

const std::string* PageReader::page(std::size_t level, std::uint64_t number) {
  Level& last = m_levels[level];
  if (last.number == number && number != k_no_page) return &last.bytes;
  last.number = k_no_page;
  last.bytes.resize(m_page_bytes);
  const auto offset = static_cast<off_t>(number * m_page_bytes);
  if (pread(m_file, last.bytes.data(), m_page_bytes, offset) != static_cast<ssize_t>(m_page_bytes) ||
      load<PageHead>(last.bytes.data()).number != number)
    return nullptr;
  last.number = number;
  return &last.bytes;
}

}  // namespace pk::store
