#include "cmd/pretty.h"

#include "base/json.h"
#include "support/catch.h"

namespace pk::cmd {

namespace {

std::string pretty(std::string_view json, std::size_t indent = 0) {
  std::string out;
  append_pretty(out, json, false, indent);
  return out;
}

}  // namespace

TEST_CASE("JSON is laid out, its numbers and texts as they were") {
  CHECK(pretty(R"({"a":[1,0.70,{"b":null}],"c":{},"d":[],"e":"x\n"})") ==
        "{\n  \"a\": [\n    1,\n    0.70,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {},\n  \"d\": "
        "[],\n  \"e\": \"x\\n\"\n}\n");
  CHECK(pretty("12345678901234567890") == "12345678901234567890\n");
  CHECK(pretty("[true]", 2) == "  [\n    true\n  ]\n");
}

TEST_CASE("Control characters become escapes that JSON knows, so the text stays JSON") {
  const std::string out = pretty("{\"a\":\"\x7f\u009b\u202e\"}");
  CHECK(out == "{\n  \"a\": \"\\u007f\\u009b\\u202e\"\n}\n");
  CHECK(is_json(out));
}

TEST_CASE("What is no JSON is shown line by line, visible") {
  CHECK(pretty("data: x\r\n\r\n\x1b[2J", 2) == "  data: x\n\n  \\u001b[2J\n");
  CHECK(pretty("") == "");
  CHECK(pretty("{\"a\":") == "{\"a\":\n");
}

}  // namespace pk::cmd
