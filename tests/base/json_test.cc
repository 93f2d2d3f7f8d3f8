#include "base/json.h"

#include <limits>

#include "support/catch.h"

namespace {

template <class Number>
std::string number(Number value) {
  std::string out;
  pk::append_json_number(out, value);
  return out;
}

}  // namespace

TEST_CASE("A text is escaped where JSON asks for it and nowhere else") {
  CHECK(pk::json_string("") == "\"\"");
  CHECK(pk::json_string("a/b \u00e9\u2028\x7f") == "\"a/b \u00e9\u2028\x7f\"");
  CHECK(pk::json_string("\"\\\n\r\t\b\f\x1f") == R"("\"\\\n\r\t\u0008\u000c\u001f")");
  CHECK(pk::json_string(std::string(1, '\0')) == R"("\u0000")");
}

TEST_CASE("Bytes that are no UTF-8 are replaced, so that the text is JSON whatever it was") {
  CHECK(pk::json_string("a\xff\"z") == "\"a\ufffd\\\"z\"");
  for (int c = 0; c < 256; ++c) CHECK(pk::is_json(pk::json_string(std::string(3, static_cast<char>(c)))));
}

TEST_CASE("Numbers are written in the shortest form that reads back the same") {
  CHECK(number(0.7) == "0.7");
  CHECK(number(0.1 + 0.2) == "0.30000000000000004");
  CHECK(number(5.0) == "5");
  CHECK(number(-0.0) == "-0");
  CHECK(number(1.5e-7) == "1.5e-07");
  CHECK(number(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
  CHECK(number(std::numeric_limits<double>::denorm_min()) == "5e-324");
  CHECK(number(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(number(std::int64_t{0}) == "0");
  for (const double value : {0.7, 1e22, 1e-300, 123456789.125}) CHECK(pk::is_json(number(value)));
}

TEST_CASE("What is no number is null") {
  CHECK(number(std::numeric_limits<double>::quiet_NaN()) == "null");
  CHECK(number(std::numeric_limits<double>::infinity()) == "null");
  CHECK(number(-std::numeric_limits<double>::infinity()) == "null");
}
