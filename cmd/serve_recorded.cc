#include "serve_recorded.h"

#include <fmt/format.h>
#include <signal.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "admin/status.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "config_rules.h"
#include "confirm.h"
#include "gateway/restricted.h"
#include "gateway/timers.h"
#include "http/router.h"
#include "http/server.h"
#include "latch.h"
#include "query/run.h"
#include "replay/recorded.h"
#include "serve_listen.h"
#include "serve_rules.h"
#include "store/env.h"
#include "store/probe.h"
#include "store/saved_load.h"

namespace pk::cmd {

namespace {

namespace asio = boost::asio;

constexpr double k_speed_max = 1e6;
constexpr auto k_last_word = std::chrono::seconds(2);

struct Worker {
  Worker(http::Listener listener, const http::Limits& limits, const replay::Recording& recording,
         const std::shared_ptr<store::Env>& env, double speed, http::Handler& open_health,
         const std::shared_ptr<const gateway::Rules>& rules)
      : timers(loop),
        recorded(recording, store::LogReader(env), rules->plan.saved, timers, speed),
        restricted(recorded, config::Scope::proxy, rules, stats),
        health(open_health, {}, rules, stats),
        router(restricted),
        server(loop, std::move(listener), limits, router) {
    router.add("/health", health);
    server.set_body_max([this](const http::Request& head) { return restricted.body_bytes_max(head); });
    server.start();
  }
  void start() {
    thread = std::thread([this] { loop.run(); });
  }
  void stop() {
    loop.stop();
    if (thread.joinable()) thread.join();
  }

  asio::io_context loop{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{loop.get_executor()};
  gateway::Stats stats;
  gateway::LoopTimers timers;
  replay::Recorded recorded;
  gateway::Restricted restricted, health;
  http::Router router;
  http::Server server;
  std::thread thread;
};
using Workers = std::vector<std::unique_ptr<Worker>>;

Result<double> read_speed(const std::string& text) {
  if (text.empty()) return 1.0;
  const auto speed = parse_real(text);
  if (speed && *speed >= 0 && *speed <= k_speed_max) return *speed;
  return Error{Errc::invalid, fmt::format("--replay-speed: '{}' is not possible; 1 is as it was, 2 twice as "
                                          "fast, 0 without waiting",
                                          visible(text, false))};
}

Result<query::Filter> read_filter(const std::vector<std::string>& texts) {
  query::Filter filter;
  for (const std::string& text : texts) {
    auto more = query::parse_text(text, SystemClock().wall_ms());
    if (!more) return std::move(more).error().within("--replay");
    filter.terms.insert(filter.terms.end(), more->terms.begin(), more->terms.end());
  }
  return filter;
}

Result<std::shared_ptr<store::Env>> open_ledger(const Context& context) {
  PK_TRY(store::probe(context.data));
  auto env = store::Env::open(context.data, store::Mode::read_only);
  if (!env && env.error().code == Errc::not_found)
    return Error{Errc::not_found,
                 fmt::format("there is no ledger in {} to answer from", context.data.string())};
  return env;
}

Result<std::unique_ptr<replay::Recording>> load(const std::shared_ptr<store::Env>& env,
                                                query::Filter filter) {
  const store::LogReader reader(env);
  PK_TRY(query::resolve_ids(reader, filter));
  PK_ASSIGN(replay::Recording::Loaded loaded, replay::Recording::load(reader, filter));
  if (loaded.recording->size() == 0)
    return Error{Errc::not_found,
                 "--replay: the filter means no log with an answer; see pk logs list --where"};
  std::string line = "answering from " + counted(loaded.recording->size(), "log");
  if (loaded.too_many) line += fmt::format(", the newest {}", replay::k_recorded_max);
  if (loaded.passed_over > 0)
    line += fmt::format("; {} without an answer {} left out", counted(loaded.passed_over, "log"),
                        loaded.passed_over == 1 ? "was" : "were");
  complain(line);
  return std::move(loaded.recording);
}

// Who may call is asked of what is saved, as it was when this began.
Result<std::shared_ptr<const gateway::Rules>> rules_of(const Context& context, const Bound& bound,
                                                       const store::Env& env) {
  PK_ASSIGN(const SavedConfigRules parse, SavedConfigRules::make(context.settings, bound.loopback));
  PK_ASSIGN(store::LoadedSaved saved,
            store::load_saved(env, [&](std::string_view json) { return parse.parse(json); }));
  PK_TRY(check_exposure(context.settings, bound, saved.saved));
  return make_rules(context.settings, bound, std::make_shared<const config::Saved>(std::move(saved.saved)));
}

void drain(const Workers& workers, std::chrono::milliseconds grace, const sigset_t& signals) {
  Latch drained(workers.size());
  for (const auto& worker : workers)
    asio::post(worker->loop,
               [&worker = *worker, &drained] { worker.server.drain([&drained] { drained.done(); }); });
  const auto deadline = std::chrono::steady_clock::now() + grace;
  const timespec now{0, 0};
  while (!drained.wait_for(std::chrono::milliseconds(50)))
    if (std::chrono::steady_clock::now() >= deadline || ::sigtimedwait(&signals, nullptr, &now) > 0) break;
  for (const auto& worker : workers)
    asio::post(worker->loop, [&worker = *worker] { worker.server.close_all(); });
  drained.wait_for(k_last_word);
  for (const auto& worker : workers) worker->stop();
}

}  // namespace

void add_recorded_flags(CLI::App& command, RecordedFlags& flags) {
  command.add_option("--replay", flags.filters, "Answer from these logs instead of asking providers")
      ->type_name("FILTERS")
      ->allow_extra_args(false);
  command.add_option("--replay-speed", flags.speed, "How fast those answers come: 1 as they did, 0 at once")
      ->type_name("N");
}

Result<void> check_recorded_flags(const RecordedFlags& flags) {
  if (!flags.filters.empty() || flags.speed.empty()) return {};
  return Error{Errc::invalid,
               "--replay-speed: there is nothing to answer from; say which logs with --replay"};
}

Result<Exit> serve_recorded(Context& context, const RecordedFlags& flags) {
  const config::Settings& settings = context.settings;
  PK_TRY(check_offered(settings));
  PK_ASSIGN(const double speed, read_speed(flags.speed));
  PK_ASSIGN(query::Filter filter, read_filter(flags.filters));
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  PK_ASSIGN(const auto tls, load_tls(settings));
  PK_ASSIGN(const auto env, open_ledger(context));
  PK_ASSIGN(const auto recording, load(env, std::move(filter)));
  PK_ASSIGN(std::vector<http::Listener> listeners, open_listeners(settings));
  const Bound bound = bound_of(listeners[0], tls != nullptr);
  PK_ASSIGN(const auto rules, rules_of(context, bound, *env));
  const http::Limits limits = limits_of(settings);
  admin::HealthHandler health([] { return std::vector<std::string>(); });  // who listens has all it needs
  Workers workers;
  for (http::Listener& listener : listeners)
    workers.push_back(
        std::make_unique<Worker>(std::move(listener), limits, *recording, env, speed, health, rules));
  for (const auto& worker : workers) {
    worker->server.set_tls(tls);
    worker->start();
  }
  fmt::print("listening on {}\n", bound.url());
  std::fflush(stdout);
  // What is answered was chosen at the start: a SIGHUP has nothing to read again.
  while (::sigwaitinfo(&signals, nullptr) == SIGHUP) {
  }
  drain(workers, std::chrono::milliseconds(settings.grace_ms), signals);
  return Exit::done;
}

}  // namespace pk::cmd
