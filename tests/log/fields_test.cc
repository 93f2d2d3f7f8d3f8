#include "log/fields.h"

#include <set>

#include "support/catch.h"

using pk::log::Field;
using pk::log::FieldSet;

TEST_CASE("Every field has a name that leads back to it") {
  std::set<int> numbers;
  for (const std::string_view name : pk::log::field_names()) {
    INFO(name);
    const auto field = pk::log::field_of(name);
    REQUIRE(field.has_value());
    CHECK(pk::log::field_name(*field) == name);
    CHECK(numbers.insert(static_cast<int>(*field)).second);
  }
  CHECK(numbers.size() == FieldSet::all().fields().size());
}

TEST_CASE("Names that are none are refused, the internal ones too") {
  for (const char* name : {"", "ID", "seed", "id ", "cost", "request.body"})
    CHECK_FALSE(pk::log::field_of(name).has_value());
}

TEST_CASE("Lists have all fields but the contents and the attempts") {
  const FieldSet all = FieldSet::all(), lists = FieldSet::lists();
  CHECK(all.fields().front() == Field::id);
  CHECK(all.fields().size() == pk::log::field_names().size());
  CHECK(lists.fields().size() == all.fields().size() - 3);
  for (const Field full : {Field::request, Field::response, Field::attempts}) {
    CHECK(all.has(full));
    CHECK_FALSE(lists.has(full));
  }
}

TEST_CASE("Fields are picked in the order given, each once") {
  const auto set = FieldSet::parse("model, id,,model ,cost_usd");
  REQUIRE(set);
  CHECK(set->fields() == std::vector{Field::model, Field::id, Field::cost_usd});
}

TEST_CASE("An unknown or an empty choice names the fields there are") {
  for (const char* list : {"", " , ", "id,costs", "ID", "id;model"}) {
    INFO(list);
    const auto set = FieldSet::parse(list);
    REQUIRE_FALSE(set);
    CHECK(set.error().code == pk::Errc::invalid);
    CHECK(set.error().message.find("id created_at trace_id") != std::string::npos);
  }
  CHECK(FieldSet::parse("id,co\x1bsts")
            .error()
            .message.starts_with("'co\\u001bsts' is no field; there are id "));
}
