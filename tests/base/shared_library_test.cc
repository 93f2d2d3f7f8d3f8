#include "base/shared_library.h"

#include "support/catch.h"

namespace pk {

TEST_CASE("A library that is not there is an error that names the package") {
  SharedLibrary library("libpk-not-there.so.7", "libpk-not-there7");
  const auto loaded = library.load();
  REQUIRE(!loaded);
  CHECK(loaded.error().code == Errc::io);
  CHECK(loaded.error().message.starts_with("libpk-not-there.so.7: "));
  CHECK(loaded.error().message.ends_with("; install the package libpk-not-there7"));
  CHECK(!library.load());
}

TEST_CASE("A library that is there gives its functions, however often it is loaded") {
  SharedLibrary library("libm.so.6", "libc6");
  REQUIRE(library.load());
  REQUIRE(library.load());
  const auto half = reinterpret_cast<double (*)(double, int)>(library.find("ldexp"));
  CHECK(half(3.0, 1) == 6.0);
}

}  // namespace pk
