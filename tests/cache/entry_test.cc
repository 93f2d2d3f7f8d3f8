#include "cache/entry.h"

#include "cache/fixture.h"
#include "store/wire.h"

namespace pk::cache::test {
namespace {

Entry full() {
  Entry entry = entry_of(7, 5000);
  entry.status = 201;
  entry.event_stream = true;
  entry.partition.fill(9);
  entry.words = "how are you";
  entry.embedding = {0.5F, -1.25F, 0};
  return entry;
}

}  // namespace

TEST_CASE("An entry comes back as it was") {
  CHECK(must(decode(encode(full()))) == full());
  CHECK(must(decode(encode(Entry()))) == Entry());
  Entry head = full();
  head.body.clear();
  CHECK(must(decode(encode(full()), Parts::without_body)) == head);
}

TEST_CASE("A changed byte, a cut and a longer value are noticed") {
  const std::string bytes = encode(entry_of(1, 50));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x40);
    CHECK(decode(changed).error().code == Errc::corrupt);
    CHECK_FALSE(decode(std::string_view(bytes).substr(0, i)));
  }
  CHECK_FALSE(decode(bytes + "x"));
}

TEST_CASE("Bytes with a good sum that make no sense are refused") {
  const auto sealed = [](std::string bytes) {
    store::seal({}, bytes.data(), bytes.size());
    return bytes;
  };
  const std::string bytes = encode(full());
  std::string later = bytes;
  later[8] = 2;
  CHECK(decode(sealed(later)).error().message.find("version") != std::string::npos);
  for (std::size_t size = 8; size < bytes.size(); ++size) CHECK_FALSE(decode(sealed(bytes.substr(0, size))));
  CHECK_FALSE(decode(sealed(bytes + "x")));
}

TEST_CASE("Who asks for young entries gets no old ones, whatever the entry says of itself") {
  Entry entry;
  entry.created_ms = 1'000'000;
  entry.expires_ms = entry.created_ms + 60'000;
  CHECK(expires_for(entry, 10) == entry.created_ms + 10'000);
  CHECK(expires_for(entry, 1000) == entry.expires_ms);
}

}  // namespace pk::cache::test
