// Whatever a page of LMDB's says, what is found on it lies on it.
#include "fuzz.h"
#include "store/tree_page.h"

namespace {

constexpr std::size_t k_key_bytes = 16;

void check(std::string_view page, std::string_view key) {
  pk::store::child_of(page, key);
  const auto value = pk::store::value_of(page, key);
  if (!value) return;
  PK_ASSERT(value->size() <= page.size());
  PK_ASSERT(value->data() >= page.data() && value->data() + value->size() <= page.data() + page.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view page = pk::fuzz::text(data, size);
  if (size < sizeof(pk::store::PageHead)) return 0;
  check(page, "");
  // Every key that may be on it.
  for (std::size_t at = 0; at + k_key_bytes <= size; at += 4) check(page, page.substr(at, k_key_bytes));
  return 0;
}
