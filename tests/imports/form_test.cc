#include "imports/form.h"

#include "support/catch.h"

using namespace pk;
using namespace pk::imports;

namespace {

std::string refused(std::string_view json) {
  const auto row = Row::of_json(json);
  REQUIRE(row);
  const auto record = to_record(*row);
  return record ? "" : record.error().message;
}

}  // namespace

TEST_CASE("What is no log says so") {
  CHECK(refused("{}") == "it is no log of LiteLLM or Portkey");
  CHECK(refused(R"({"id":"1","created_at":"2024-05-30"})") == "it is no log of LiteLLM or Portkey");
  CHECK(refused(R"({"request_id":"1","startTime":"soon"})") == "its startTime is no time");
  CHECK(refused(R"({"created_at":null,"ai_org":"x"})") == "it is no log of LiteLLM or Portkey");
  CHECK(refused(R"({"created_at":"soon","ai_org":"x"})") == "its created_at is no time");
}

TEST_CASE("A form is known by the names of its values") {
  const auto form = [](std::string_view json) { return form_of(*Row::of_json(json)); };
  CHECK(form(R"({"request_id":"1","startTime":"x"})") == Form::litellm);
  CHECK(form(R"({"request_id":"1","call_type":"x"})") == Form::litellm);
  CHECK(form(R"({"created_at":"1","ai_model":"x"})") == Form::portkey);
  CHECK(form(R"({"created_at":"1","response_time":1})") == Form::portkey);
  CHECK_FALSE(form(R"({"request_id":"1"})"));
  CHECK_FALSE(form("{}"));
}
