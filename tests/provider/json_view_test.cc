#include "provider/json_view.h"

#include <algorithm>
#include <memory>

#include "support/catch.h"

namespace pk::provider {
namespace {

TEST_CASE("A view finds members by name, the last of twins, and keeps their digits") {
  const JsonView view(R"( {"a":1,"b":{"c":[0.70,"x"]},"a":12345678901234567890,"\u0064":true} )");
  CHECK(view.is_object());
  CHECK(view["a"].json() == "12345678901234567890");
  CHECK(view["b"]["c"].json() == R"([0.70,"x"])");
  CHECK(view["b"]["c"].first_item().json() == "0.70");
  CHECK(view["b"]["c"].items().size() == 2);
  CHECK(view["d"].is_true());
}

TEST_CASE("What is not there is absent, and so is all below it") {
  const JsonView view(R"({"a":[1],"n":null})");
  CHECK(view["x"].is_absent());
  CHECK(view["x"]["y"]["z"].is_absent());
  CHECK(view["a"]["y"].is_absent());
  CHECK(view["a"].text().empty());
  CHECK(view["n"].is_null());
  CHECK_FALSE(view["n"].is_given());
  CHECK(view["x"].items().empty());
  for (const std::string_view none : {"[]", "", "{}", "null", "\"a\"", "7"})
    CHECK(JsonView(none).items().empty());
  CHECK(view["x"].first_item().is_absent());
  CHECK_FALSE(view["x"].count(10));
}

TEST_CASE("A view knows what it looks at") {
  CHECK(JsonView("-1").is_number());
  CHECK(JsonView("7").count(10) == 7);
  CHECK_FALSE(JsonView("11").count(10));
  for (const std::string_view none : {"\"7\"", "-1", "1.5", "null", "99999999999999999999", ""})
    CHECK_FALSE(JsonView(none).count(10));
  CHECK(JsonView("7.0").count(10) == 7);
  CHECK(JsonView("\"a\\n\"").text() == "a\n");
  CHECK(JsonView("\"auto\"").is("auto"));
  CHECK_FALSE(JsonView("auto").is("auto"));
  CHECK(JsonView("false").is_false());
  CHECK(JsonView("[]").is_array());
}

TEST_CASE("Foreign bytes are looked at only if they are one JSON value") {
  CHECK(JsonView::checked(R"({"a":1})")["a"].json() == "1");
  for (const std::string_view bad : {"", " ", "{", R"({"a":1}x)", R"({"a":tru})", "\"\xff\"", "{}{}", "nul"})
    CHECK(JsonView::checked(bad).is_absent());
  const std::string_view whole = R"({"a":[1,{"b":"c"}]})";
  for (std::size_t cut = 0; cut < whole.size(); ++cut)
    CHECK(JsonView::checked(whole.substr(0, cut)).is_absent());
}

TEST_CASE("A foreign document that is too deep to be put into another is not looked at") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(JsonView::checked(nested(k_view_depth_max)).is_array());
  CHECK(JsonView::checked(nested(k_view_depth_max + 1)).is_absent());
}

TEST_CASE("A text that breaks off gives what stood before, and reads no byte outside it") {
  const std::string_view whole = R"({"a":[1,{"b":"c\n"}],"d":true})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto exact = std::make_unique<char[]>(size);
    std::copy_n(whole.data(), size, exact.get());
    const JsonView view(std::string_view(exact.get(), size));
    CHECK(view["d"].json() == (size == whole.size() - 1 ? "true" : ""));
    std::size_t members = 0;
    for (const JsonMember& member : view.members()) members += member.name.size();
    CHECK(members <= 2);
    CHECK(view["a"].items().size() <= 2);
  }
}

TEST_CASE("An object's members are found once, the last of twins") {
  const JsonObject object = *JsonObject::read(JsonView(R"({"a":1.0e5,"n":null,"\u0065":"x","a":7})"));
  CHECK(object["a"].json() == "7");
  CHECK(object["e"].text() == "x");
  CHECK(object["n"].is_null());
  CHECK(object["z"].is_absent());
  std::string names;
  for (const auto& [name, value] : object) names += name;
  CHECK(names == "anea");
  CHECK((*JsonObject::read(JsonView("[1]")))["a"].is_absent());
  std::string many = "{\"a\":1";
  for (std::size_t i = 1; i < k_object_members_max; ++i) many += ",\"a\":1";
  CHECK(JsonObject::read(JsonView(many + "}")));
  CHECK(JsonObject::read(JsonView(many + ",\"b\":1}")).error() ==
        Error{Errc::limit, "an object has more than 10000 members"});
}

TEST_CASE("A text that is not there is another one") {
  CHECK(JsonView(R"("a\n")").text_or("b") == "a\n");
  for (const std::string_view none : {"", "\"\"", "7", "null"}) {
    CHECK(JsonView(none).text_or("b") == "b");
    CHECK_FALSE(JsonView(none).has_text());
  }
}

TEST_CASE("Several members are picked in one step, the last of twins") {
  const auto [b, x, a] = JsonView(R"({"a":1,"b":{"a":2},"a":3})").pick("b", "x", "a");
  CHECK(b.json() == R"({"a":2})");
  CHECK(x.is_absent());
  CHECK(a.json() == "3");
  CHECK(JsonView("[1]").pick("a")[0].is_absent());
}

TEST_CASE("Members and elements come in their order, names without escapes") {
  std::string seen;
  for (const auto& [name, value] : JsonView(R"({"b":1,"\u0061":[2],"b":{}})").members())
    seen.append(name).append("=").append(value.json()).append(";");
  for (const JsonView value : JsonView(R"([1, "a,b" ,{"c":[2]},[]])").items()) seen += value.json();
  CHECK(seen == R"(b=1;a=[2];b={};1"a,b"{"c":[2]}[])");
}

}  // namespace
}  // namespace pk::provider
