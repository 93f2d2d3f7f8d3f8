#include "admin/fields.h"

#include "support/catch.h"

using pk::admin::Fields;

TEST_CASE("Members are read by their names and types") {
  const std::string body = R"( {"name":"a\"b","n":7,"yes":true,"o":{"x":[1]},"l":["a","b"],"nothing":null} )";
  const auto parsed = Fields::parse(body, {"name", "n", "yes", "o", "l", "nothing"});
  REQUIRE(parsed);
  CHECK(**parsed->text("name") == "a\"b");
  CHECK(**parsed->integer("n") == 7);
  CHECK(**parsed->flag("yes"));
  CHECK(**parsed->object("o") == R"({"x":[1]})");
  CHECK(**parsed->texts("l") == std::vector<std::string>{"a", "b"});
  CHECK(**parsed->texts("name") == std::vector<std::string>{"a\"b"});
  CHECK_FALSE(*parsed->text("nothing"));
  CHECK_FALSE(*parsed->text("other"));
  CHECK(parsed->has("n"));
  CHECK_FALSE(parsed->has("nothing"));
  CHECK(*parsed->needed("name") == "a\"b");
  CHECK_FALSE(parsed->needed("nothing"));
}

TEST_CASE("Another type is an error that names the member") {
  const auto parsed = *Fields::parse(R"({"a":1,"b":"x","c":[1],"d":1.5})", {"a", "b", "c", "d"});
  CHECK(parsed.text("a").error().message == "a: a text is expected");
  CHECK_FALSE(parsed.flag("b"));
  CHECK_FALSE(parsed.integer("b"));
  CHECK_FALSE(parsed.integer("d"));
  CHECK_FALSE(parsed.object("c"));
  CHECK_FALSE(parsed.texts("c"));
  CHECK_FALSE(parsed.texts("a"));
}

TEST_CASE("What is no object, has an unknown member, or one twice, is refused") {
  for (const char* body :
       {"", "[]", "1", "{", "{} x", "\"a\"", R"({"b":1})", R"({"a":1,"a":2})", "{\"a\":\"\xff\"}"}) {
    INFO(body);
    CHECK_FALSE(Fields::parse(body, {"a"}));
  }
  CHECK(Fields::parse(R"({"b":1})", {"a", "c"}).error().message ==
        "'b' is no member of this body; there are a, c");
}
