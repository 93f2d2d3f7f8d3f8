#include "provider/body.h"

#include <memory>
#include <string>

#include "support/catch.h"

namespace pk::provider {
namespace {

std::string error_of(std::string_view json) {
  BodyReader reader;
  const auto facts = reader.read(json);
  return facts ? "" : facts.error().message;
}

BodyFacts facts_of(std::string_view json) {
  BodyReader reader;
  const auto facts = reader.read(json);
  INFO(json);
  REQUIRE(facts);
  return *facts;
}

TEST_CASE("The facts of an ordinary chat body are found") {
  const BodyFacts facts = facts_of(R"( {"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],
    "stream":true,"user":"u1","stream_options":{"include_usage":true,"x":[1]},"tools":[{"type":"function"}],"temperature":7E-1}
  )");
  CHECK(facts == BodyFacts{"gpt-4o", "u1", true, true, true, true});
}

TEST_CASE("Facts count at the top level only") {
  CHECK(facts_of(R"({"metadata":{"model":"x","stream":true,"user":"u"},"messages":[{"model":"y"}]})") ==
        BodyFacts{});
}

TEST_CASE("A value of the wrong type counts as absent") {
  CHECK(facts_of(R"({"model":7,"user":{"a":1},"stream":"true","stream_options":[],"tools":{}})") ==
        BodyFacts{});
  CHECK(facts_of(R"({"model":null,"stream":1,"stream_options":{"include_usage":"yes"},"tools":[]})") ==
        BodyFacts{"", "", false, false, true, false});
}

TEST_CASE("Of a key that stands twice the last one counts") {
  CHECK(facts_of(R"({"model":"a","stream":true,"model":"b","stream":false})").model == "b");
  CHECK_FALSE(facts_of(R"({"stream":true,"stream":false})").stream);
  CHECK_FALSE(facts_of(R"({"stream_options":{"include_usage":true},"stream_options":null})").include_usage);
}

TEST_CASE("Escapes in keys and values are understood") {
  CHECK(facts_of(R"({"mod\u0065l":"gpt\u002d4o","\u0073tream":true})") == BodyFacts{"gpt-4o", "", true});
  CHECK(facts_of(R"({"model":"\ud83d\ude00","user":"\ud83d"})") == BodyFacts{"\U0001F600", "\uFFFD"});
}

TEST_CASE("Good JSON of all kinds passes") {
  for (const std::string_view json :
       {R"({})", R"({"":""})", "\t{\r\n}\n ", R"({"n":123456789012345678901234567890,"m":1e999,"o":-0.0E+0})",
        R"({"a":[[],{},[{}],"",0,-1,true,false,null]})", R"({"s":"\"\\\/\b\f\n\r\t\u00e9 é 😀"})",
        R"({"lone":"\ud800"})"}) {
    INFO(json);
    CHECK(error_of(json).empty());
  }
}

TEST_CASE("Bad JSON is refused, wherever it is bad") {
  for (const std::string_view json : {R"({"x":tru})",
                                      R"({"x":truee})",
                                      R"({"x":nul})",
                                      R"({"x":01})",
                                      R"({"x":1.})",
                                      R"({"x":.5})",
                                      R"({"x":+1})",
                                      R"({"x":1e})",
                                      R"({"x":-})",
                                      R"({"x":0x1})",
                                      R"({"x":NaN})",
                                      R"({"x":Infinity})",
                                      R"({"x":'a'})",
                                      R"({"x":"a)",
                                      R"({"x":"\x"})",
                                      R"({"x":"\u12g4"})",
                                      R"({"x":"\u12"})",
                                      "{\"x\":\"a\nb\"}",
                                      R"({"x":1,})",
                                      R"({,"x":1})",
                                      R"({"x":1 "y":2})",
                                      R"({"x" 1})",
                                      R"({"x"})",
                                      R"({x:1})",
                                      R"({"x":[1,]})",
                                      R"({"x":[1 2]})",
                                      R"({"x":[1}})",
                                      R"({"x":{]})",
                                      R"({"x":1)",
                                      R"({"x":)",
                                      R"({)",
                                      R"({}})",
                                      R"({} {})",
                                      R"({}x)",
                                      R"({"a":"b"c})",
                                      R"({"a":1"b"})",
                                      R"(})",
                                      R"(])",
                                      R"(:)",
                                      R"(nonsense)",
                                      R"("unclosed)",
                                      R"([1)",
                                      R"({"a":[{"b":[tru]}]})",
                                      R"({"messages":[{"content":"x"},]})",
                                      R"({/**/})"}) {
    INFO(json);
    CHECK(error_of(json).starts_with("request body is not valid JSON"));
  }
  CHECK(error_of(std::string_view("{\"a\":1}\0", 8)).starts_with("request body is not valid JSON"));
  CHECK(error_of(std::string_view("{\"a\0\":1}", 8)).starts_with("request body is not valid JSON"));
}

TEST_CASE("The error says where the body is bad") {
  CHECK(error_of(R"({"x":tru})") == "request body is not valid JSON at byte 5");
  CHECK(error_of(R"({bad)") == "request body is not valid JSON at byte 1");
  CHECK(error_of(R"({"x":1)") == "request body is not valid JSON: it ends too early");
}

TEST_CASE("An empty body and JSON that is no object have their own words") {
  CHECK(error_of("") == "request body is empty");
  CHECK(error_of(" \n") == "request body is empty");
  for (const std::string_view json : {"[]", "[{\"model\":\"x\"}]", "1", "\"x\"", "null", "true"})
    CHECK(error_of(json) == "request body must be a JSON object");
}

TEST_CASE("Bytes that are no UTF-8 are refused, in keys and in values") {
  for (const std::string_view bad :
       {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82"}) {
    CHECK(error_of("{\"x\":\"" + std::string(bad) + "\"}") == "request body is not valid UTF-8");
    CHECK(error_of("{\"" + std::string(bad) + "\":1}") == "request body is not valid UTF-8");
  }
}

TEST_CASE("Nesting is allowed up to the limit and refused beyond it, in arrays and objects") {
  const auto arrays = [](std::size_t depth) {
    return "{\"x\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  const auto objects = [](std::size_t depth) {
    std::string open, close;
    for (std::size_t i = 0; i < depth; ++i) open += "{\"x\":", close += "}";
    return open + "1" + close;
  };
  CHECK(error_of(arrays(k_body_depth_max)).empty());
  CHECK(error_of(objects(k_body_depth_max)).empty());
  CHECK(error_of(arrays(k_body_depth_max + 1)) == "request body is nested deeper than 128 levels");
  CHECK(error_of(objects(k_body_depth_max + 1)) == "request body is nested deeper than 128 levels");
  CHECK(error_of(std::string(1'000'000, '[')) == "request body is nested deeper than 128 levels");
  BodyReader reader;
  CHECK(reader.read(arrays(k_body_depth_max + 1)).error().code == Errc::limit);
}

TEST_CASE("A model or user that is too long is refused") {
  const auto body = [](std::string_view key, std::size_t size) {
    return "{\"" + std::string(key) + "\":\"" + std::string(size, 'm') + "\"}";
  };
  CHECK(facts_of(body("model", k_body_name_bytes_max)).model.size() == k_body_name_bytes_max);
  CHECK(error_of(body("model", k_body_name_bytes_max + 1)) == "`model` is longer than 1024 bytes");
  CHECK(error_of(body("user", k_body_name_bytes_max + 1)) == "`user` is longer than 1024 bytes");
}

TEST_CASE("A body cut at any byte is refused, and nothing behind it is read") {
  const std::string whole = R"({"model":"gpt-4o","n":[1.5e3,{"a":null}],"s":"\u00e9\n","stream":true})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // A buffer of just that size, so that ASan sees a read beyond it.
    const auto exact = std::make_unique<char[]>(size);
    std::copy_n(whole.data(), size, exact.get());
    CHECK_FALSE(error_of({exact.get(), size}).empty());
    top_level({exact.get(), size});
    find_top_level({exact.get(), size}, "stream");
  }
}

TEST_CASE("Top-level values are found where they stand") {
  const std::string_view json = R"( { "model" : "a\"b" , "x":[1, {"model":2}],"n":1e3 ,"e":{} } )";
  CHECK(find_top_level(json, "model")->of(json) == R"("a\"b")");
  CHECK(find_top_level(json, "x")->of(json) == R"([1, {"model":2}])");
  CHECK(find_top_level(json, "n")->of(json) == "1e3");
  CHECK(find_top_level(json, "e")->of(json) == "{}");
  CHECK_FALSE(find_top_level(json, "mode"));
  CHECK_FALSE(find_top_level("[1]", "model"));
  CHECK_FALSE(find_top_level("{}", "model"));
}

TEST_CASE("Many top-level values are found in one walk") {
  const std::string_view json = R"({"b":1,"mod\u0065l":"x","b":[2],"c":{"a":3}})";
  const std::vector<std::string_view> keys = {"a", "b", "c", "model"};
  const auto found = find_top_level(json, keys);
  REQUIRE(found.size() == keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) CHECK(found[i] == find_top_level(json, keys[i]));
  CHECK_FALSE(found[0]);
  CHECK(found[1]->of(json) == "[2]");
  CHECK(find_top_level(json, std::span<const std::string_view>()).empty());
  CHECK_FALSE(find_top_level("[1]", keys)[0]);
}

TEST_CASE("All top-level members come in their order, twins too") {
  const std::string_view json = R"({"a":1,"mod\u0065l":"x","a":[2]})";
  const auto members = top_level(json);
  REQUIRE(members.size() == 3);
  CHECK(members[0].key.of(json) == R"("a")");
  CHECK(members[0].value.of(json) == "1");
  CHECK(members[1].key.of(json) == R"("mod\u0065l")");
  CHECK(members[2].value.of(json) == "[2]");
  CHECK(find_top_level(json, "a")->of(json) == "[2]");
  CHECK(find_top_level(json, "model")->of(json) == R"("x")");
}

}  // namespace
}  // namespace pk::provider
