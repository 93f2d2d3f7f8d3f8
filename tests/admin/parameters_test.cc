#include "admin/parameters.h"

#include "support/catch.h"

using pk::admin::k_parameters_max;
using pk::admin::Parameters;

namespace {

std::string shown(std::string_view query) {
  const auto parsed = Parameters::parse(query);
  if (!parsed) return "error: " + parsed.error().message;
  std::string out;
  for (const auto& [name, value] : *parsed) out += "[" + name + "=" + value + "]";
  return out;
}

}  // namespace

TEST_CASE("A query is pairs with their coding taken off") {
  CHECK(shown("") == "");
  CHECK(shown("a=b&c=d") == "[a=b][c=d]");
  CHECK(shown("q=cost%3E%3D0.01+%22a%20b%22") == "[q=cost>=0.01 \"a b\"]");
  CHECK(shown("metadata=team=red") == "[metadata=team=red]");
  CHECK(shown("a&b=&=c&&") == "[a=][b=][=c]");
  CHECK(shown("a=%zz%4") == "[a=%zz%4]");
  CHECK(shown("a=1&a=2") == "[a=1][a=2]");
}

TEST_CASE("Too many pairs and bytes that are no text are refused") {
  CHECK(shown("a=%ff").starts_with("error: "));
  std::string many;
  for (std::size_t i = 0; i < k_parameters_max; ++i) many += "a=b&";
  CHECK(Parameters::parse(many));
  CHECK(shown(many + "c=d").starts_with("error: "));
}

TEST_CASE("A switch may have a value or none") {
  const auto parsed = *Parameters::parse("a&b=true&c=1&d=false&e=0&f=maybe");
  for (const char* name : {"a", "b", "c"}) CHECK(*parsed.flag(name));
  for (const char* name : {"d", "e", "other"}) CHECK_FALSE(*parsed.flag(name));
  CHECK_FALSE(parsed.flag("f"));
  CHECK(parsed.get("b") == "true");
  CHECK_FALSE(parsed.get("other"));
}
