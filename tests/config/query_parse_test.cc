#include "config/query_parse.h"

#include "support/catch.h"

namespace pk::config {
namespace {

using Op = Query::Op;

Query parse(std::string_view text) {
  Problems problems;
  INFO(text);
  const auto query = parse_query(Spot(), json_value(text), problems);
  CAPTURE(problems.errors());
  REQUIRE(query);
  return *query;
}

std::string error_of(std::string_view text) {
  Problems problems;
  INFO(text);
  REQUIRE_FALSE(parse_query(Spot(), json_value(text), problems));
  REQUIRE(problems.count() > 0);
  return problems.errors().front();
}

TEST_CASE("A bare value is an equality, its text kept") {
  CHECK(parse(R"({"metadata.plan":"paid"})") == Query{Op::eq, "metadata.plan", {"\"paid\""}, {}});
  CHECK(parse(R"({"params.n":0.70})") == Query{Op::eq, "params.n", {"0.70"}, {}});
  CHECK(parse(R"({"params.stream":true})") == Query{Op::eq, "params.stream", {"true"}, {}});
  CHECK(parse(R"({"params.user":null})") == Query{Op::eq, "params.user", {"null"}, {}});
}

TEST_CASE("Every operator is known") {
  const std::vector<std::pair<const char*, Op>> operators = {{"$eq", Op::eq}, {"$ne", Op::ne},
                                                             {"$gt", Op::gt}, {"$gte", Op::gte},
                                                             {"$lt", Op::lt}, {"$lte", Op::lte}};
  for (const auto& [name, op] : operators)
    CHECK(parse(std::string(R"({"params.n":{")") + name + R"(":1}})") == Query{op, "params.n", {"1"}, {}});
  CHECK(parse(R"({"params.n":{"$in":["a",2]}})") == Query{Op::in, "params.n", {"\"a\"", "2"}, {}});
  CHECK(parse(R"({"params.n":{"$nin":[]}})") == Query{Op::nin, "params.n", {}, {}});
  CHECK(parse(R"({"url.pathname":{"$regex":"^/v1"}})") == Query{Op::regex, "url.pathname", {"\"^/v1\""}, {}});
}

TEST_CASE("Several members and operators must all hold, groups nest") {
  const Query query =
      parse(R"({"params.n":{"$gte":1,"$lt":5},"$or":[{"metadata.a":"x"},{"$and":[]}],"metadata.b.c":1})");
  CHECK(query.op == Op::all_of);
  REQUIRE(query.children.size() == 4);
  CHECK(query.children[0].op == Op::gte);
  CHECK(query.children[1].op == Op::lt);
  CHECK(query.children[2].op == Op::any_of);
  CHECK(query.children[2].children.size() == 2);
  CHECK(query.children[3].key == "metadata.b.c");
  CHECK(parse("{}") == Query{});
}

TEST_CASE("What can be no query says why and where") {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {R"({"metadata.x":{"$foo":1}})",
       "path: metadata.x,$foo, message: Unsupported operator used in the query router: $foo"},
      {R"({"$not":{}})", "path: $not, message: Unsupported operator used in the query router: $not"},
      {R"({"metadata.x":{"eq":1}})",
       "path: metadata.x,eq, message: Unsupported operator used in the query router: eq"},
      {R"({"$or":{}})", "path: $or, message: Expected array, received object"},
      {R"({"$and":[1]})", "path: $and,0, message: Expected object, received number"},
      {R"({"plan":"x"})", "path: plan, message: Expected metadata.<name>, params.<name> or url.pathname"},
      {R"({"params.a.b":1})",
       "path: params.a.b, message: Expected metadata.<name>, params.<name> or url.pathname"},
      {R"({"params.n":[1]})", "path: params.n, message: Expected string, received array"},
      {R"({"params.n":{"$eq":{}}})", "path: params.n,$eq, message: Expected string, received object"},
      {R"({"params.n":{"$gt":true}})", "path: params.n,$gt, message: Expected number, received boolean"},
      {R"({"params.n":{"$in":"abc"}})", "path: params.n,$in, message: Expected array, received string"},
      {R"({"params.n":{"$in":[[]]}})", "path: params.n,$in,0, message: Expected string, received array"},
      {R"({"params.n":{"$regex":5}})", "path: params.n,$regex, message: Expected string, received number"},
      {"[]", "path: , message: Expected object, received array"},
  };
  for (const auto& [text, error] : cases) CHECK(error_of(text) == error);
  CHECK(error_of(R"({"params.n":{"$regex":"("}})")
            .starts_with("path: params.n,$regex, message: Invalid regular expression: "));
}

TEST_CASE("Keys name something of a request") {
  for (const char* key : {"metadata.a", "metadata.a.b", "metadata..", "params.model", "url.pathname"})
    CHECK(is_fact_key(key));
  for (const char* key : {"", "metadata", "metadata.", "params.", "params.a.b", "url", "url.host", "model"})
    CHECK_FALSE(is_fact_key(key));
}

TEST_CASE("Depth and number have an end") {
  std::string deep = "{}";
  for (std::size_t i = 0; i < k_query_depth_max; ++i) deep = R"({"$or":[)" + deep + "]}";
  parse(deep);
  CHECK(error_of(R"({"$or":[)" + deep + "]}").find("nested 16 deep") != std::string::npos);

  const auto wide = [](std::size_t count) {
    std::string text = "{";
    for (std::size_t i = 0; i < count; ++i)
      text += (i == 0 ? "\"metadata.k" : ",\"metadata.k") + std::to_string(i) + "\":1";
    return text + "}";
  };
  parse(wide(k_query_comparisons_max));
  CHECK(error_of(wide(k_query_comparisons_max + 1)).find("256 comparisons") != std::string::npos);
}

TEST_CASE("An operator of control characters is shown, not sent") {
  CHECK(error_of("{\"metadata.x\":{\"$\\u001b[2J\":1}}").find('\x1b') == std::string::npos);
}

}  // namespace
}  // namespace pk::config
