#include "provider/drop_path.h"

#include <vector>

#include "base/json.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

std::string without(std::string_view json, const std::vector<std::string>& paths) {
  const auto tree = DropPaths::of(paths);
  REQUIRE(tree);
  return tree->removed_from(json);
}

TEST_CASE("A path leads to members and elements at any depth") {
  struct Case {
    std::string_view json;
    std::vector<std::string> paths;
    std::string_view left;
  };
  const std::vector<Case> cases = {
      {R"({"a":1,"b":2})", {"a"}, R"({"b":2})"},
      {R"({"a":1,"b":2})", {"b"}, R"({"a":1})"},
      {R"({"a":1,"b":2})", {"a", "b"}, R"({})"},
      {R"({"a":{"b":1,"c":2},"d":3})", {"a.b"}, R"({"a":{"c":2},"d":3})"},
      {R"({"a":{"b":{"c":[{}]}}})", {"a.b.c"}, R"({"a":{"b":{}}})"},
      {R"({"a":[1,2,3]})", {"a[0]"}, R"({"a":[2,3]})"},
      {R"({"a":[1,2,3]})", {"a[1]"}, R"({"a":[1,3]})"},
      {R"({"a":[1,2,3]})", {"a[2]"}, R"({"a":[1,2]})"},
      {R"({"a":[1,2,3]})", {"a[*]"}, R"({"a":[]})"},
      {R"({"a":[{"x":1,"y":2},{"x":3},{"y":4}]})", {"a[*].x"}, R"({"a":[{"y":2},{},{"y":4}]})"},
      {R"({"a":[{"x":1},{"x":2}]})", {"a[1].x"}, R"({"a":[{"x":1},{}]})"},
      {R"({"a":[[1,2],[3,4]]})", {"a[*][0]"}, R"({"a":[[2],[4]]})"},
      {R"({"a":[[1,2],[3,4]]})", {"a[1][*]"}, R"({"a":[[1,2],[]]})"},
      {R"({"messages":[{"role":"user","name":"n","content":[{"type":"text","cache_control":{}}]}]})",
       {"messages[*].name", "messages[*].content[*].cache_control"},
       R"({"messages":[{"role":"user","content":[{"type":"text"}]}]})"},
  };
  for (const Case& c : cases) {
    INFO(c.json << " without " << c.paths.front());
    CHECK(without(c.json, c.paths) == c.left);
  }
}

TEST_CASE("What leads nowhere or is no path does nothing") {
  const std::string_view json = R"({"a":{"b":[1,{"c":2}]},"0":3,"*":4,"d.e":5,"f[0]":6})";
  for (const char* path : {"x",        "a.x",
                           "a.b.c",    "a.b[2]",
                           "a.b[0].c", "a[0]",
                           "a[*]",     "a.b[1].c.d",
                           "A",        "0.x",
                           "a.0",      "d.e",
                           "f[0]",     "",
                           ".",        "..",
                           ".a",       "a.",
                           "a..b",     "a[",
                           "a[]",      "a[b]",
                           "a.b[-1]",  "a.b[1",
                           "a.b[+1]",  "a.b[ 1]",
                           "[0]",      "[*]",
                           "[",        "]",
                           "a.[0]",    "a.b[1]c",
                           "a.b[*]c",  "a.b.[1]",
                           "a.b[1.0]", "a.b[**]",
                           "a.b[1]]",  "a.b[18446744073709551616]"}) {
    INFO(path);
    CHECK(without(json, {path}) == json);
  }
  CHECK(without(json, {}) == json);
  CHECK(without("[1,2]", {"a", "[0]"}) == "[1,2]");
}

TEST_CASE("All paths mean the body as it was") {
  CHECK(without(R"({"a":[0,1,2,3]})", {"a[0]", "a[1]"}) == R"({"a":[2,3]})");
  CHECK(without(R"({"a":[0,1,2,3]})", {"a[1]", "a[0]", "a[1]"}) == R"({"a":[2,3]})");
  CHECK(without(R"({"a":{"b":1}})", {"a.b", "a"}) == "{}");
  CHECK(without(R"({"a":{"b":1}})", {"a", "a.b"}) == "{}");
}

TEST_CASE("Each element and one element go well together") {
  const std::string_view json = R"({"a":[{"x":1,"y":2},{"x":3,"y":4},{"x":5,"y":6}]})";
  CHECK(without(json, {"a[*].x", "a[1].y"}) == R"({"a":[{"y":2},{},{"y":6}]})");
  CHECK(without(json, {"a[1].y", "a[*].x"}) == R"({"a":[{"y":2},{},{"y":6}]})");
  CHECK(without(json, {"a[*].x", "a[1]"}) == R"({"a":[{"y":2},{"y":6}]})");
  CHECK(without(json, {"a[*]", "a[1].x"}) == R"({"a":[]})");
  CHECK(without(R"({"a":[[[1,2],[3,4]],[[5,6],[7,8]]]})", {"a[*][0][*]", "a[0][*][1]", "a[1][1][0]"}) ==
        R"({"a":[[[],[3]],[[],[8]]]})");
}

TEST_CASE("Twins go together, and names are read through their escapes") {
  CHECK(without(R"({"a":1,"b":2,"a":3,"c":4,"a":5})", {"a"}) == R"({"b":2,"c":4})");
  CHECK(without(R"({"a":{"x":1},"a":{"x":2}})", {"a.x"}) == R"({"a":{},"a":{}})");
  CHECK(without(R"({"\u0061":{"b\n":1,"c":2}})", {"a.b\n"}) == R"({"\u0061":{"c":2}})");
  CHECK(without(R"({"é":1,"\u00e9":2,"e":3})", {"é"}) == R"({"e":3})");
}

TEST_CASE("Every byte that stays is as it was") {
  CHECK(without("\t{ \"a\" : 1 ,\r\n \"b\" : 0.70 , \"c\":123456789012345678901234567890 }\n", {"b"}) ==
        "\t{ \"a\" : 1 , \"c\":123456789012345678901234567890 }\n");
  CHECK(without("{ \"a\" : 1 , \"b\" : 7E-1 }", {"a"}) == "{ \"b\" : 7E-1 }");
  CHECK(without("{ \"a\" : 1 , \"b\" : 2 }", {"b"}) == "{ \"a\" : 1 }");
  CHECK(without("{ \"a\" : [ 1 , 2 ] }", {"a[*]"}) == "{ \"a\" : [  ] }");
}

TEST_CASE("A path may be as long as a body is deep") {
  std::string path = "a";
  for (int i = 1; i < 127; ++i) path += ".a";
  const std::string before = [] {
    std::string json;
    for (int i = 0; i < 127; ++i) json += "{\"a\":";
    return json;
  }();
  const std::string after(127, '}');
  CHECK(without(before + "1" + after, {path}) == before.substr(0, before.size() - 4) + after);
  CHECK(without(before + "{\"a\":1}" + after, {path + ".a"}) == before + "{}" + after);
  CHECK(without(before + "{\"a\":1}" + after, {path + ".a.a"}) == before + "{\"a\":1}" + after);
  CHECK(without(before + "1" + after, {std::string(100'000, '.'), std::string(100'000, '[')}) ==
        before + "1" + after);
}

TEST_CASE("Paths that multiply each other are refused, not followed") {
  std::vector<std::string> paths;
  for (int i = 0; i < 30; ++i) {
    std::string path = "a";
    for (int step = 0; step < 30; ++step) path += step == i ? "[0]" : "[*]";
    paths.push_back(path);
  }
  const auto tree = DropPaths::of(paths);
  REQUIRE_FALSE(tree);
  CHECK(tree.error() == Error{Errc::limit, "drop_params has more than 16384 steps"});
  paths.resize(8);
  CHECK(DropPaths::of(paths));
}

TEST_CASE("Paths into a text that was cut anywhere do no harm") {
  const std::string json = R"({"a":[{"b\n":1,"c":[2,{"d":3}]},4],"e":{"f":5},"a":6})";
  const auto tree = DropPaths::of(std::vector<std::string>{"a[*].c[1].d", "a[0].b\n", "e", "a[1]"});
  REQUIRE(tree);
  CHECK(tree->removed_from(json) == R"({"a":[{"c":[2,{}]}],"a":6})");
  for (std::size_t cut = 0; cut < json.size(); ++cut)
    CHECK(tree->removed_from(std::string(json, 0, cut)).size() <= cut);
}

}  // namespace
}  // namespace pk::provider
