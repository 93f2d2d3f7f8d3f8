// Reads a few bytes here and there of the ledger's file by pread(), where LMDB would read them through its
// map.
//
// To touch a page of a map costs several µs the first time: sixteen pages around it are mapped, and unmapped
// at the end. Each command pays that again, so that what is scattered over the file (the heads of blocks, the
// rows of one user) costs a third when it is copied instead. What is read at a stretch is better off in the
// map.
//
// Knows how LMDB 0.9 lays out its pages on a 64-bit machine (tree_page.h; mdb.c: MDB_db), and believes
// nothing of what it finds: what does not fit is not found here, and LMDB has the word.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/txn.h"

namespace pk::store {

// One thread. Good for one snapshot: as long as its transaction, until that rests.
class PageReader {
 public:
  // Nothing if the table is not there, or not as it is known.
  static std::optional<PageReader> open(const ReadTxn& txn, Table table);

  // The table's value, good until the next call. Nothing if there is none, or it has pages of its own.
  std::optional<std::string_view> find(std::string_view key);

  // Copies the first `size` bytes of `value`, which LMDB has given, of any table. False: they are not in the
  // file.
  bool copy(std::string_view value, std::size_t size, char* to) const;

 private:
  static constexpr std::size_t k_depth_max = 12;
  static constexpr std::uint64_t k_no_page = ~std::uint64_t{0};

  // The last page that was read of each level: keys in order share those above.
  struct Level {
    std::uint64_t number = k_no_page;
    std::string bytes;
  };

  PageReader(int file, std::size_t page_bytes, const char* map, std::uint64_t root)
      : m_file(file), m_page_bytes(page_bytes), m_map(map), m_root(root) {}
  const std::string* page(std::size_t level, std::uint64_t number);

  int m_file;
  std::size_t m_page_bytes;
  const char* m_map;  // where the file's first byte is mapped
  std::uint64_t m_root;
  std::array<Level, k_depth_max> m_levels;
};

}  // namespace pk::store
