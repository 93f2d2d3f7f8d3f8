#include "replay/remote.h"

#include <mutex>

#include "replay/records.h"
#include "replay/run_all.h"
#include "support/catch.h"
#include "support/sample_record.h"
#include "support/scripted_server.h"

namespace pk::replay {

namespace {

using test::json_of;

const std::string k_new_id = "01890a5d-ac96-774b-bcce-b30209000000";

log::LogRecord new_record() {
  log::LogRecord record = test::chat_record();
  record.id = *Uuid::parse(k_new_id);
  return record;
}

// A server that has one log, and replays it.
struct Fake {
  Fake()
      : server([this](http::Request& request, http::Responder& responder) {
          return serve(request, responder);
        }) {
    REQUIRE(upstream::Client::global_init());
    auto made = Remote::make(loop, "http://127.0.0.1:" + std::to_string(server.port()) + "/",
                             config::Secret("pk-secret"));
    REQUIRE(made);
    remote = *std::move(made);
  }

  Task<void> serve(http::Request& request, http::Responder& responder) {
    http::ResponseHead head;
    std::string body = R"({"error":{"message":"no such thing"}})";
    head.status = 404;
    {
      const std::lock_guard lock(mutex);
      seen.push_back(request.method + " " + request.target + " " + request.body + " " +
                     std::string(http::find_header(request.headers, "x-portkey-api-key").value_or("")));
    }
    if (request.method == "POST" && refuses) {
      head.status = 409;
      body = R"({"error":{"message":"it is blocked"},"replay_blocked_by":"endpoint"})";
    } else if (request.method == "POST") {
      head.status = 200;
      head.headers = {{"x-pk-log-id", k_new_id}};
      body = "the answer";
    } else if (request.target == "/v1/logs/" + k_new_id && absent-- <= 0) {
      head.status = 200;
      body = json_of(new_record());
    } else if (request.target == "/v1/logs/%40latest") {
      head.status = 200;
      body = json_of(test::chat_record());
    } else if (request.target.starts_with("/v1/logs?")) {
      head.status = 200;
      const bool first = request.target.find("after=") == std::string::npos;
      body = R"({"object":"list","data":[)" + row + R"(],"next":)" +
             (first ? "\"" + k_new_id + "\"" : "null") + "}";
    }
    head.content_length = body.size();
    responder.head(head);
    responder.body(body);
    responder.end();
    co_await responder.flush();
  }

  template <class T>
  T wait_for(Task<T> task) {
    std::optional<T> got;
    run_one(loop, into(std::move(task), got));
    return *std::move(got);
  }
  template <class T>
  static Task<void> into(Task<T> task, std::optional<T>& got) {
    got.emplace(co_await std::move(task));
  }

  std::mutex mutex;
  std::vector<std::string> seen;
  bool refuses = false;
  int absent = 0;                                  // so often the new log is not there yet
  std::string row = json_of(test::chat_record());  // of its list
  test::ScriptedServer server;
  boost::asio::io_context loop{1};
  std::unique_ptr<Remote> remote;
};

}  // namespace

TEST_CASE("A server is asked for logs, and to replay them") {
  Fake fake;
  const auto original = fake.wait_for(fake.remote->fetch("@latest"));
  REQUIRE(original);
  CHECK(original->id == test::chat_record().id);
  const Overrides overrides{.model = "m"};
  const auto replayed = fake.wait_for(fake.remote->send(*original, overrides));
  REQUIRE(replayed);
  CHECK(replayed->record.id.text() == k_new_id);
  REQUIRE(replayed->record.response);  // the log has none; what was said is known all the same
  CHECK(replayed->record.response->body == "the answer");
  CHECK(fake.seen == std::vector<std::string>{
                         "GET /v1/logs/%40latest  pk-secret",
                         "POST /v1/logs/" + original->id.text() + R"(/replay {"model":"m"} pk-secret)",
                         "GET /v1/logs/" + k_new_id + "  pk-secret"});
}

TEST_CASE("A log that follows its answer is waited for") {
  Fake fake;
  fake.absent = 3;
  const Overrides none;
  const auto replayed = fake.wait_for(fake.remote->send(test::chat_record(), none));
  REQUIRE(replayed);
  CHECK(replayed->record.id.text() == k_new_id);
  CHECK(fake.seen.size() == 5);
}

TEST_CASE("Lists are read page by page") {
  Fake fake;
  std::size_t found = 0;
  const auto take = [&found](const Uuid&, bool replayable) { found += replayable; };
  REQUIRE(fake.wait_for(fake.remote->find("model:a b&c", take)));
  CHECK(found == 2);
  CHECK(fake.seen[0].starts_with("GET /v1/logs?limit=1000&q=model%3Aa%20b%26c "));
  CHECK(fake.seen[1].find("&after=" + k_new_id) != std::string::npos);
}

TEST_CASE("A list with a row that is no log is an error, not a shorter list") {
  Fake fake;
  fake.row = R"({"id":"nonsense"})";
  const auto found = fake.wait_for(fake.remote->find("", [](const Uuid&, bool) {}));
  CHECK_FALSE(found);
}

TEST_CASE("The server's reasons are told in its words") {
  Fake fake;
  const auto gone = fake.wait_for(fake.remote->fetch("nothing"));
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == Errc::not_found);
  CHECK(gone.error().message == "log nothing: the server says 404: no such thing");
  fake.refuses = true;
  const Overrides none;
  const auto refused = fake.wait_for(fake.remote->send(test::chat_record(), none));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::unauthorized);
  CHECK(refused.error().message.find("it is blocked") != std::string::npos);
  log::LogRecord blocked = test::chat_record();
  blocked.replay_blocked_by = log::ReplayBlock::no_content;
  CHECK(fake.remote->check(blocked, none).error().code == Errc::unauthorized);
  CHECK(fake.remote->check(test::chat_record(), none));
}

TEST_CASE("A server that is not there, or has no address, is an error") {
  boost::asio::io_context loop{1};
  CHECK(Remote::make(loop, "nowhere", {}).error().code == Errc::invalid);
  CHECK(Remote::make(loop, "ftp://127.0.0.1", {}).error().code == Errc::invalid);
  REQUIRE(upstream::Client::global_init());
  auto remote = Remote::make(loop, "http://127.0.0.1:1", {});
  REQUIRE(remote);
  std::optional<Result<log::LogRecord>> got;
  run_one(loop, Fake::into((*remote)->fetch("@latest"), got));
  REQUIRE(got);
  CHECK(got->error().message.starts_with("http://127.0.0.1:1: "));
}

}  // namespace pk::replay
