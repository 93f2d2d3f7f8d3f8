#include "prompt/values.h"

#include "support/catch.h"

using namespace pk;
using namespace pk::prompt;

namespace {

std::string printed(Values& values, const Scopes& scopes, const std::string& name) {
  const Data* found = scopes.find(name);
  return found ? values.printed(*found).string_value() : "(none)";
}

}  // namespace

TEST_CASE("Every value prints: texts as they are, others as their JSON") {
  Values values;
  REQUIRE(values.add(
      R"({"t":"a \"b\" <&>","n":12345678901234567890.70,"yes":true,"no":false,"nil":null,"e":"","l":[1, "x"],"o":{"a": 1}})"));
  const Scopes scopes(values.root());
  CHECK(printed(values, scopes, "t") == "a \"b\" <&>");
  CHECK(printed(values, scopes, "n") == "12345678901234567890.70");
  CHECK(printed(values, scopes, "yes") == "true");
  CHECK(printed(values, scopes, "no") == "false");
  CHECK(printed(values, scopes, "nil").empty());
  CHECK(printed(values, scopes, "e").empty());
  CHECK(printed(values, scopes, "l") == R"([1, "x"])");
  CHECK(printed(values, scopes, "o") == R"({"a": 1})");
  CHECK(printed(values, scopes, "none") == "(none)");
}

TEST_CASE("Names are looked up from the innermost object on, dots lead into objects") {
  Values values;
  REQUIRE(values.add(R"({"a":{"b":{"c":"deep"}},"x":"outer","a.b":"flat","l":[{"x":"inner"}]})"));
  Scopes scopes(values.root());
  CHECK(printed(values, scopes, "a.b.c") == "deep");
  CHECK(printed(values, scopes, "a.b") == "flat");  // a name as it stands goes before a way
  for (const char* none : {"a.c", "x.y", "a.", ".a", "..", "a.b.c.d"}) CHECK_FALSE(scopes.find(none));
  const Data* list = scopes.find("l");
  scopes.push(&list->list_value()[0]);
  CHECK(printed(values, scopes, "x") == "inner");
  CHECK(printed(values, scopes, ".") == R"({"x":"inner"})");
  scopes.pop();
  CHECK(printed(values, scopes, "x") == "outer");
}

TEST_CASE("A later object replaces values of the earlier one, whatever they were") {
  Values values;
  REQUIRE(values.add(R"({"a":{"deep":[1,2,{"x":""}]},"b":"","c":"kept"})"));
  REQUIRE(values.add(R"({"a":"text","b":{"y":1}})"));
  const Scopes scopes(values.root());
  CHECK(printed(values, scopes, "a") == "text");
  CHECK(printed(values, scopes, "b") == R"({"y":1})");
  CHECK(printed(values, scopes, "c") == "kept");
}

TEST_CASE("Values are so deep and so many, and no more") {
  const auto nested = [](std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  Values fits, deep, many;
  CHECK(fits.add(nested(k_values_deep_max - 1)));
  const auto too_deep = deep.add(nested(k_values_deep_max));
  REQUIRE_FALSE(too_deep);
  CHECK(too_deep.error().code == Errc::limit);
  std::string list = "{\"a\":[0";
  for (std::size_t i = 0; i < k_values_max; ++i) list += ",0";
  const auto too_many = many.add(list + "]}");
  REQUIRE_FALSE(too_many);
  CHECK(too_many.error().message == "variables may hold 100000 values at most");
}
