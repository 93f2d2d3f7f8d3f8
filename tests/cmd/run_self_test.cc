#include "cmd/run_self.h"

#include <unistd.h>

#include "support/catch.h"

using namespace pk::cmd;

// What is run is this program: its tests stand for commands.
TEST_CASE("A run of this program that ends when it is ended", "[.endless]") {
  for (;;) ::pause();
}

TEST_CASE("What another run of this program prints is given, or what it complains of") {
  const auto printed = run_self({"--help"});
  REQUIRE(printed);
  CHECK(printed->find("usage:") != std::string::npos);
  CHECK_FALSE(run_self({"--no-such-flag"}));
}

TEST_CASE("Another run of this program is ended once nobody wants it any more") {
  int asked = 0;
  const auto ended = run_self({"[.endless]"}, [&] { return ++asked == 3; });
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == pk::Errc::cancelled);
  CHECK(asked == 3);
}
