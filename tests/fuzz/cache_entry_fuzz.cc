// Bytes from a disk or another server: an entry, or an error. What was read is written the same way again,
// and bytes that are not the writer's own do not get past the sum.
#include <string>

#include "cache/entry.h"
#include "fuzz.h"
#include "store/wire.h"

namespace {

void check(std::string_view bytes) {
  const auto entry = pk::cache::decode(bytes);
  if (!entry) return;
  const std::string again = pk::cache::encode(*entry);
  const auto back = pk::cache::decode(again);
  PK_ASSERT(back && pk::cache::encode(*back) == again);
  const auto head = pk::cache::decode(bytes, pk::cache::Parts::without_body);
  PK_ASSERT(head && head->body.empty() && head->fingerprint == entry->fingerprint);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  check(input);
  std::string sealed(pk::store::k_sum_bytes, '\0');
  sealed += input.size() > sealed.size() ? input.substr(sealed.size()) : std::string_view();
  pk::store::seal({}, sealed.data(), sealed.size());
  check(sealed);
  return 0;
}
