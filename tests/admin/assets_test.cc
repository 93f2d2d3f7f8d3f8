#include "admin/assets.h"

#include <zlib.h>

#include <set>

#include "support/catch.h"

using namespace pk::admin;

namespace {

std::string gzipped(const std::string& text) {
  z_stream stream{};
  REQUIRE(::deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(text.size() + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(::deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

}  // namespace

TEST_CASE("A file comes back as it was, and one that is damaged not at all") {
  const std::string text(100'000, 'x');
  const std::string gzip = gzipped(text);
  CHECK(inflated({"/a.js", "text/javascript", gzip, text.size()}) == text);
  CHECK_FALSE(inflated({"/a.js", "text/javascript", gzip, text.size() - 1}));
  CHECK_FALSE(inflated({"/a.js", "text/javascript", gzip, text.size() + 1}));
  CHECK_FALSE(inflated({"/a.js", "text/javascript", std::string_view(gzip).substr(0, 20), text.size()}));
  CHECK_FALSE(inflated({"/a.js", "text/javascript", "nonsense", 8}));
}

TEST_CASE("Who takes gzip says so") {
  for (const char* header : {"gzip", "deflate, gzip, br", "GZIP;q=0.5", "*", "gzip;q=1.0, *;q=0"})
    CHECK(takes_gzip(header));
  for (const char* header : {"", "br", "gzip;q=0", "gzip;q=0.0", "identity", "x-gzip-not", "*;q=0"})
    CHECK_FALSE(takes_gzip(header));
}

TEST_CASE("What is built in is whole, and its names tell its content") {
  std::set<std::string_view> paths;
  for (const Asset& asset : assets()) {
    INFO(asset.path);
    CHECK(inflated(asset));
    CHECK(paths.insert(asset.path).second);
    CHECK((asset.path == "/index.html" ||
           (asset.path.starts_with("/assets/") && asset.path.find('-') != std::string_view::npos)));
    CHECK(find_asset(assets(), asset.path) == &asset);
  }
  CHECK(find_asset(assets(), "/nope") == nullptr);
  CHECK((assets().empty() || paths.contains("/index.html")));
}
