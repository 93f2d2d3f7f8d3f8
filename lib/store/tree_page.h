// A page of one of LMDB's trees as it lies in the file: LMDB 0.9 on a 64-bit machine (mdb.c: MDB_page,
// MDB_node). Pure; whatever the bytes are, nothing outside of them is read, and what does not fit is not
// there.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pk::store {

enum PageFlag : std::uint16_t { branch_page = 0x01, leaf_page = 0x02 };

struct PageHead {
  std::uint64_t number;
  std::uint16_t pad;
  std::uint16_t flags;
  std::uint16_t lower;  // where the free space begins: behind the places of the nodes
  std::uint16_t upper;
};
static_assert(sizeof(PageHead) == 16);

// `page` has a PageHead's bytes at least.
PageHead head_of(std::string_view page);
// Of a branch: the number of the page below that has the key, if any has.
std::optional<std::uint64_t> child_of(std::string_view page, std::string_view key);
// Of a leaf: the key's value, in `page`. Nothing if it is not there, is a table, or has pages of its own.
std::optional<std::string_view> value_of(std::string_view page, std::string_view key);

}  // namespace pk::store
