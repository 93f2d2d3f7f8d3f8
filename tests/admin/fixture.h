// A control plane over a ledger of a test's own, asked without sockets.
#pragma once

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "admin/answered.h"
#include "admin/control_plane.h"
#include "base/clock.h"
#include "log/lost_sink.h"
#include "support/catch.h"
#include "support/loop_thread.h"
#include "support/sample_ledger.h"

namespace pk::test {

// Lets everybody in, or refuses as it is told.
struct FakeGuard final : admin::Guard {
  admin::Admission admit(const http::Request&, const admin::Need& need) override {
    asked = need;
    admin::Admission admission;
    if (refuses) admission.refused = admin::failure(refuses, "no", "permission_error");
    admission.caller = caller;
    return admission;
  }
  int refuses = 0;
  admin::Caller caller;
  std::optional<admin::Need> asked;
};

// What the data plane would get.
struct FakeDataPlane final : http::Handler {
  Task<void> handle(http::Request& request, http::Responder& responder) override {
    seen.push_back(request.target);
    http::ResponseHead head;
    head.status = 299;
    responder.head(head);
    responder.end();
    co_await responder.flush();
  }
  Task<void> handle_malformed(http::Request& request, const http::Malformed&,
                              http::Responder& responder) override {
    co_await handle(request, responder);
  }
  std::vector<std::string> seen;
};

class ControlPlaneFixture {
 public:
  explicit ControlPlaneFixture(std::vector<log::LogRecord> records = {}, bool with_ledger = true) {
    if (!records.empty()) ledger.write(records);
    if (with_ledger) services.env = ledger.open(store::Mode::read_write);
    services.trouble = "the disk is away";
    table.emplace(admin::all_routes(true));
    plane.emplace(*table, guard, admin::Desk{services, post}, data_plane);
  }
  ~ControlPlaneFixture() { pool.stop(); }

  // The answer once it has ended.
  Answered ask(std::string method, std::string target, std::string body = {}, std::size_t leaves_after = 0,
               http::Headers headers = {}) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.headers = std::move(headers);
    Answered answered;
    answered.leaves_after = leaves_after;
    std::promise<void> over;
    thread.run([&] { run(*plane, request, answered, over).detach(); });
    over.get_future().wait();
    CHECK((answered.ended || answered.was_cut));
    return answered;
  }

  SampleLedger ledger;
  SystemClock clock;
  log::LostSink sink;
  admin::Pool pool;
  admin::Services services{clock, sink, pool};
  FakeGuard guard;
  FakeDataPlane data_plane;
  LoopThread thread;
  admin::Post post = [this](std::function<void()> work) {
    boost::asio::post(thread.loop(), std::move(work));
  };
  std::optional<admin::RouteTable> table;
  std::optional<admin::ControlPlane> plane;

 private:
  static Task<void> run(http::Handler& handler, http::Request& request, Answered& answered,
                        std::promise<void>& over) {
    co_await handler.handle(request, answered);
    over.set_value();
  }
};

}  // namespace pk::test
