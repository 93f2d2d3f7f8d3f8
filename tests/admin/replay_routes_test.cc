#include "admin/replay_routes.h"

#include "admin/fixture.h"
#include "admin/replayer.h"

namespace pk::test {

namespace {

// Says what it was asked, or refuses.
struct FakeReplayer final : admin::Replayer {
  Task<std::optional<admin::Reply>> replay(log::LogRecord original, std::string_view overrides,
                                           const admin::Caller& caller, http::Responder& responder) override {
    if (refuses) co_return admin::failure(409, "it is blocked", "conflict");
    http::ResponseHead head;
    head.headers = {{"x-pk-log-id", "new"}};
    responder.head(head);
    responder.body(original.id.text() + " " + std::string(overrides) + " " + caller.key_id +
                   (original.request ? " whole" : ""));
    responder.end();
    co_await responder.flush();
    co_return std::nullopt;
  }
  bool refuses = false;
};

}  // namespace

TEST_CASE("A log is replayed with what the body overrides, for whose key it came with") {
  const log::LogRecord record = sample_record(1'772'357'400'000, 1);
  ControlPlaneFixture fixture({record});
  FakeReplayer replayer;
  fixture.guard.caller.key_id = "pk-me";
  fixture.plane.emplace(*fixture.table,
                        admin::Desk{*fixture.services, fixture.guard, fixture.post, {}, &replayer},
                        fixture.data_plane);
  const std::string path = "/v1/logs/" + record.id.text() + "/replay";
  const Answered done = fixture.ask("POST", path, R"({"model":"m"})");
  CHECK(done.status() == 200);
  CHECK(done.text == record.id.text() + R"( {"model":"m"} pk-me whole)");
  CHECK(fixture.guard.asked->scope == config::Scope::admin);
  CHECK(fixture.ask("POST", "/v1/logs/@latest/replay").status() == 200);

  CHECK(fixture.ask("POST", "/v1/logs/01890a5d-ac96-774b-bcce-b302099a8057/replay").status() == 404);
  CHECK(fixture.ask("POST", "/v1/logs/x/replay").status() == 400);
  CHECK(fixture.ask("GET", path).status() == 405);
  replayer.refuses = true;
  const Answered refused = fixture.ask("POST", path);
  CHECK(refused.status() == 409);
  CHECK(refused.text.find("it is blocked") != std::string::npos);
}

TEST_CASE("Without a ledger, or anything to replay with, it says so") {
  CHECK(ControlPlaneFixture({}, false).ask("POST", "/v1/logs/@latest/replay").status() == 503);
  CHECK(ControlPlaneFixture({sample_record(1'772'357'400'000, 1)})
            .ask("POST", "/v1/logs/@latest/replay")
            .status() == 503);
}

}  // namespace pk::test
