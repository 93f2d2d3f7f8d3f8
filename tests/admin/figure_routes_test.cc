#include "admin/figure_routes.h"

#include "admin/fixture.h"
#include "base/json.h"

using namespace pk::test;

namespace {

struct Five : ControlPlaneFixture {
  Five() : ControlPlaneFixture(five()) {}
  static std::vector<pk::log::LogRecord> five() {
    std::vector<pk::log::LogRecord> records;
    for (unsigned n = 0; n < 5; ++n) {
      records.push_back(sample_record(1'772'357'400'000 + n, n));
      if (n < 2) records[n].model = records[n].requested_model = "gpt-4o";
      records[n].metadata = {{"team", "red"}};
    }
    return records;
  }
};

}  // namespace

TEST_CASE_METHOD(Five, "What filters mean is counted") {
  CHECK(ask("GET", "/v1/logs/count").text == R"({"count":5})");
  CHECK(ask("GET", "/v1/logs/count?model=gpt-4o").text == R"({"count":2})");
  CHECK(ask("GET", "/v1/logs/count?limit=2").status() == 400);
}

TEST_CASE_METHOD(Five, "The values of a field come with the most frequent first") {
  CHECK(ask("GET", "/v1/logs/values?field=model").text == R"({"data":["gpt-4o-mini","gpt-4o"]})");
  CHECK(ask("GET", "/v1/logs/values?field=metadata").text == R"({"data":["team"]})");
  CHECK(ask("GET", "/v1/logs/values?field=metadata.team&prefix=r").text == R"({"data":["red"]})");
  CHECK(ask("GET", "/v1/logs/values?field=nonsense").status() == 400);
  CHECK(ask("GET", "/v1/logs/values").status() == 400);
  CHECK(ask("GET", "/v1/logs/values?field=model&limit=2").status() == 400);
}

TEST_CASE_METHOD(Five, "Statistics are those of the filters, whole or by group") {
  const Answered whole = ask("GET", "/v1/stats?model=gpt-4o");
  CHECK(pk::is_json(whole.text));
  CHECK(whole.text.find(R"("requests":2)") != std::string::npos);
  const Answered by = ask("GET", "/v1/stats?by=model");
  CHECK(by.text.starts_with(R"([{"model":"gpt-4o-mini","requests":3)"));
  CHECK(by.text.find(R"("model":"gpt-4o",)") != std::string::npos);
  CHECK(ask("GET", "/v1/stats?by=model&limit=1").text.find(R"("model":"gpt-4o",)") == std::string::npos);
  CHECK(ask("GET", "/v1/stats?by=model&limit=x").status() == 400);
  CHECK(ask("GET", "/v1/stats?by=colour").status() == 400);
  CHECK(ask("GET", "/v1/stats?nonsense=1").status() == 400);
}
