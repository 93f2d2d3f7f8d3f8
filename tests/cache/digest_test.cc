#include "cache/digest.h"

#include "base/text.h"
#include "cache/fixture.h"

namespace pk::cache::test {

TEST_CASE("A digest is BLAKE2b of its size, in pieces or at once") {
  const Key key = hash_of<Key>("abc");
  // BLAKE2b-256 of "abc"
  CHECK(hex(view_of(key)) == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  Hasher<Key> hasher;
  hasher.add("a");
  hasher.add("bc");
  CHECK(hasher.finish() == key);
  CHECK(hash_of<Digest>("abc") != hash_of<Digest>("abd"));
}

}  // namespace pk::cache::test
