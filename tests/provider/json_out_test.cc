#include "provider/json_out.h"

#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("Commas stand where they belong") {
  JsonOut out;
  out.begin_object().text("a", "x,{[:").begin_array("b").number(1).json("[]").text(":").begin_object();
  out.end_object()
      .end_array()
      .truth("c", true)
      .json("d", "1e400")
      .begin_object("e")
      .end_object()
      .end_object();
  CHECK(out.str() == R"({"a":"x,{[:","b":[1,[],":",{}],"c":true,"d":1e400,"e":{}})");
}

TEST_CASE("Text and names are escaped, and are UTF-8 whatever came") {
  JsonOut out;
  out.begin_object().text("\"n\"", "a\n\xff").end_object();
  CHECK(is_json(out.str()));
  CHECK(out.str() == "{\"\\\"n\\\"\":\"a\\n\xEF\xBF\xBD\"}");
}

TEST_CASE("A member that is absent or null is not written") {
  JsonOut out;
  out.begin_object().given("a", JsonView()).given("b", JsonView("null")).given("c", JsonView("0.70"));
  CHECK(out.end_object().take() == R"({"c":0.70})");
}

}  // namespace
}  // namespace pk::provider
