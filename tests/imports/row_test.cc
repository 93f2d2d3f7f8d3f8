#include "imports/row.h"

#include "support/catch.h"

using pk::imports::Row;

TEST_CASE("Values of JSON are asked for as text, as JSON, as numbers") {
  constexpr std::string_view json =
      R"({"text":"a\"b","number":1.50,"digits":"12","truth":true,"none":null,"object":{"x":[1]},"inner":"{\"y\":2}","broken":"{y"})";
  const auto row = Row::of_json(json);
  REQUIRE(row);
  CHECK(row->text("text") == "a\"b");
  CHECK(row->text("number") == "1.50");
  CHECK(row->text("truth") == "true");
  CHECK(row->text("object") == R"({"x":[1]})");
  CHECK(row->text("absent").empty());
  CHECK_FALSE(row->has("none"));
  CHECK(row->json("object") == R"({"x":[1]})");
  CHECK(row->json("inner") == R"({"y":2})");
  CHECK(row->json("broken") == R"("{y")");
  CHECK(row->real("number") == 1.5);
  CHECK(row->real("digits") == 12.0);
  CHECK_FALSE(row->real("text"));
  CHECK(row->count("digits") == 12);
  CHECK_FALSE(row->count("number"));
}

TEST_CASE("Cells of CSV are asked for in the same way") {
  const std::vector<std::string> names = {"a", "b", "c"}, cells = {"7", "", R"({"x":1})"};
  const auto row = Row::of_cells(names, cells);
  REQUIRE(row);
  CHECK(row->count("a") == 7);
  CHECK_FALSE(row->has("b"));
  CHECK(row->json("c") == R"({"x":1})");
  CHECK(row->json("a").empty());
  CHECK(row->text("c") == R"({"x":1})");
  CHECK_FALSE(Row::of_cells(names, {"1", "2"}));
}

TEST_CASE("What is no object is no row") {
  for (const char* json : {"", "[]", "7", "{", "{\"a\":}", "{} {}", "\xff"}) {
    CAPTURE(json);
    CHECK_FALSE(Row::of_json(json));
  }
  std::string many = "{";
  for (int i = 0; i < 1001; ++i) many += (i ? ",\"" : "\"") + std::to_string(i) + "\":1";
  CHECK_FALSE(Row::of_json(many + "}"));
}

TEST_CASE("What a row says as a whole tells it from another") {
  CHECK(Row::of_json(R"({"a":"1","b":2})")->whole() == Row::of_json(R"({ "a": "1", "b": 2 })")->whole());
  CHECK(Row::of_json(R"({"a":"1"})")->whole() != Row::of_json(R"({"a":"2"})")->whole());
}
