// Pages made by hand. That LMDB's own are read rightly is page_reader_test's.
#include "store/tree_page.h"

#include <cstring>
#include <string>
#include <vector>

#include "support/catch.h"

namespace pk::store {

namespace {

struct Node {
  std::string key = {};
  std::string value = {};        // of a leaf
  std::uint64_t child = 0;       // of a branch
  std::uint16_t flags = 0;       // of a leaf
  std::uint32_t bytes_more = 0;  // than there are, as its head says
};

template <class T>
void put(std::string& page, std::size_t at, T value) {
  std::memcpy(page.data() + at, &value, sizeof value);
}

constexpr std::size_t k_page_bytes = 512;
constexpr std::size_t k_lower_at = 12;

// Nodes from the end of the page down, their places behind its head.
std::string page_of(std::uint16_t kind, const std::vector<Node>& nodes) {
  std::string page(k_page_bytes, '\0');
  std::size_t upper = page.size();
  std::size_t lower = sizeof(PageHead);
  for (const Node& node : nodes) {
    upper -= 8 + node.key.size() + node.value.size();
    const auto bytes = static_cast<std::uint32_t>(node.value.size()) + node.bytes_more;
    put<std::uint64_t>(page, upper,
                       kind == branch_page ? node.child : bytes | std::uint64_t{node.flags} << 32);
    put(page, upper + 6, static_cast<std::uint16_t>(node.key.size()));
    page.replace(upper + 8, node.key.size() + node.value.size(), node.key + node.value);
    put(page, lower, static_cast<std::uint16_t>(upper));
    lower += 2;
  }
  put<std::uint64_t>(page, 0, 7);
  put(page, 10, kind);
  put(page, k_lower_at, static_cast<std::uint16_t>(lower));
  put(page, 14, static_cast<std::uint16_t>(upper));
  return page;
}

}  // namespace

TEST_CASE("A page's head is as it lies there") {
  const PageHead head = head_of(page_of(leaf_page, {{.key = "a", .value = "1"}}));
  CHECK(head.number == 7);
  CHECK(head.flags == leaf_page);
  CHECK(head.lower == sizeof(PageHead) + 2);
  CHECK(head.upper == k_page_bytes - 10);
}

TEST_CASE("A leaf gives the value of a key that is on it, and no other's") {
  const std::string page = page_of(
      leaf_page, {{.key = "a", .value = "1"}, {.key = "bb", .value = ""}, {.key = "c", .value = "three"}});
  CHECK(value_of(page, "a") == "1");
  CHECK(value_of(page, "bb") == "");
  CHECK(value_of(page, "c") == "three");
  for (const char* key : {"", "A", "b", "bbb", "d"}) {
    CAPTURE(key);
    CHECK_FALSE(value_of(page, key));
  }
  CHECK_FALSE(value_of(page_of(leaf_page, {}), "a"));
}

TEST_CASE("A value that is a table, or has pages of its own, or ends past the page, is not given") {
  CHECK_FALSE(value_of(page_of(leaf_page, {{.key = "a", .value = "1", .flags = 1}}), "a"));
  CHECK_FALSE(value_of(page_of(leaf_page, {{.key = "a", .value = "1", .flags = 2}}), "a"));
  CHECK(value_of(page_of(leaf_page, {{.key = "a", .value = "1"}}), "a"));
  CHECK_FALSE(value_of(page_of(leaf_page, {{.key = "a", .value = "1", .bytes_more = 1}}), "a"));
  CHECK_FALSE(value_of(page_of(leaf_page, {{.key = "a", .value = "1", .bytes_more = 0x10000}}), "a"));
}

TEST_CASE("A branch leads to the page below: the first one has what is less than the second key") {
  const std::uint64_t far = 0x1234'5678'9ABC;
  const std::string page =
      page_of(branch_page, {{.key = "", .child = 3}, {.key = "f", .child = far}, {.key = "k", .child = 5}});
  CHECK(child_of(page, "") == 3);
  CHECK(child_of(page, "ezzz") == 3);
  CHECK(child_of(page, "f") == far);
  CHECK(child_of(page, "jz") == far);
  CHECK(child_of(page, "k") == 5);
  CHECK(child_of(page, "zz") == 5);
  CHECK(child_of(page_of(branch_page, {{.key = "", .child = 3}}), "x") == 3);
  CHECK_FALSE(child_of(page_of(branch_page, {}), "x"));
}

TEST_CASE("A page whose places lie past its end, or of more nodes than it has room for, leads nowhere") {
  std::string page = page_of(leaf_page, {{.key = "a", .value = "1"}});
  put(page, sizeof(PageHead), static_cast<std::uint16_t>(k_page_bytes - 7));
  CHECK_FALSE(value_of(page, "a"));
  page = page_of(branch_page, {{.key = "", .child = 3}});
  put(page, sizeof(PageHead), std::uint16_t{0xFFFF});
  CHECK_FALSE(child_of(page, "a"));
  for (const std::uint16_t lower : {0, 15, 513, 0xFFFF}) {
    CAPTURE(lower);
    page = page_of(leaf_page, {{.key = "a", .value = "1"}});
    put(page, k_lower_at, lower);
    CHECK_FALSE(value_of(page, "a"));
  }
  page = page_of(leaf_page, {{.key = "a", .value = "1"}});
  put(page, k_page_bytes - 10 + 6, std::uint16_t{3});  // a key longer than what is left
  CHECK_FALSE(value_of(page, "a"));
}

}  // namespace pk::store
