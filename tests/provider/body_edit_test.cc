#include "provider/body_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/json.h"
#include "base/rng.h"
#include "provider/body.h"
#include "support/catch.h"

namespace pk::provider {
namespace {

using config::BodyEdits;

BodyEdits defaults(config::BodyMembers members) {
  return {std::move(members), {}, {}};
}
BodyEdits overrides(config::BodyMembers members) {
  return {{}, std::move(members), {}};
}
BodyEdits drops(std::vector<std::string> paths) {
  return {{}, {}, std::move(paths)};
}

std::string edited(std::string_view json, const BodyEdits& edits) {
  const auto body = edited_body(json, edits);
  INFO(json);
  REQUIRE(body);
  CHECK(BodyReader().read(*body));
  return *body;
}

Error error_of(std::string_view json, const BodyEdits& edits) {
  const auto body = edited_body(json, edits);
  REQUIRE_FALSE(body);
  return body.error();
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST_CASE("A default stands in for what the body has not") {
  const BodyEdits edits = defaults({{"n", "1"}, {"stop", R"(["\n"])"}});
  CHECK(edited(R"({})", edits) == R"({"n":1,"stop":["\n"]})");
  CHECK(edited(R"({"model":"m"})", edits) == R"({"model":"m","n":1,"stop":["\n"]})");
  CHECK(edited(R"({"n":2})", edits) == R"({"n":2,"stop":["\n"]})");
  CHECK(edited(R"({"n":null,"stop":[]})", edits) == R"({"n":null,"stop":[]})");
  CHECK(edited(R"({"x":{"n":2}})", edits) == R"({"x":{"n":2},"n":1,"stop":["\n"]})");
  CHECK(edited(R"({"\u006e":2,"stop":0})", edits) == R"({"\u006e":2,"stop":0})");
}

TEST_CASE("An override takes the place of the whole value") {
  const BodyEdits edits = overrides({{"a", R"({"x":1})"}, {"b", "0.70"}});
  CHECK(edited(R"({})", edits) == R"({"a":{"x":1},"b":0.70})");
  CHECK(edited(R"({"a":{"y":2},"c":3})", edits) == R"({"a":{"x":1},"c":3,"b":0.70})");
  CHECK(edited(R"({"b":[[1]],"a":null})", edits) == R"({"b":0.70,"a":{"x":1}})");
  CHECK(edited(R"({"\u0061":1,"b":2})", edits) == R"({"\u0061":{"x":1},"b":0.70})");
}

TEST_CASE("Of twins the first gets the override and the others go") {
  const BodyEdits edits = overrides({{"a", "0"}});
  CHECK(edited(R"({"a":1,"a":2})", edits) == R"({"a":0})");
  CHECK(edited(R"({"a":1, "b":2 , "a":3 ,"c":4,"\u0061":[5]})", edits) == R"({"a":0, "b":2 ,"c":4})");
  CHECK(edited(R"({"b":1,"a":2,"a":3,"a":4})", edits) == R"({"b":1,"a":0})");
}

TEST_CASE("Defaults come before overrides, and both before drops") {
  CHECK(edited("{}", {{{"a", "1"}, {"b", "2"}}, {{"c", "3"}, {"a", "4"}}, {}}) == R"({"a":4,"b":2,"c":3})");
  CHECK(edited(R"({"x":1})", {{{"a", R"({"p":1,"q":2})"}}, {{"b", "[1,2]"}}, {"a.p", "b[0]", "x"}}) ==
        R"({"a":{"q":2},"b":[2]})");
  CHECK(edited(R"({"a":1})", {{{"b", "1"}}, {{"c", "1"}}, {"a", "b", "c"}}) == "{}");
}

TEST_CASE("Of a name that stands twice in the edits the last value counts") {
  CHECK(edited("{}", defaults({{"a", "1"}, {"b", "2"}, {"a", "3"}})) == R"({"a":3,"b":2})");
  CHECK(edited(R"({"a":0})", overrides({{"a", "1"}, {"a", "2"}})) == R"({"a":2})");
}

TEST_CASE("Spaces, order and numbers of what is not meant stay as they were") {
  const std::string_view json =
      "\n{ \"temperature\" : 0.7 ,\r\n\t\"seed\":123456789012345678901234567890, \"p\":7E-1,\"model\" : "
      "\"m\"  } \t";
  CHECK(edited(json, {{{"n", "1"}}, {{"model", "\"x\""}}, {}}) ==
        "\n{ \"temperature\" : 0.7 ,\r\n\t\"seed\":123456789012345678901234567890, \"p\":7E-1,\"model\" : "
        "\"x\",\"n\":1  } \t");
  CHECK(edited(" { } ", defaults({{"n", "1E2"}})) == " {\"n\":1E2 } ");
  CHECK(edited(json, drops({"nothing"})) == json);
}

TEST_CASE("Names of any kind are written as JSON has them") {
  CHECK(edited("{}", overrides({{"a\"b\n", "1"}, {"", "2"}})) == R"({"a\"b\n":1,"":2})");
  CHECK(edited(R"({"a\u0022b\n":0,"":0})", overrides({{"a\"b\n", "1"}, {"", "2"}})) ==
        R"({"a\u0022b\n":1,"":2})");
  CHECK(edited(R"({"a.b":0})", overrides({{"a.b", "1"}})) == R"({"a.b":1})");
}

TEST_CASE("Edits of nothing give the same bytes") {
  for (const std::string_view json :
       {"{}", " { } ", R"({"a":1,"a":2})", R"({"a":[0.70,1e999],"b":"\ud800"})"}) {
    CHECK(edited(json, {}) == json);
    CHECK(edited(json, {{{"a", "9"}}, {}, {"x", "a.b", "a["}}) == edited(json, defaults({{"a", "9"}})));
  }
}

TEST_CASE("A value that nests too deep is refused with its name") {
  CHECK(edited("{}", overrides({{"a", nested(k_body_depth_max - 1)}})).size() == 260);
  CHECK(error_of("{}", overrides({{"a", nested(k_body_depth_max)}})) ==
        Error{Errc::invalid, "`a` of override_params makes the request body nested deeper than 128 levels"});
  CHECK(error_of(R"({"b":1})", defaults({{"b", nested(500)}})).message ==
        "`b` of default_params makes the request body nested deeper than 128 levels");
}

TEST_CASE("A value that is no JSON is refused") {
  for (const char* bad : {"", " ", "tru", "1,\"b\":2", "1}", "\"\xff\"", "[1", "01"}) {
    INFO(bad);
    CHECK(error_of("{}", overrides({{"a", bad}})) ==
          Error{Errc::invalid, "`a` of override_params is not valid JSON"});
  }
}

TEST_CASE("A model or user stays within what a body may have") {
  const std::string longest(k_body_name_bytes_max, 'x');
  for (const char* name : {"model", "user"}) {
    CHECK(edited("{}", overrides({{name, json_string(longest)}})).size() > longest.size());
    CHECK(error_of("{}", overrides({{name, json_string(longest + "x")}})).code == Errc::limit);
    CHECK(error_of("{}", defaults({{name, json_string(longest + "x")}})).message ==
          fmt::format("`{}` of default_params is longer than 1024 bytes", name));
    CHECK_FALSE(edited("{}", overrides({{name, "[" + json_string(longest + "x") + "]"}})).empty());
  }
}

TEST_CASE("Edits make a body longer up to their bound") {
  const std::string most = json_string(std::string(k_edit_bytes_max - 7, 'x'));
  CHECK(edited("{}", overrides({{"a", most}})).size() == k_edit_bytes_max + 1);
  CHECK(error_of("{}", overrides({{"abcd", most}})) ==
        Error{Errc::limit, "parameters make the request body more than 16000000 bytes longer"});
}

TEST_CASE("The model is replaced or added") {
  CHECK(with_model(R"({"model":"a","n":0.70})", "b") == R"({"model":"b","n":0.70})");
  CHECK(with_model(R"({"n":1})", "b\"c") == R"({"n":1,"model":"b\"c"})");
  CHECK(with_model(R"({"mod\u0065l":null, "model":"a"})", "b") == R"({"mod\u0065l":"b"})");
  CHECK(with_model("{}", "") == R"({"model":""})");
  CHECK(with_model(R"({"x":{"model":"a"}})", "b") == R"({"x":{"model":"a"},"model":"b"})");
}

TEST_CASE("Edits of a text that was cut anywhere do no harm") {
  const std::string json = R"({"a":[1,{"b\n":2}],"model":"m","a":{"c":[3]}})";
  const BodyEdits edits{{{"d", "4"}}, {{"a", "5"}}, {"model", "d"}};
  CHECK(edited(json, edits) == R"({"a":5})");
  for (std::size_t cut = 0; cut < json.size(); ++cut) {
    const auto body = edited_body(std::string(json, 0, cut), edits);
    REQUIRE(body);
    CHECK(body->size() <= cut + 16);
    CHECK(with_model(std::string(json, 0, cut), "m").size() <= cut + 16);
  }
}

// What an edit comes to, done the slow way: one member after the other, by their texts.
std::string edited_slowly(std::string_view json, const BodyEdits& edits) {
  std::vector<std::pair<std::string, std::string>> members;
  for (const Member& member : top_level(json))
    members.emplace_back(json_unquoted(member.key.of(json)), member.value.of(json));
  const auto is = [](const std::string& name) {
    return [&](const auto& member) { return member.first == name; };
  };
  for (const auto& added : edits.default_params)
    if (std::ranges::none_of(members, is(added.first))) members.push_back(added);
  for (const auto& over : edits.override_params) {
    const auto at = std::ranges::find_if(members, is(over.first));
    if (at == members.end()) {
      members.push_back(over);
      continue;
    }
    at->second = over.second;
    members.erase(std::remove_if(at + 1, members.end(), is(over.first)), members.end());
  }
  for (const std::string& path : edits.drop_params) std::erase_if(members, is(path));
  std::string out = "{";
  for (const auto& [name, value] : members)
    out += (out.size() > 1 ? "," : "") + json_string(name) + ":" + value;
  return out + "}";
}

TEST_CASE("Random edits come to what they come to one by one") {
  Rng rng(7);
  const auto below = [&](std::uint64_t bound) { return static_cast<std::size_t>(rng.next() % bound); };
  const auto name = [&] { return std::string(1, static_cast<char>('a' + below(6))); };
  const auto value = [&] {
    return std::vector<std::string>{"0.70", "[1,{\"a\":2}]", "null", "\"s\"", "{}"}[below(5)];
  };
  const auto members = [&] {
    config::BodyMembers some;  // names once: a config has read them into that
    for (auto n = below(5); n > 0; --n)
      if (const auto one = name();
          std::ranges::find(some, one, &config::BodyMembers::value_type::first) == some.end())
        some.emplace_back(one, value());
    return some;
  };
  for (int round = 0; round < 5000; ++round) {
    std::string json = "{";
    for (auto n = below(6); n > 0; --n) json += (json.size() > 1 ? ",\"" : "\"") + name() + "\":" + value();
    json += "}";
    BodyEdits edits{members(), members(), {}};
    for (auto n = below(3); n > 0; --n) edits.drop_params.push_back(name());
    INFO(json);
    CHECK(edited(json, edits) == edited_slowly(json, edits));
  }
}

TEST_CASE("Many edits of a large body take no walk each") {
  std::string json = R"({"messages":[)";
  while (json.size() < 10'000'000) json += R"({"role":"user","name":"n","content":"What is the answer?"},)";
  json.back() = ']';
  json += '}';
  BodyEdits edits;
  for (int i = 0; i < 256; ++i) {
    edits.default_params.emplace_back(fmt::format("default{}", i), "1");
    edits.override_params.emplace_back(fmt::format("override{}", i), "[2]");
    edits.drop_params.push_back(fmt::format("messages[*].x{}", i));
  }
  edits.drop_params.emplace_back("messages[*].name");
  using std::chrono::steady_clock;
  const auto begin = steady_clock::now();
  CHECK(edited(json, {{}, {{"override0", "[2]"}}, {}}).size() > json.size());
  const auto one_walk = steady_clock::now() - begin;
  const auto again = steady_clock::now();
  const std::string body = edited(json, edits);
  // 769 walks are far off, however slow the machine is; the seconds are for one that stands still for a
  // moment.
  CHECK(steady_clock::now() - again < 100 * one_walk + std::chrono::seconds(5));
  CHECK(body.find("\"name\"") == std::string::npos);
  CHECK(body.ends_with(R"("override254":[2],"override255":[2]})"));
}

}  // namespace
}  // namespace pk::provider
