#include "store/page_reader.h"

#include <unistd.h>

#include <cstring>

#include "store/meta_page.h"
#include "store/tree_page.h"

namespace pk::store {

namespace {

constexpr MDB_dbi k_names = 1;  // LMDB's table of tables

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
  DbHead table_head;
  std::memcpy(&table_head, value.mv_data, sizeof table_head);
  // It stands on a leaf, which begins with its number: so much of the map lies before it.
  const auto* at = static_cast<const char*>(value.mv_data);
  const char* const page = at - reinterpret_cast<std::uintptr_t>(at) % stat.ms_psize;
  const PageHead head = head_of({page, stat.ms_psize});
  if (!(head.flags & leaf_page)) return {};
  return PageReader(file, stat.ms_psize, page - head.number * stat.ms_psize, table_head.root);
}

std::optional<std::string_view> PageReader::find(std::string_view key) {
  std::uint64_t number = m_root;
  for (std::size_t level = 0; level < k_depth_max; ++level) {
    const std::string* const bytes = page(level, number);
    if (bytes == nullptr) return {};
    const std::uint16_t flags = head_of(*bytes).flags;
    if (flags == leaf_page) return value_of(*bytes, key);
    const auto child = flags == branch_page ? child_of(*bytes, key) : std::nullopt;
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
      head_of(last.bytes).number != number)
    return nullptr;
  last.number = number;
  return &last.bytes;
}

}  // namespace pk::store
