#include "cmd/jq_filter.h"

#include "support/catch.h"

namespace pk::cmd {

namespace {

std::string filtered(const std::string& expression, std::string_view json) {
  auto jq = Jq::compile(expression);
  if (!jq) FAIL(jq.error().message);
  std::string out;
  if (const auto done = jq->run(json, out); !done) return out + "error " + done.error().message;
  return out;
}

}  // namespace

TEST_CASE("Texts come out as they are, the rest as JSON, a line each") {
  CHECK(filtered(".[].a", R"([{"a":"x y"},{"a":1},{"a":null},{"a":{"b":[0.7,true]}}])") ==
        "x y\n1\nnull\n{\"b\":[0.7,true]}\n");
  CHECK(filtered("empty", "{}").empty());
  CHECK(filtered("length", "[]") == "0\n");
}

TEST_CASE("One filter runs on many values") {
  auto jq = Jq::compile(".a");
  REQUIRE(jq);
  std::string out;
  for (const char* json : {R"({"a":1})", R"({"a":2})"}) CHECK(jq->run(json, out));
  CHECK(out == "1\n2\n");
}

TEST_CASE("What is no filter is refused with what jq says, on one line") {
  for (const char* expression : {".[", "nonsense", "import \"a\" as a; .", "include \"a\"; .", ".a as [$x"}) {
    CAPTURE(expression);
    const auto jq = Jq::compile(expression);
    REQUIRE_FALSE(jq);
    CHECK(jq.error().code == Errc::invalid);
    CHECK(jq.error().message.starts_with("--jq: "));
    CHECK(jq.error().message.find('\n') == std::string::npos);
  }
}

TEST_CASE("A filter that fails on a value says why, after what it gave") {
  CHECK(filtered(".[] | .a", R"([{"a":1},2])").starts_with("1\nerror --jq: Cannot index number with "));
  CHECK(filtered("error({\"x\":1})", "{}") == "error --jq: {\"x\":1}");
  CHECK(filtered(".", "{broken").find("error --jq: ") == 0);
}

}  // namespace pk::cmd
