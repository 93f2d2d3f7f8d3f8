#include "admin/export_routes.h"

#include <algorithm>

#include "admin/fixture.h"

using namespace pk::test;

namespace {

std::vector<pk::log::LogRecord> many(unsigned count) {
  std::vector<pk::log::LogRecord> records;
  for (unsigned n = 0; n < count; ++n) {
    records.push_back(sample_record(1'772'357'400'000 + n, n));
    if (n % 2 == 0) records[n].model = records[n].requested_model = "gpt-4o";
  }
  return records;
}

std::string id_in(const std::string& json) {
  return json.substr(json.find("\"id\":\"") + 6, 19);
}

}  // namespace

TEST_CASE("An export is made, listed, shown, and downloaded as whole logs, a line each") {
  ControlPlaneFixture plane(many(300));
  const Answered made =
      plane.ask("POST", "/v1/logs/exports", R"({"filters":{"model":["gpt-4o"]},"description":"for ann"})");
  CHECK(made.status() == 200);
  CHECK(made.text.find(R"("total":150)") != std::string::npos);
  const std::string id = id_in(made.text);
  CHECK(plane.ask("GET", "/v1/logs/exports").text.find(id) != std::string::npos);
  CHECK(plane.ask("GET", "/v1/logs/exports/" + id).text == made.text);
  const Answered lines = plane.ask("GET", "/v1/logs/exports/" + id + "/download");
  CHECK(lines.header("content-type") == "application/jsonl");
  CHECK(std::ranges::count(lines.text, '\n') == 150);
  CHECK(lines.text.find("Hi there") != std::string::npos);
  CHECK(lines.pieces > 1);
  CHECK(plane.ask("GET", "/v1/logs/exports/" + id + "/download", "", 1).was_cut);
}

TEST_CASE("What is no export is refused") {
  ControlPlaneFixture plane;
  CHECK(plane.ask("GET", "/v1/logs/exports/ex-none").status() == 404);
  CHECK(plane.ask("GET", "/v1/logs/exports/ex-none/download").status() == 404);
  for (const char* body : {"", "[]", R"({"filters":[]})", R"({"filters":{"nonsense":1}})",
                           R"({"filters":{"min-cost":"x"}})", R"({"what":1})"})
    CHECK(plane.ask("POST", "/v1/logs/exports", body).status() == 400);
  CHECK(plane.ask("POST", "/v1/logs/exports", "{}").text.find(R"("total":0)") != std::string::npos);
}
