#include "log/node.h"

#include "support/catch.h"

using pk::log::merge;
using pk::log::Node;

namespace {

std::string written(const Node& node) {
  std::string out;
  node.write(out);
  return out;
}

Node parsed(std::string_view json) {
  auto node = Node::parse(json);
  REQUIRE(node);
  return *std::move(node);
}

std::string merged(std::string_view first, std::string_view second) {
  Node node = parsed(first);
  merge(node, parsed(second));
  return written(node);
}

}  // namespace

TEST_CASE("A document is written as it was read, but for space") {
  CHECK(written(parsed(R"( { "a" : [ 1.50 , "x\u00e9\n" , true , null , { } ] , "a" : 2 } )")) ==
        R"({"a":[1.50,"xé\n",true,null,{}],"a":2})");
  CHECK(written(parsed("\"x\"")) == "\"x\"");
  CHECK(written(Node{}) == "null");
}

TEST_CASE("What is no document, or too deep a one, is nothing") {
  for (const char* text : {"", "{", "{}}", "[1,]", "tru"}) CHECK_FALSE(Node::parse(text).has_value());
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(Node::parse(nested(pk::log::k_node_depth_max)).has_value());
  CHECK_FALSE(Node::parse(nested(pk::log::k_node_depth_max + 1)).has_value());
}

TEST_CASE("A later piece is laid over an earlier one") {
  CHECK(merged(R"({"a":1,"b":2})", R"({"b":3,"c":4})") == R"({"a":1,"b":3,"c":4})");
  CHECK(merged(R"({"a":{"b":1}})", R"({"a":{"c":2}})") == R"({"a":{"b":1,"c":2}})");
  CHECK(merged(R"({"a":1})", R"({"a":null})") == R"({"a":1})");
  CHECK(merged(R"({"a":null})", R"({"a":""})") == R"({"a":""})");
  CHECK(merged(R"({"a":[1]})", R"({"a":{"b":1}})") == R"({"a":{"b":1}})");
}

TEST_CASE("Texts that stream in pieces are joined, others replaced by what says more") {
  CHECK(merged(R"({"content":"a","role":"r","id":"1"})", R"({"content":"b","role":"r","id":""})") ==
        R"({"content":"ab","role":"r","id":"1"})");
  CHECK(merged(R"({"content":null})", R"({"content":"b"})") == R"({"content":"b"})");
}

TEST_CASE("Items are merged by their index, others appended") {
  CHECK(merged(R"({"x":[{"index":1,"text":"a"},5]})",
               R"({"x":[{"index":0,"text":"c"},{"index":1,"text":"b"},6]})") ==
        R"({"x":[{"index":1,"text":"ab"},5,{"index":0,"text":"c"},6]})");
}

TEST_CASE("What is made grows by bounds that have names") {
  Node array;
  CHECK(array.item(2) != nullptr);
  CHECK(written(array) == "[null,null,null]");
  CHECK(array.item(pk::log::k_node_items_max) == nullptr);
  Node object = Node::object(), more = Node::object();
  for (std::size_t i = 0; i < 2 * pk::log::k_node_members_max; ++i) more.at(std::to_string(i));
  for (auto& member : more.members) member.node = Node::literal("1");
  merge(object, std::move(more));
  CHECK(object.members.size() == pk::log::k_node_members_max);
}
