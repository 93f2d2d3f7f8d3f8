#include "admin/log_list.h"

#include <atomic>

#include "admin/fixture.h"
#include "base/json.h"

using namespace pk::test;

namespace {

constexpr std::int64_t k_start_ms = 1'772'357'400'000;

std::vector<pk::log::LogRecord> many(unsigned count) {
  std::vector<pk::log::LogRecord> records;
  for (unsigned n = 0; n < count; ++n) records.push_back(sample_record(k_start_ms + n, n));
  return records;
}

std::size_t rows_in(const std::string& json) {
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = json.find("{\"id\":\"", at)) != std::string::npos; ++at) ++rows;
  return rows;
}

// "null", or the id.
std::string next_in(const std::string& json) {
  const std::size_t at = json.rfind("\"next\":");
  REQUIRE(at != std::string::npos);
  std::string next = json.substr(at + 7, json.size() - at - 8);
  if (next.front() == '"') next = next.substr(1, next.size() - 2);
  return next;
}

pk::Task<void> begin(pk::admin::Call& call, std::atomic<bool>& begun, std::promise<void>& over) {
  std::function<pk::Result<pk::admin::Reply>(const std::shared_ptr<pk::store::Env>&)> work =
      [&begun](const std::shared_ptr<pk::store::Env>&) -> pk::Result<pk::admin::Reply> {
    begun = true;
    return pk::admin::json_reply("{}");
  };
  co_await call.answer_from(std::move(work));
  over.set_value();
}

}  // namespace

TEST_CASE("A list is whole JSON whatever its length, in pieces that are bounded") {
  ControlPlaneFixture plane(many(700));
  for (const unsigned limit : {1u, 2u, 50u, 699u, 700u, 701u}) {
    const Answered answered = plane.ask("GET", "/v1/logs?limit=" + std::to_string(limit));
    INFO(limit);
    CHECK(answered.status() == 200);
    CHECK(pk::is_json(answered.text));
    CHECK(rows_in(answered.text) == std::min(limit, 700u));
    CHECK((next_in(answered.text) == "null") == (limit >= 700));
    CHECK(answered.text.size() / answered.pieces < 2 * pk::admin::k_piece_bytes);
  }
  CHECK(plane.ask("GET", "/v1/logs?limit=700").pieces > 1);
  CHECK(plane.ask("GET", "/v1/logs?limit=1").length());
}

TEST_CASE("A list from the middle on passes over as many as asked once, in however many pieces it comes") {
  ControlPlaneFixture plane(many(700));
  const Answered answered = plane.ask("GET", "/v1/logs?limit=600&skip=150");
  CHECK(answered.pieces > 1);
  CHECK(rows_in(answered.text) == 550);
  CHECK(next_in(answered.text) == "null");
  const std::string first = sample_record(k_start_ms + 549, 549).id.text();
  CHECK(answered.text.find("\"id\":\"" + first) < answered.text.find("\"id\":\"", 40));
  CHECK(plane.ask("GET", "/v1/logs?skip=700").text == R"({"object":"list","data":[],"next":null})");
}

TEST_CASE("Paging by next gives each log once, in either direction") {
  ControlPlaneFixture plane(many(701));
  for (const std::string order : {"", "&reverse"}) {
    std::size_t rows = 0;
    std::string after;
    for (int pages = 0; pages < 100; ++pages) {
      const Answered answered = plane.ask("GET", "/v1/logs?limit=100" + order + after);
      rows += rows_in(answered.text);
      if (next_in(answered.text) == "null") break;
      after = "&after=" + next_in(answered.text);
    }
    CHECK(rows == 701);
  }
}

TEST_CASE("A list with no rows is an empty one, and a client that leaves ends the work") {
  ControlPlaneFixture empty;
  CHECK(empty.ask("GET", "/v1/logs").text == R"({"object":"list","data":[],"next":null})");
  ControlPlaneFixture plane(many(700));
  const Answered left = plane.ask("GET", "/v1/logs?limit=700", "", 1);
  CHECK(left.was_cut);
  CHECK(left.flushes == 1);
  const Answered head = plane.ask("HEAD", "/v1/logs?limit=700");
  CHECK(head.flushes == 1);
}

TEST_CASE("Who looks for what nobody has does not go on looking once the client has left") {
  ControlPlaneFixture plane(many(700));
  const pk::admin::Desk desk{*plane.services, plane.guard, plane.post, {}};
  pk::http::Request request;
  Answered answered;
  const pk::admin::Call call(desk, request, answered);
  const auto list_of = [&](const char* filter) {
    pk::admin::Selection selection;
    selection.query.filter = *pk::query::parse_text(filter, 0);
    return pk::admin::LogList(std::move(selection)).next(call.reader(plane.env));
  };
  REQUIRE(list_of("user:nobody"));
  answered.leave();
  CHECK(list_of("user:nobody").error().code == pk::Errc::cancelled);
  CHECK(list_of("\"words that nobody said\"").error().code == pk::Errc::cancelled);
  pk::admin::LogLines lines(*pk::query::parse_text("user:nobody", 0));
  CHECK(lines.next(call.reader(plane.env)).error().code == pk::Errc::cancelled);
}

TEST_CASE("What waits for the pool while its client leaves is not begun if it only reads") {
  ControlPlaneFixture plane(many(1));
  const pk::admin::Desk desk{*plane.services, plane.guard, plane.post, {}};
  for (const auto& [method, begins] : {std::pair("GET", false), {"HEAD", false}, {"POST", true}}) {
    pk::http::Request request;
    request.method = method;
    Answered answered;
    pk::admin::Call call(desk, request, answered);
    answered.leave();
    std::atomic<bool> begun = false;
    std::promise<void> over;
    plane.thread.run([&] { begin(call, begun, over).detach(); });
    over.get_future().wait();
    CHECK(begun == begins);
  }
}
