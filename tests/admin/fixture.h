// A control plane over a ledger of a test's own, asked without sockets.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
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
  bool lets_in(const http::Request&, const admin::Need&) const override { return refuses == 0; }
  std::optional<admin::Caller> holder_of(std::string_view secret) const override {
    if (secret != "pk-right") return {};
    return caller;
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

// Takes everything but what is told to be bad, and shows names.
inline admin::Knowledge plain_knowledge() {
  const auto refuse_bad = [](std::string_view text) -> Result<void> {
    if (text.find("bad") == std::string_view::npos) return {};
    return Error{Errc::invalid, "it is bad"};
  };
  admin::Knowledge know;
  know.check_config = refuse_bad;
  know.check_prompt = [refuse_bad](const store::Env&, std::string_view, bool, std::string_view text) {
    return refuse_bad(text);
  };
  know.check_virtual_key = [refuse_bad](const store::VirtualKeyChange& change,
                                        const store::StoredVirtualKey*) {
    return refuse_bad(change.provider.value_or(""));
  };
  know.check_provider = refuse_bad;
  know.config_json = [](const store::StoredConfig& config, bool whole) {
    return fmt::format(R"({{"id":"{}","name":"{}","version":{}{}}})", config.id, config.name, config.version,
                       whole ? ",\"config\":" + config.json : "");
  };
  know.prompt_json = [](const config::SavedPrompt& prompt, std::int64_t version, bool) {
    return fmt::format(R"({{"id":"{}","version":{},"published":{}}})", prompt.id, version,
                       prompt.published());
  };
  know.virtual_key_json = [](const store::StoredVirtualKey& key, bool) {
    return fmt::format(R"({{"id":"{}","provider":"{}","archived":{}}})", key.id, key.provider, key.archived);
  };
  know.api_key_json = [](const store::StoredApiKey& key) {
    return fmt::format(R"({{"id":"{}","scopes":{}}})", key.key.id, key.key.scopes);
  };
  know.plan_json = [](store::Tier tier, const store::MonthCount& month) {
    return fmt::format(R"({{"plan":"{}","used":{}}})", store::slug(tier), month.logs);
  };
  know.why = [](const Uuid& id, const std::function<bool()>&) -> Result<std::string> {
    return R"({"why":")" + id.text() + "\"}";
  };
  know.complete = [](log::LogRecord& record) { record.total_tokens = 7; };
  return know;
}

class ControlPlaneFixture {
 public:
  explicit ControlPlaneFixture(std::vector<log::LogRecord> records = {}, bool with_ledger = true,
                               store::WriterOptions writing = {}) {
    if (!records.empty()) ledger.write(records);
    if (with_ledger) {
      env = ledger.open(store::Mode::read_write);
      writer = *store::LogWriter::start(env, writing);
    }
    tail.emplace(env, clock);
    services.emplace(admin::Services{clock, sink(), pool, *tail, sessions, exports, preferences,
                                     plain_knowledge(), env, "the disk is away", "1.2.3", ""});
    table.emplace(admin::all_routes(true));
    const auto until_kept = [this](log::Sink::Seq seq) -> Task<void> {
      ++waits;
      if (!waits_in_vain) until_written(seq);
      // By a turn of the loop: without tail calls, as in sanitized code, what is over at once nests deeper.
      Event turned;
      post([&turned] { turned.set(); });
      co_await turned;
    };
    plane.emplace(*table, admin::Desk{*services, guard, post, until_kept}, data_plane);
  }
  ~ControlPlaneFixture() {
    tail->stop();
    pool.stop();
  }
  void until_written(log::Sink::Seq seq) {
    while (!sink().is_kept(seq)) std::this_thread::yield();
  }
  log::Sink& sink() { return writer ? static_cast<log::Sink&>(*writer) : lost; }

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
    ask(request, answered);
    CHECK((answered.ended || answered.was_cut));
    return answered;
  }
  // The same for a client that may leave meanwhile.
  void ask(http::Request& request, Answered& answered) {
    std::promise<void> over;
    thread.run([&] { run(*plane, request, answered, over).detach(); });
    over.get_future().wait();
  }

  std::atomic<int> waits = 0;  // for the disk
  std::atomic<bool> waits_in_vain = false;
  SampleLedger ledger;
  SystemClock clock;
  log::LostSink lost;
  std::shared_ptr<store::Env> env;
  std::unique_ptr<store::LogWriter> writer;
  admin::Pool pool;
  admin::Sessions sessions;
  admin::Exports exports;
  Guarded<admin::Preferences> preferences;
  std::optional<admin::Tail> tail;
  std::optional<admin::Services> services;
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
