#include "upstream/gunzip.h"

#include <zlib.h>

#include "support/catch.h"
#include "support/fake_upstream.h"

using pk::test::gzip_stored;
using pk::upstream::Gunzip;
using pk::upstream::k_gunzip_step_bytes;

namespace {

// What real servers send: deflated, not only stored.
std::string gzip_packed(std::string_view text) {
  z_stream z{};
  REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&z, text.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

struct Unpacked {
  std::string text;
  bool good = true;
  bool whole = false;
  std::size_t step_max = 0;
};

Unpacked unpack(const std::vector<std::string_view>& pieces) {
  Unpacked unpacked;
  Gunzip gunzip;
  for (std::string_view piece : pieces) {
    while (unpacked.good && (!piece.empty() || gunzip.has_more())) {
      const std::size_t before = unpacked.text.size();
      unpacked.good = gunzip.step(piece, unpacked.text);
      unpacked.step_max = std::max(unpacked.step_max, unpacked.text.size() - before);
    }
  }
  unpacked.whole = unpacked.good && gunzip.whole() && !gunzip.has_more();
  return unpacked;
}

}  // namespace

TEST_CASE("A packed text is unpacked, however it is cut") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "line " + std::to_string(i) + "\n";
  for (const std::string& packed : {gzip_packed(text), gzip_stored(text), gzip_packed(""), gzip_stored("")}) {
    const std::string expected = unpack({packed}).text;
    for (std::size_t cut = 0; cut <= packed.size(); ++cut) {
      const std::string_view view(packed);
      const Unpacked unpacked = unpack({view.substr(0, cut), view.substr(cut)});
      REQUIRE(unpacked.whole);
      REQUIRE(unpacked.text == expected);
    }
  }
  CHECK(unpack({gzip_packed(text)}).text == text);
  CHECK(unpack({gzip_stored(text)}).text == text);
}

TEST_CASE("A text that was cut is not whole, wherever it was cut") {
  const std::string packed = gzip_packed("a text that is to be cut");
  for (std::size_t cut = 1; cut < packed.size(); ++cut) {
    INFO(cut);
    const Unpacked unpacked = unpack({std::string_view(packed).substr(0, cut)});
    CHECK(unpacked.good);
    CHECK_FALSE(unpacked.whole);
  }
}

TEST_CASE("Nothing at all is whole") {
  CHECK(unpack({}).whole);
  CHECK(unpack({""}).whole);
}

TEST_CASE("Several members are one text") {
  const std::string two = gzip_packed("first ") + gzip_stored("second");
  CHECK(unpack({two}).text == "first second");
  CHECK(unpack({two}).whole);
  CHECK_FALSE(unpack({std::string_view(two).substr(0, two.size() - 1)}).whole);
}

TEST_CASE("What is no gzip, or not the text it was, is refused") {
  std::string wrong_sum = gzip_stored("text");
  wrong_sum[wrong_sum.size() - 5] = static_cast<char>(wrong_sum[wrong_sum.size() - 5] ^ 1);
  std::string wrong_size = gzip_stored("text");
  wrong_size.back() = static_cast<char>(wrong_size.back() ^ 1);
  for (const std::string& bad : {std::string("plain text"), wrong_sum, wrong_size,
                                 gzip_stored("text") + "garbage", "\x1f" + gzip_stored("text")}) {
    const Unpacked unpacked = unpack({bad});
    CHECK_FALSE(unpacked.good);
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < bad.size(); ++at) bytes.push_back(std::string_view(bad).substr(at, 1));
    CHECK_FALSE(unpack(bytes).good);
  }
}

TEST_CASE("However well a text was packed, it comes in small pieces") {
  const std::string text(50'000'000, 'z');
  const std::string packed = gzip_packed(text);
  REQUIRE(packed.size() < 100'000);
  const Unpacked unpacked = unpack({packed});
  CHECK(unpacked.whole);
  CHECK(unpacked.text.size() == text.size());
  CHECK(unpacked.step_max == k_gunzip_step_bytes);
}
