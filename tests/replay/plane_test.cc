#include "replay/plane.h"

#include "gateway/fakes.h"
#include "replay/local.h"
#include "replay/run_all.h"
#include "replay/world.h"

namespace pk::replay {

namespace {

// A gateway in the process, its ledger a list.
struct Home : test::World {
  Home()
      : plane((static_cast<void>(upstream::Client::global_init()), loop), options(), sink, ground().rules,
              nullptr) {}
  static upstream::Options options() {
    upstream::Options options;
    options.trusted_hosts = test::trusting_loopback();
    return options;
  }

  // Through the way that commands use.
  Result<Replayed> replay(const log::LogRecord& record, const Overrides& overrides = {}) {
    Local local(plane, ground());
    Result<Replayed> got = Error{Errc::cancelled, "not over"};
    run_one(loop, send(local, record, overrides, got));
    return got;
  }
  static Task<void> send(Local& local, log::LogRecord record, const Overrides& overrides,
                         Result<Replayed>& got) {
    Task<Result<Replayed>> task = local.send(std::move(record), overrides);
    got = co_await std::move(task);
  }

  boost::asio::io_context loop{1};
  test::RecordingSink sink;
  Plane plane;
};

log::LogRecord demo_record() {
  return test::chat_record({{"x-portkey-provider", "demo"}},
                           R"({"model":"m","messages":[{"role":"user","content":"hello"}]})");
}

}  // namespace

TEST_CASE("A record goes through the gateway of the process and comes back with its answer") {
  Home home;
  const auto replayed = home.replay(demo_record());
  REQUIRE(replayed);
  CHECK(replayed->record.ok);
  CHECK(replayed->record.replay_of == demo_record().id);
  REQUIRE(replayed->record.response);
  CHECK(replayed->record.response->body.find("hello") != std::string::npos);
  REQUIRE(home.sink.closed.size() == 1);
  CHECK(home.sink.closed[0].id == replayed->record.id);
}

TEST_CASE("Streams arrive whole, and several replays run at once") {
  Home home;
  Local local(home.plane, home.ground());
  std::vector<Result<Replayed>> got(20, Error{Errc::cancelled, "not over"});
  const Overrides overrides{.stream = true};
  run_all(home.loop, got.size(), 4,
          [&](std::size_t i) { return Home::send(local, demo_record(), overrides, got[i]); });
  for (const auto& one : got) {
    REQUIRE(one);
    CHECK(one->record.stream);
    CHECK(one->record.response->body.ends_with("data: [DONE]\n\n"));
  }
}

TEST_CASE("An upstream that cannot be reached is no error: its record says so") {
  Home home;
  const auto replayed = home.replay(
      test::chat_record(test::openai_headers({{"x-portkey-custom-host", "http://127.0.0.1:1/v1"}}),
                        R"({"model":"m","messages":[]})"));
  REQUIRE(replayed);
  CHECK_FALSE(replayed->record.ok);
  CHECK(replayed->record.http_status == 502);
}

TEST_CASE("What is refused before anything is sent leaves no record, and says why") {
  Home home;
  const auto unreadable = home.replay(test::chat_record({{"x-portkey-provider", "demo"}}, "{\"model\":"));
  REQUIRE_FALSE(unreadable);
  CHECK(unreadable.error().message.starts_with(
      "the request cannot be sent again: request body is not valid JSON"));
  log::LogRecord blocked = demo_record();
  blocked.replay_blocked_by = log::ReplayBlock::not_tracked;
  CHECK(home.replay(blocked).error().code == Errc::unauthorized);
  Local local(home.plane, home.ground());
  CHECK(local.check(blocked, {}).error().code == Errc::unauthorized);
  CHECK(local.check(demo_record(), {}));
  CHECK(home.sink.opened.empty());
}

TEST_CASE("What is not tracked is compared all the same") {
  Home home;
  home.rules.tracked = false;
  const auto replayed = home.replay(demo_record());
  REQUIRE(replayed);
  CHECK_FALSE(replayed->record.tracked);
  CHECK(replayed->record.response->body.find("hello") != std::string::npos);
  CHECK_FALSE(home.sink.closed[0].response);
}

TEST_CASE("A client that leaves ends what runs for it") {
  Taker taker;
  int left = 0;
  taker.on_client_left([&left] { ++left; });
  taker.leave();
  CHECK(left == 1);
  CHECK(taker.client_left());
  taker.on_client_left([&left] { ++left; });
  CHECK(left == 2);
}

}  // namespace pk::replay
