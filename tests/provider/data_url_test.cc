#include "provider/data_url.h"

#include <algorithm>
#include <memory>

#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("A data URL has a media type and base64") {
  CHECK(parse_data_url("data:image/png;base64,iVBOR") == DataUrl{"image/png", "iVBOR"});
  CHECK(parse_data_url("DATA:application/pdf;name=a.pdf;BASE64,QQ==") == DataUrl{"application/pdf", "QQ=="});
  CHECK(parse_data_url("data:image/png;base64,") == DataUrl{"image/png", ""});
  CHECK(parse_data_url("data:a/b;base64,x,y") == DataUrl{"a/b", "x,y"});
}

TEST_CASE("A data URL without a type, a comma or the mark of base64 is none") {
  for (const std::string_view bad :
       {"", "data:", "data:,", "data:;base64,QQ==", "data:text/plain,hello", "data:image/png;base64",
        "data:base64,QQ==", "http://x/data:image/png;base64,QQ==", "data:image/png;base64;x,QQ=="})
    CHECK_FALSE(parse_data_url(bad));
  CHECK(is_data_url("Data:x"));
  CHECK_FALSE(is_data_url("http://x"));
  CHECK_FALSE(is_data_url("dat"));
}

TEST_CASE("A data URL cut at any byte before its comma is none, and nothing behind it is read") {
  const std::string_view whole = "data:image/png;base64,AA";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size);
    std::copy_n(whole.data(), size, exact.get());
    CHECK(parse_data_url({exact.get(), size}).has_value() == (size > whole.find(',')));
  }
}

TEST_CASE("What is written is read back") {
  CHECK(data_url("image/gif", "R0lG") == "data:image/gif;base64,R0lG");
  CHECK(parse_data_url(data_url("image/gif", "R0lG")) == DataUrl{"image/gif", "R0lG"});
}

}  // namespace
}  // namespace pk::provider
