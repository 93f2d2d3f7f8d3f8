#include "cache/local_store.h"

#include "cache/fixture.h"
#include "support/temp_folder.h"

namespace pk::cache::test {
namespace {

std::unique_ptr<LocalStore> open(const pk::test::TempFolder& folder, std::uint64_t bytes_max = 10'000'000) {
  static const SystemClock clock;
  LocalStore::Options options;
  options.dir = folder.path();
  options.bytes_max = bytes_max;
  return must(LocalStore::open(std::move(options), clock));
}

}  // namespace

TEST_CASE("What was put is there at once, when it is written, and after a restart") {
  const pk::test::TempFolder folder;
  {
    const auto store = open(folder);
    REQUIRE(get(*store, key_of(1)) == nullptr);
    store->put(key_of(1), shared(entry_of(1)));
    REQUIRE(get(*store, key_of(1)) != nullptr);
    store->flush();
    const EntryPtr written = get(*store, key_of(1));
    REQUIRE(written != nullptr);
    REQUIRE(*written == entry_of(1));
    store->put(key_of(2), shared(entry_of(2, 300'000)));
  }
  const auto store = open(folder);
  CHECK(store->remade().empty());
  REQUIRE(get(*store, key_of(1)) != nullptr);
  REQUIRE(*get(*store, key_of(2)) == entry_of(2, 300'000));
  CHECK(store->stats().entries == 2);
}

}  // namespace pk::cache::test
