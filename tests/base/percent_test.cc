#include "base/percent.h"

#include "support/catch.h"

namespace pk {
namespace {

TEST_CASE("Bytes that mean something in a URL, or nothing, are escaped") {
  CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encoded("a b/%?#\xC3\xA9") == "a%20b%2F%25%3F%23%C3%A9");
  CHECK(percent_encoded(std::string_view("\0\x7f", 2)) == "%00%7F");
  CHECK(percent_encoded("a/b c", CharSet::alphanumeric_and("/")) == "a/b%20c");
  CHECK(percent_decoded("a%20b%2f%C3%a9") == "a b/\xC3\xA9");
  CHECK(percent_decoded("%4") == "%4");
  CHECK(percent_decoded("%zz%%41") == "%zz%A");
}

}  // namespace
}  // namespace pk
