#include "config/config_fields.h"

#include "support/catch.h"

namespace pk::config {
namespace {

struct Reading {
  explicit Reading(std::string json) : text(std::move(json)), fields(spot, json_value(text), problems) {}
  std::string error() const { return problems.errors().empty() ? "" : problems.errors().front(); }

  std::string text;
  Problems problems;
  Spot spot;
  Fields fields;
};

TEST_CASE("Keys are known by one spelling, and the last of twins counts") {
  const Reading reading(R"({"customHost":"a","custom_host":"b","max-age":1})");
  CHECK(reading.fields.text("custom_host") == "b");
  CHECK(reading.fields.whole("max_age", 0, 9) == 1);
  CHECK(snake_case("useRetryAfterHeader") == "use_retry_after_header");
  CHECK(snake_case("Authorization") == "authorization");
  CHECK(snake_case("").empty());
}

TEST_CASE("What is absent is nothing and no error, unless it is required") {
  const Reading reading("{}");
  CHECK_FALSE(reading.fields.text("a"));
  CHECK_FALSE(reading.fields.boolean("a"));
  CHECK_FALSE(reading.fields.number("a", 0, 1));
  CHECK_FALSE(reading.fields.texts("a", 1));
  CHECK(reading.fields.object("a") == nullptr);
  CHECK(reading.problems.count() == 0);
  reading.fields.require("a");
  CHECK(reading.error() == "path: a, message: Required");
}

TEST_CASE("A wrong type is said in the schema's words") {
  const auto error_of = [](std::string_view value, auto read) {
    const Reading reading(std::string("{\"a\":").append(value) + "}");
    read(reading.fields);
    return reading.error();
  };
  const auto text = [](const Fields& f) { CHECK_FALSE(f.text("a")); };
  const auto boolean = [](const Fields& f) { CHECK_FALSE(f.boolean("a")); };
  const auto number = [](const Fields& f) { CHECK_FALSE(f.number("a", 0, 5)); };
  const auto whole = [](const Fields& f) { CHECK_FALSE(f.whole("a", 0, 5)); };
  CHECK(error_of("1", text) == "path: a, message: Expected string, received number");
  CHECK(error_of("null", text) == "path: a, message: Expected string, received null");
  CHECK(error_of("{}", text) == "path: a, message: Expected string, received object");
  CHECK(error_of("\"x\"", boolean) == "path: a, message: Expected boolean, received string");
  CHECK(error_of("true", number) == "path: a, message: Expected number, received boolean");
  CHECK(error_of("[]", number) == "path: a, message: Expected number, received array");
  CHECK(error_of("-1", number) == "path: a, message: Number must be greater than or equal to 0");
  CHECK(error_of("6", whole) == "path: a, message: Number must be less than or equal to 5");
  CHECK(error_of("1e999", number) == "path: a, message: Number must be finite");
  CHECK(error_of("1.5", whole) == "path: a, message: Expected integer, received float");
}

TEST_CASE("Whole numbers may be written as reals") {
  const Reading reading(R"({"a":5.0,"b":5e2})");
  CHECK(reading.fields.whole("a", 0, 5) == 5);
  CHECK(reading.fields.whole("b", 0, 500) == 500);
}

TEST_CASE("Lists name the element that is wrong and have an end") {
  const Reading reading(R"({"codes":[429,"x",99,5.5],"names":["a",1],"many":[1,2,3]})");
  CHECK(reading.fields.status_codes("codes") == std::vector<int>{429});
  CHECK(reading.fields.texts("names", 2) == std::vector<std::string>{"a"});
  CHECK_FALSE(reading.fields.texts("many", 2));
  CHECK(reading.problems.errors() ==
        std::vector<std::string>{"path: codes,1, message: Expected number, received string",
                                 "path: codes,2, message: Number must be greater than or equal to 100",
                                 "path: codes,3, message: Number must be greater than or equal to 100",
                                 "path: names,1, message: Expected string, received number",
                                 "path: many, message: Array must contain at most 2 element(s)"});
}

}  // namespace
}  // namespace pk::config
