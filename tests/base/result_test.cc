#include "base/result.h"

#include <memory>

#include "support/catch.h"

using pk::Errc;
using pk::Error;
using pk::Result;

namespace {

Result<int> half(int x) {
  if (x % 2) return Error{Errc::invalid, "odd"};
  return x / 2;
}

Result<void> check(int x) {
  PK_TRY(half(x));
  return {};
}

Result<std::string> quarter(int x) {
  PK_ASSIGN(const int h, half(x));
  PK_ASSIGN(const int q, half(h));
  return std::to_string(q);
}

}  // namespace

TEST_CASE("A result is a value or an error") {
  const auto good = half(4);
  REQUIRE(good);
  CHECK(*good == 2);
  CHECK(good.value() == 2);
  const auto bad = half(3);
  REQUIRE_FALSE(bad);
  CHECK(bad.error() == Error{Errc::invalid, "odd"});
  CHECK(half(3).value_or(7) == 7);
  CHECK(half(4).value_or(7) == 2);
}

TEST_CASE("An error leaves the function that tries, a value goes on") {
  CHECK(check(2));
  CHECK(check(3).error().message == "odd");
  CHECK(*quarter(8) == "2");
  CHECK(quarter(6).error().message == "odd");
  CHECK(quarter(5).error().code == Errc::invalid);
}

TEST_CASE("A value that can only be moved is moved out") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  const std::unique_ptr<int> value = *std::move(result);
  CHECK(*value == 5);
}

TEST_CASE("Nothing there is a value, not an error") {
  const Result<std::optional<int>> none = std::optional<int>();
  CHECK(none);
  CHECK_FALSE(none->has_value());
}
