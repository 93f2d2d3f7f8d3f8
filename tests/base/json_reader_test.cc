#include "base/json_reader.h"

#include <string>
#include <vector>

#include "base/json.h"
#include "support/catch.h"

using pk::JsonReader;
using pk::JsonToken;

namespace {

// Each token as a letter: { } [ ] k s n t 0, then . for the end or ! for an error.
std::string shape(std::string_view text, std::size_t depth_max = pk::k_json_depth_max) {
  JsonReader reader(text, depth_max);
  std::string out;
  for (;;) {
    const JsonToken token = reader.next();
    out += "{}[]ksnt0.!"[static_cast<int>(token)];
    if (token == JsonToken::end || token == JsonToken::error) return out;
  }
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("Every token is given in order") {
  CHECK(shape(R"({"a":[1,"x",true,null,{}],"b":{"c":-0.5e+3}})") == "{k[nst0{}]k{kn}}.");
  CHECK(shape(" \t\r\n[ ] \n") == "[].");
  CHECK(shape("\"x\"") == "s.");
  CHECK(shape("0") == "n.");
}

TEST_CASE("What is JSON is taken") {
  const std::vector<std::string> good = {
      "{}",
      "[]",
      "[[]]",
      "null",
      "true",
      "false",
      "\"\"",
      "0",
      "-0",
      "1",
      "-1",
      "10",
      "1.0",
      "1e5",
      "1E+5",
      "0.1e-5",
      "123456789012345678901234567890",  // simdjson's 64 bits say no; JSON has no such bound
      "[1e999]",
      R"(["\u0000\uD834\udd1E\ud83d"])",
      R"("\"\\\/\b\f\n\r\t")",
      "\"\x7f\"",
      "{\"a\":1,\"a\":2}",
      " [1 , 2 ] ",
      "{\"\":{}}",
      "\"\u2028\"",
      "[-1.5,\"\xf0\x9f\x98\x80\"]"};
  for (const auto& text : good) {
    INFO(text);
    CHECK(pk::is_json(text));
  }
}

TEST_CASE("What is no JSON is refused") {
  const std::vector<std::string> bad = {"",
                                        " ",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        "[}",
                                        "{]",
                                        "[1",
                                        "[1,",
                                        "[1,]",
                                        "[,1]",
                                        "[1 2]",
                                        "[1,,2]",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{\"a\" 1}",
                                        "{\"a\":1,}",
                                        "{,}",
                                        "{a:1}",
                                        "{1:1}",
                                        "{'a':1}",
                                        "{\"a\":1 \"b\":2}",
                                        "{\"a\":1}}",
                                        "[] []",
                                        "1 2",
                                        "tru",
                                        "trueX",
                                        "True",
                                        "nul",
                                        "NaN",
                                        "Infinity",
                                        "-Infinity",
                                        "01",
                                        "-01",
                                        "-",
                                        "+1",
                                        "1.",
                                        ".1",
                                        "1e",
                                        "1e+",
                                        "0x1",
                                        "1_0",
                                        "--1",
                                        "\"",
                                        "\"\\\"",
                                        "\"\\x\"",
                                        "\"\\u12\"",
                                        "\"\\u12G4\"",
                                        "\"\\u\"",
                                        "\"a\nb\"",
                                        "\"\t\"",
                                        std::string("\"a\0b\"", 5),
                                        std::string("1\0", 2),
                                        "// x\n1",
                                        "1 // x",
                                        "/**/1",
                                        "\xef\xbb\xbf"
                                        "1",
                                        "\"\xff\"",
                                        "\"\xc3\"",
                                        "\"\xed\xa0\x80\"",
                                        "{\"a\":tru}",
                                        "\\",
                                        "[\"\\",
                                        ":",
                                        ","};
  for (const auto& text : bad) {
    INFO(text);
    CHECK_FALSE(pk::is_json(text));
  }
}

TEST_CASE("A text that is cut anywhere is refused") {
  const std::string whole = R"({"a":[1.5e3,"x\u00e9\n",true,null,{"b":-0}],"c":"d"})";
  REQUIRE(pk::is_json(whole));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) CHECK_FALSE(pk::is_json(std::string(whole, 0, cut)));
}

TEST_CASE("Nesting is followed to the bound and no further") {
  CHECK(pk::is_json(nested(512)));
  CHECK_FALSE(pk::is_json(nested(513)));
  CHECK_FALSE(pk::is_json(nested(100'000)));
  CHECK(pk::is_json(nested(3), 3));
  CHECK_FALSE(pk::is_json(nested(4), 3));
  CHECK_FALSE(pk::is_json(nested(600), 1000));
  CHECK(pk::is_json("[[],[],[[]]]", 3));
  CHECK(pk::is_json("1", 0));
}

TEST_CASE("An error stays an error") {
  JsonReader reader("[1,}");
  CHECK(reader.next() == JsonToken::array_begin);
  CHECK(reader.next() == JsonToken::number);
  CHECK(reader.next() == JsonToken::error);
  CHECK(reader.next() == JsonToken::error);
  CHECK(reader.token().empty());
}

TEST_CASE("A token says where it lies") {
  const std::string_view text = R"( {"key" : "a\"b" , "n":-1.50 })";
  JsonReader reader(text);
  reader.next();
  CHECK(reader.depth() == 1);
  CHECK(reader.next() == JsonToken::key);
  CHECK(reader.token() == "\"key\"");
  CHECK(reader.offset() == 2);
  CHECK(reader.next() == JsonToken::string);
  CHECK(reader.token() == R"("a\"b")");
  CHECK(text.substr(reader.offset(), reader.token().size()) == reader.token());
  reader.next();
  reader.next();
  CHECK(reader.token() == "-1.50");
}

TEST_CASE("A whole value is taken as its text") {
  JsonReader reader(R"({"a": {"b" : [1, {}]} ,"c":0.70,"d":[]})");
  reader.next();
  reader.next();
  reader.next();
  CHECK(reader.take_value() == R"({"b" : [1, {}]})");
  CHECK(reader.depth() == 1);
  CHECK(reader.next() == JsonToken::key);
  CHECK(reader.token() == "\"c\"");
  CHECK(reader.take_value().empty());  // a key is no value
  reader.next();
  CHECK(reader.take_value() == "0.70");
  reader.next();
  reader.next();
  CHECK(reader.take_value() == "[]");
  CHECK(reader.next() == JsonToken::object_end);
  CHECK(reader.next() == JsonToken::end);

  JsonReader cut(R"([{"a":1)");
  cut.next();
  cut.next();
  CHECK(cut.take_value().empty());
  CHECK(cut.next() == JsonToken::error);
}

TEST_CASE("What was taken, or closes, or is a key, is no value to take") {
  JsonReader reader("{\"a\":[[1]]}");
  CHECK(reader.take_value().empty());  // nothing was read yet
  reader.next();
  reader.next();
  CHECK(reader.take_value().empty());
  reader.next();
  CHECK(reader.take_value() == "[[1]]");
  CHECK(reader.token() == "[[1]]");
  CHECK(reader.next() == JsonToken::object_end);
  CHECK(reader.take_value().empty());
  CHECK(reader.depth() == 0);
  CHECK(reader.next() == JsonToken::end);
  CHECK(reader.next() == JsonToken::end);
  CHECK(reader.take_value().empty());
}

TEST_CASE("Members are read key and value at once") {
  std::string_view key = "none";
  JsonReader reader(R"( { "a" : 1 , "b":[2,{}],"c":{"d":"x"} } )");
  CHECK(reader.next_member(key) == JsonToken::error);  // not in an object
  reader = JsonReader(R"( { "a" : 1 , "b":[2,{}],"c":{"d":"x"} } )");
  reader.next();
  CHECK(reader.next_member(key) == JsonToken::number);
  CHECK(key == "\"a\"");
  CHECK(reader.token() == "1");
  CHECK(reader.next_member(key) == JsonToken::array_begin);
  CHECK(key == "\"b\"");
  CHECK(reader.take_value() == "[2,{}]");
  CHECK(reader.next() == JsonToken::key);  // one by one as well
  CHECK(reader.next() == JsonToken::object_begin);
  CHECK(reader.next_member(key) == JsonToken::string);
  CHECK(key == "\"d\"");
  CHECK(reader.next_member(key) == JsonToken::object_end);
  CHECK(key == "\"d\"");
  CHECK(reader.next_member(key) == JsonToken::object_end);
  CHECK(reader.depth() == 0);
  CHECK(reader.next() == JsonToken::end);
  CHECK(reader.next_member(key) == JsonToken::error);
}

TEST_CASE("Where no member can follow there is none") {
  std::string_view key;
  for (const char* bad :
       {"{", "{1", "{,", "{\"a\"", "{\"a\":", "{\"a\" 1", "{\"a\":}", "{\"a:1}", "{]", "{\"a\":tru"}) {
    INFO(bad);
    JsonReader reader(bad);
    reader.next();
    CHECK(reader.next_member(key) == JsonToken::error);
    CHECK(reader.next_member(key) == JsonToken::error);
    CHECK(reader.next() == JsonToken::error);
  }
  for (const char* bad : {"{\"a\":1,}", "{\"a\":1 \"b\":2}", "{\"a\":1", "{\"a\":1]", "{\"a\":[}"}) {
    INFO(bad);
    JsonReader reader(bad);
    reader.next();
    reader.next_member(key);
    CHECK(reader.next_member(key) == JsonToken::error);
  }
  JsonReader after_key(R"({"a"})");
  after_key.next();
  after_key.next();
  CHECK(after_key.next_member(key) == JsonToken::error);
  JsonReader in_array(R"(["a":1])");
  in_array.next();
  CHECK(in_array.next_member(key) == JsonToken::error);
}

TEST_CASE("Escapes are undone") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("")", ""},
      {R"("plain")", "plain"},
      {R"("\"\\\/\b\f\n\r\t")", "\"\\/\b\f\n\r\t"},
      {R"("\u0041\u00e9\u20AC")", "A\u00e9\u20ac"},
      {R"("\ud83d\ude00!")", "\U0001F600!"},
      {R"("\ud83d")", "\ufffd"},
      {R"("\ud83dx")", "\ufffdx"},
      {R"("\ude00")", "\ufffd"},
      {R"("\ud83d\u0041")", "\ufffdA"},
      {R"("\ud83d\ud83d\ude00")", "\ufffd\U0001F600"},
      {R"("\u0000")", std::string(1, '\0')},
  };
  for (const auto& [token, text] : cases) {
    INFO(token);
    CHECK(pk::json_unquoted(token) == text);
  }
  // No token of the reader's, but no harm either.
  for (const char* token : {"", "\"", "\"\\\"", "\"\\u\"", "\"\\u12\"", "\"\\ud83d\\u\"", "\"\\q\""})
    CHECK_NOTHROW(pk::json_unquoted(token));
}

TEST_CASE("Writing a string and reading it gives it back") {
  std::string all;
  for (int c = 0; c < 0x80; ++c) all += static_cast<char>(c);
  all += "\u00e9\u20ac\U0001F600";
  const std::string written = pk::json_string(all);
  CHECK(pk::is_json(written));
  CHECK(pk::json_unquoted(written) == all);
}
