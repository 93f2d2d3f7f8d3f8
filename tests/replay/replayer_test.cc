#include "replay/replayer.h"

#include "base/json.h"
#include "gateway/fakes.h"
#include "replay/records.h"
#include "support/catch.h"

namespace pk::replay {

namespace {

struct Server {
  Server()
      : gateway({clock, sink, client, gate, stats, timers, breakers, sticky},
                std::make_shared<gateway::Rules>(), UuidSource(clock, Rng(7))),
        replayer(gateway, nullptr, [](const std::string&) { return std::optional<std::string>(); }) {}

  // What is answered instead, if nothing was sent.
  std::optional<admin::Reply> replay(log::LogRecord record, std::string_view overrides,
                                     const admin::Caller& caller = {}) {
    responder = test::FakeResponder();
    std::optional<admin::Reply> reply;
    bool over = false;
    run(std::move(record), overrides, caller, reply, over).detach();
    test::turn_until(loop, [&] { return over; });
    return reply;
  }

  Task<void> run(log::LogRecord record, std::string_view overrides, const admin::Caller& caller,
                 std::optional<admin::Reply>& reply, bool& over) {
    Task<std::optional<admin::Reply>> task = replayer.replay(std::move(record), overrides, caller, responder);
    reply = co_await std::move(task);
    over = true;
  }

  test::FakeClock clock;
  test::RecordingSink sink;
  gateway::Stats stats;
  boost::asio::io_context loop{1};
  upstream::Client client{(static_cast<void>(upstream::Client::global_init()), loop), {}};
  test::FakeTimers timers{loop};
  route::Breakers breakers{route::KeyedHash({})};
  route::StickyTargets sticky{route::KeyedHash({})};
  gateway::DurableGate gate{loop, sink};
  gateway::Gateway gateway;
  Replayer replayer;
  test::FakeResponder responder;
};

log::LogRecord demo_record() {
  return test::chat_record({{"x-portkey-provider", "demo"}},
                           R"({"model":"m","messages":[{"role":"user","content":"hello"}]})");
}

}  // namespace

TEST_CASE("A replay that was asked for is answered as the provider answers, and recorded for who asked") {
  Server server;
  admin::Caller caller;
  caller.key_id = "pk-me";
  CHECK_FALSE(server.replay(demo_record(), R"({"stream":true})", caller));
  CHECK(server.responder.status() == 200);
  CHECK(server.responder.header("content-type") == "text/event-stream");
  REQUIRE(server.sink.closed.size() == 1);
  const log::LogRecord& record = server.sink.closed[0];
  CHECK(server.responder.header("x-pk-log-id") == record.id.text());
  CHECK(record.replay_of == demo_record().id);
  CHECK(record.api_key == "pk-me");
  CHECK(record.tracked);
  caller.tracked = false;
  CHECK_FALSE(server.replay(demo_record(), "", caller));
  CHECK_FALSE(server.sink.closed[1].tracked);
}

TEST_CASE("What cannot be replayed is 409 with its word, what was asked for wrongly 400") {
  Server server;
  log::LogRecord blocked = demo_record();
  blocked.replay_blocked_by = log::ReplayBlock::prompt_in_target;
  const auto conflict = server.replay(blocked, "");
  REQUIRE(conflict);
  CHECK(conflict->status == 409);
  CHECK(conflict->body.starts_with(R"({"replay_blocked_by":"prompt-in-target","status":"failure")"));
  CHECK(is_json(conflict->body));

  const std::pair<const char*, int> cases[] = {{"[]", 400},
                                               {R"({"modle":"m"})", 400},
                                               {R"({"provider":"nobody"})", 400},
                                               {R"({"config":"pc-gone"})", 404},
                                               {R"({"provider":"openai"})", 409}};  // no key for it
  for (const auto& [overrides, status] : cases) {
    CAPTURE(overrides);
    const auto reply = server.replay(demo_record(), overrides);
    REQUIRE(reply);
    CHECK(reply->status == status);
  }
  CHECK(server.sink.opened.empty());
}

}  // namespace pk::replay
