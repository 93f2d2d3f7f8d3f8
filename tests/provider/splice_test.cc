#include "provider/splice.h"

#include <vector>

#include "support/catch.h"

namespace pk::provider {
namespace {

// `text` is elements of one byte with `,` between them in brackets; `dropped` are the bytes that go.
std::string without(std::string_view text, std::string_view dropped) {
  TextSplice splice(text);
  ElementCut cut(splice);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::string_view("[], ").find(text[i]) != std::string_view::npos) continue;
    if (dropped.find(text[i]) != std::string_view::npos) {
      cut.drop(i, i + 1);
    } else {
      cut.keep(i);
      cut.kept_to(i + 1);
    }
  }
  cut.close();
  return splice.finish();
}

TEST_CASE("What is not cut is copied as it stands") {
  TextSplice nothing("abc");
  CHECK(nothing.finish() == "abc");
  TextSplice all("abc");
  all.cut(0, 3) += "x";
  CHECK(all.finish() == "x");
  TextSplice some("0123456789", 4);
  some.cut(0, 1) += "<";
  some.cut(3, 3) += "here";
  some.cut(4, 6);
  some.cut(6, 7) += "-";
  some.cut(10, 10) += ">";
  CHECK(some.finish() == "<12here3-789>");
  TextSplice empty("");
  empty.cut(0, 0) += "x";
  CHECK(empty.finish() == "x");
}

TEST_CASE("An element goes with the comma that is too many then") {
  CHECK(without("[ a, b , c ]", "") == "[ a, b , c ]");
  CHECK(without("[ a, b , c ]", "a") == "[ b , c ]");
  CHECK(without("[ a, b , c ]", "b") == "[ a , c ]");
  CHECK(without("[ a, b , c ]", "c") == "[ a, b ]");
  CHECK(without("[ a, b , c ]", "ab") == "[ c ]");
  CHECK(without("[ a, b , c ]", "ac") == "[ b ]");
  CHECK(without("[ a, b , c ]", "bc") == "[ a ]");
  CHECK(without("[ a, b , c ]", "abc") == "[  ]");
  CHECK(without("[a]", "a") == "[]");
  CHECK(without("[]", "a") == "[]");
}

}  // namespace
}  // namespace pk::provider
