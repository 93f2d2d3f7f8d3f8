#include "route/conditional.h"

#include "config/query_parse.h"
#include "support/catch.h"

namespace pk::route {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const Pairs k_metadata = {{"plan", "paid"}, {"n", "5"}, {"on", "true"}, {"a.b", "dotted"}, {"empty", ""}};
const Pairs k_params = {{"model", R"("gpt-4\u006f")"},
                        {"n", "2"},
                        {"t", "0.70"},
                        {"big", "12345678901234567890"},
                        {"on", "true"},
                        {"none", "null"},
                        {"list", "[1]"},
                        {"object", R"({"a":1})"},
                        {"text", R"("12.5ms")"}};

bool holds(std::string_view text) {
  config::Problems problems;
  INFO(text);
  const auto query = config::parse_query(config::Spot(), config::json_value(text), problems);
  CAPTURE(problems.errors());
  REQUIRE(query);
  Facts facts;
  facts.url_path = "/v1/chat/completions";
  facts.metadata = k_metadata;
  facts.param = [](std::string_view name) -> std::optional<std::string_view> {
    for (const auto& [key, value] : k_params)
      if (key == name) return value;
    return {};
  };
  return holds(*query, facts);
}

TEST_CASE("These hold") {
  for (const char* query : {
           "{}",
           R"({"metadata.plan":"paid"})",
           R"({"metadata.a.b":"dotted"})",
           R"({"metadata.empty":""})",
           R"({"metadata.n":5})",
           R"({"metadata.n":"5"})",
           R"({"metadata.n":5.0})",
           R"({"metadata.on":true})",
           R"({"metadata.n":{"$gt":4.5,"$lte":5}})",
           R"({"params.model":"gpt-4o"})",
           R"({"params.n":2.0})",
           R"({"params.t":0.7})",
           R"({"params.big":12345678901234567890})",
           R"({"params.on":true})",
           R"({"params.none":null})",
           R"({"params.n":{"$ne":3}})",
           R"({"params.n":{"$ne":"2"}})",
           R"({"params.missing":{"$ne":3}})",
           R"({"params.missing":{"$nin":[3]}})",
           R"({"params.n":{"$in":[1,2]}})",
           R"({"params.n":{"$nin":[1,"2"]}})",
           R"({"params.n":{"$nin":[]}})",
           R"({"params.t":{"$gte":0.7,"$lt":"0.71"}})",
           R"({"params.text":{"$gt":12,"$lt":13}})",
           R"({"params.model":{"$regex":"^gpt-4"}})",
           R"({"url.pathname":"/v1/chat/completions"})",
           R"({"url.pathname":{"$regex":"chat"}})",
           R"({"params.list":{"$ne":1}})",
           R"({"$and":[]})",
           R"({"$or":[{"metadata.plan":"free"},{"params.n":2}]})",
           R"({"$and":[{"metadata.plan":"paid"},{"params.n":2}],"params.on":true})",
       }) {
    INFO(query);
    CHECK(holds(query));
  }
}

TEST_CASE("These do not") {
  for (const char* query : {
           R"({"metadata.plan":"Paid"})",
           R"({"metadata.missing":"x"})",
           R"({"metadata.missing":null})",
           R"({"metadata.missing":{"$lt":5}})",
           R"({"metadata.missing":{"$in":["x"]}})",
           R"({"metadata.missing":{"$regex":""}})",
           R"({"metadata.on":1})",
           R"({"params.n":"2"})",
           R"({"params.on":"true"})",
           R"({"params.none":"null"})",
           R"({"params.none":false})",
           R"({"params.n":{"$gt":2}})",
           R"({"params.n":{"$gte":2,"$lt":2}})",
           R"({"params.model":{"$gt":1}})",
           R"({"params.n":{"$gt":"x"}})",
           R"({"params.list":"[1]"})",
           R"({"params.list":{"$regex":"1"}})",
           R"({"params.object":{"$gte":0}})",
           R"({"params.n":{"$in":["2"]}})",
           R"({"params.n":{"$in":[]}})",
           R"({"params.n":{"$nin":[2]}})",
           R"({"url.pathname":{"$regex":"^chat"}})",
           R"({"$or":[]})",
           R"({"$or":[{"metadata.plan":"free"},{"params.n":3}]})",
           R"({"$or":[{"params.n":2}],"metadata.plan":"free"})",
           R"({"metadata.plan":{"$regex":"paid","$ne":"paid"}})",
       }) {
    INFO(query);
    CHECK_FALSE(holds(query));
  }
}

TEST_CASE("A number is read as far as it goes") {
  CHECK(leading_number("12.5ms") == 12.5);
  CHECK(leading_number("  -3 ") == -3.0);
  CHECK(leading_number("+7") == 7.0);
  CHECK(leading_number(".5") == 0.5);
  CHECK(leading_number("5.") == 5.0);
  CHECK(leading_number("1e3x") == 1000.0);
  CHECK(leading_number("1e") == 1.0);
  CHECK(leading_number("1e+") == 1.0);
  CHECK(leading_number("0x10") == 0.0);
  for (const char* text : {"", "x1", "-", ".", "+.", "e5", "NaN", "1e999", "true"}) {
    INFO(text);
    CHECK_FALSE(leading_number(text));
  }
}

}  // namespace
}  // namespace pk::route
