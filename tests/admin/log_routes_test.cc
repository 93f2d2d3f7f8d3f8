#include "admin/log_routes.h"

#include "admin/fixture.h"
#include "base/json.h"

using namespace pk::test;

namespace {

constexpr std::int64_t k_start_ms = 1'772'357'400'000;

struct ThreeLogs : ControlPlaneFixture {
  ThreeLogs() : ControlPlaneFixture(three()) {}
  static std::vector<pk::log::LogRecord> three() {
    std::vector<pk::log::LogRecord> records;
    for (unsigned n = 0; n < 3; ++n) records.push_back(sample_record(k_start_ms + 1000 * n, n));
    records[1].model = records[1].requested_model = "gpt-4o";
    return records;
  }
  static std::string id(unsigned n) { return sample_record(k_start_ms + 1000 * n, n).id.text(); }
};

}  // namespace

TEST_CASE_METHOD(ThreeLogs, "A log is found by its id, a part of it or its place, and has its bodies") {
  for (const std::string& text :
       {id(2), id(2).substr(24), std::string("@latest"), std::string("%40latest")}) {
    const Answered answered = ask("GET", "/v1/logs/" + text);
    INFO(text);
    CHECK(answered.status() == 200);
    CHECK(pk::is_json(answered.text));
    CHECK(answered.text.find(id(2)) != std::string::npos);
    CHECK(answered.text.find("Hi there") != std::string::npos);
  }
  CHECK(ask("GET", "/v1/logs/" + id(0) + "?raw").status() == 200);
}

TEST_CASE_METHOD(ThreeLogs, "A log that is not there is 404, one that could be several 400") {
  CHECK(ask("GET", "/v1/logs/01890000-0000-7000-8000-000000000000").status() == 404);
  CHECK(ask("GET", "/v1/logs/@9").status() == 404);
  CHECK(ask("GET", "/v1/logs/nonsense").status() == 404);
  CHECK(ask("GET", "/v1/logs/abc").status() == 400);
  const Answered several = ask("GET", "/v1/logs/00000000");
  CHECK(several.status() == 400);
  CHECK(several.text.find(id(1)) != std::string::npos);
  CHECK(ask("GET", "/v1/logs/@latest?raw=perhaps").status() == 400);
}

TEST_CASE_METHOD(ThreeLogs, "The neighbours are those of the list that the filters make") {
  const auto of = [&](unsigned n, const std::string& query) {
    return ask("GET", "/v1/logs/" + id(n) + "/neighbours" + query).text;
  };
  CHECK(of(1, "") == R"({"newer":")" + id(2) + R"(","older":")" + id(0) + "\"}");
  CHECK(of(2, "") == R"({"newer":null,"older":")" + id(1) + "\"}");
  CHECK(of(2, "?model=gpt-4o-mini") == R"({"newer":null,"older":")" + id(0) + "\"}");
  CHECK(ask("GET", "/v1/logs/" + id(1) + "/neighbours?nonsense=1").status() == 400);
  CHECK(ask("GET", "/v1/logs/@8/neighbours").status() == 404);
}

TEST_CASE_METHOD(ThreeLogs, "A log that is deleted is gone, and only that") {
  CHECK(ask("DELETE", "/v1/logs/" + id(1)).text == R"({"id":")" + id(1) + R"(","deleted":true})");
  CHECK(ask("DELETE", "/v1/logs/" + id(1)).status() == 404);
  CHECK(ask("GET", "/v1/logs/" + id(1)).status() == 404);
  CHECK(ask("GET", "/v1/logs/" + id(0)).status() == 200);
}

TEST_CASE_METHOD(ThreeLogs, "Why is asked no further once the client has left") {
  pk::http::Request request;
  request.method = "GET";
  request.target = "/v1/logs/" + id(1) + "/why";
  Answered answered;
  std::vector<bool> given_up;
  services->know.why = [&](const pk::Uuid&,
                           const std::function<bool()>& is_given_up) -> pk::Result<std::string> {
    given_up.push_back(is_given_up());
    thread.run([&] { answered.leave(); });
    given_up.push_back(is_given_up());
    return pk::Error{pk::Errc::cancelled, "the client has left"};
  };
  ask(request, answered);
  CHECK(given_up == std::vector{false, true});
}
