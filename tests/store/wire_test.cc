#include "store/wire.h"

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("Numbers come back from the wire as they were") {
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{127},
                                     std::uint64_t{128}, std::uint64_t{1} << 35, UINT64_MAX}) {
    std::string bytes;
    append_varint(bytes, number);
    append_zigzag(bytes, static_cast<std::int64_t>(number));
    append_fixed(bytes, number);
    WireReader in(bytes);
    REQUIRE(in.varint() == number);
    REQUIRE(in.zigzag() == static_cast<std::int64_t>(number));
    REQUIRE(in.fixed<std::uint64_t>() == number);
    REQUIRE(in.ok());
    REQUIRE(in.done());
  }
}

TEST_CASE("Big-endian numbers sort as they count") {
  std::string low;
  std::string high;
  append_big_endian(low, std::uint32_t{255});
  append_big_endian(high, std::uint32_t{256});
  REQUIRE(low < high);
  REQUIRE(load_big_endian<std::uint32_t>(high.data()) == 256);
}

TEST_CASE("A read past the end fails, and so does every later one") {
  std::string bytes;
  append_text(bytes, "four");
  append_fixed(bytes, std::uint64_t{1});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    WireReader in(std::string_view(bytes).substr(0, size));
    in.text();
    in.fixed<std::uint64_t>();
    REQUIRE_FALSE(in.ok());
    REQUIRE(in.varint() == 0);
    REQUIRE(in.text().empty());
    REQUIRE(in.done());
  }
}

TEST_CASE("A number that never ends is refused") {
  WireReader in(std::string_view("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12));
  in.varint();
  REQUIRE_FALSE(in.ok());
}

TEST_CASE("A sum belongs to its bytes and its key") {
  std::string value(k_sum_bytes, '\0');
  value += "some bytes";
  seal("key", value.data(), value.size());
  REQUIRE(is_sealed("key", value));
  REQUIRE_FALSE(is_sealed("kez", value));
  REQUIRE_FALSE(is_sealed("key", value.substr(0, value.size() - 1)));
  REQUIRE_FALSE(is_sealed("key", "short"));
  value.back() ^= 1;
  REQUIRE_FALSE(is_sealed("key", value));
}

}  // namespace pk::store::test
