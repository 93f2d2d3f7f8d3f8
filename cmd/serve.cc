// `pk serve`: builds every long-lived object, top to bottom, runs them until a signal, and takes them down in
// order.
#include <fmt/format.h>
#include <signal.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include "admin/status.h"
#include "allocator.h"
#include "base/rng.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "gateway/gateway.h"
#include "gateway/restricted.h"
#include "http/router.h"
#include "http/server.h"
#include "latch.h"
#include "log/lost_sink.h"
#include "replay/replayer.h"
#include "route/keyed_hash.h"
#include "saved_source.h"
#include "serve_admin.h"
#include "serve_cache.h"
#include "serve_compact.h"
#include "serve_listen.h"
#include "serve_metrics.h"
#include "serve_recorded.h"
#include "serve_rules.h"
#include "store/env.h"
#include "store/key_mark.h"
#include "store/locks.h"
#include "store/probe.h"
#include "store/writer.h"
#include "upstream/client.h"

namespace pk::cmd {

namespace {

namespace asio = boost::asio;

constexpr auto k_last_word =
    std::chrono::seconds(2);                // for exchanges that were ended at the end of the grace
constexpr timespec k_watch_interval{1, 0};  // how often the ledger's health is looked at for the diag line

constexpr const char* k_nobody =
    "; the API keys in it cannot be read, so that no request is let in: mend the ledger, or remove it and "
    "the "
    "file has-keys beside it, and start again";

// The ledger, or why there is none: a sick store never keeps the server from starting.
struct Ledger {
  std::shared_ptr<store::Env> env;  // read_only where it cannot be written and what is saved can be read
  std::unique_ptr<store::LogWriter> writer;
  log::LostSink lost;
  std::string trouble;
  bool keys_unknown = false;  // it has API keys, and they cannot be read

  log::Sink& sink() { return writer ? static_cast<log::Sink&>(*writer) : lost; }

  std::vector<std::string> reasons() const {
    if (!writer) return {"no ledger: " + trouble + "; nothing is logged" + (keys_unknown ? k_nobody : "")};
    const store::WriterStats stats = writer->stats();
    std::vector<std::string> reasons;
    if (!stats.healthy) reasons.push_back("the ledger cannot be written: " + stats.last_error);
    if (stats.records_lost > 0)
      reasons.push_back(fmt::format("{} log records were lost", stats.records_lost));
    if (stats.bodies_dropped > 0)
      reasons.push_back(fmt::format("{} log records lost their bodies", stats.bodies_dropped));
    return reasons;
  }
};

Result<void> open_ledger(const Context& context, Ledger& ledger) {
  PK_TRY(store::probe(context.data));
  PK_ASSIGN(ledger.env, store::Env::open(context.data, store::Mode::read_write));
  return {};
}

Result<void> start_writer(const config::Settings& settings, Ledger& ledger) {
  store::WriterOptions options;
  const bool strict = settings.durability == config::Durability::strict;
  options.durability = strict ? store::Durability::strict : store::Durability::relaxed;
  options.queue_bytes_max = static_cast<std::size_t>(settings.mailbox_bytes_max);
  options.plan = store::tier_of(settings.plan);
  PK_ASSIGN(ledger.writer, store::LogWriter::start(ledger.env, options));
  return {};
}

// Where the ledger is no use to write, who may call is still asked of it; where it cannot be read either,
// whether it had API keys.
void open_to_read_keys(const Context& context, Ledger& ledger) {
  if (ledger.env) return;
  if (store::probe(context.data, store::ProbeDepth::saved))
    if (auto opened = store::Env::open(context.data, store::Mode::read_only); opened)
      ledger.env = *std::move(opened);
  ledger.keys_unknown = !ledger.env && store::has_key_mark(context.data);
}

SavedSource saved_of(const Ledger& ledger) {
  SavedSource::Ledger source;
  if (ledger.env) {
    source.changes = [env = ledger.env] { return store::saved_changes(*env); };
    source.load = [env = ledger.env](const store::ParseConfig& parse) {
      return store::load_saved(*env, parse);
    };
  }
  return SavedSource(std::move(source), ledger.keys_unknown, complain);
}

// What all workers share.
struct Shared {
  const SystemClock clock;
  route::KeyedHash hash = route::KeyedHash::random();
  route::Breakers breakers{hash};
  route::StickyTargets sticky{hash};
  admin::Sessions sessions;

  std::string session_key_of(const http::Request& request) const {
    return sessions.of(request, clock.wall_ms()).value_or("");
  }
};

// One thread's share of the server. Everything in it lives on its own loop.
struct Worker {
  Worker(http::Listener listener, const http::Limits& limits, const upstream::Options& upstream_options,
         Ledger& ledger, AnswerCache& answers, const std::shared_ptr<const gateway::Rules>& rules,
         Shared& shared, const Admin& admin, http::Handler& open_health, http::Handler& open_metrics,
         std::shared_ptr<const http::TlsContext> tls)
      : upstream(loop, upstream_options),
        gate(loop, ledger.sink()),
        timers(loop),
        embedder(upstream, timers, shared.clock, stats),
        cache(answers.for_worker(poster(), &embedder)),
        shadow_plane(deps(ledger, shared), rules, UuidSource(shared.clock, Rng::from_entropy())),
        shadow(shadow_plane, embedder, answers.semantic().shadow(), Rng::from_entropy(), poster(),
               [&answers](std::string_view name) { answers.semantic().count(name); }),
        data_plane(deps(ledger, shared, cache.get(), &shadow), rules,
                   UuidSource(shared.clock, Rng::from_entropy())),
        health(open_health, {}, rules, stats),
        metrics(open_metrics, config::Scope::read, rules, stats),
        guard(rules, stats),
        replayer(data_plane, ledger.env, config::process_environment),
        control_plane(admin.routes(),
                      {admin.services(), guard, poster(),
                       [this](log::Sink::Seq seq) { return gate.wait(seq, true); }, &replayer},
                      data_plane),
        router(control_plane),
        server(loop, std::move(listener), limits, router) {
    embedder.set_target(answers.semantic().target());
    router.add("/health", health);
    router.add("/metrics", metrics);
    server.set_tls(std::move(tls));
    server.set_body_max([this](const http::Request& head) {
      const auto own = control_plane.body_bytes_max(head);
      return own ? *own : data_plane.body_bytes_max(head);
    });
    server.start();
  }

  void set_rules(const std::shared_ptr<const gateway::Rules>& rules, const SemanticCache::Target& target) {
    upstream.set_trusted_hosts(rules->plan.trusted_hosts);
    embedder.set_target(target);
    shadow_plane.set_rules(rules);
    data_plane.set_rules(rules);
    health.set_rules(rules);
    metrics.set_rules(rules);
    guard.set_rules(rules);
  }
  void start() {
    thread = std::thread([this] { loop.run(); });
  }
  void stop() {
    loop.stop();
    if (thread.joinable()) thread.join();
  }
  cache::Post poster() {
    return [this](std::function<void()> work) { asio::post(loop, std::move(work)); };
  }
  gateway::Deps deps(Ledger& ledger, Shared& shared, cache::Cache* answers = nullptr,
                     gateway::Shadow* comparing = nullptr) {
    return {shared.clock, ledger.sink(),   upstream,      gate,    stats,
            timers,       shared.breakers, shared.sticky, answers, comparing};
  }

  // The sockets of a loop are touched by its thread alone: they need no locks, which were 4 of the 11 that a
  // request took.
  asio::io_context loop{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::executor_work_guard<asio::io_context::executor_type> kept_up{loop.get_executor()};
  gateway::Stats stats;
  upstream::Client upstream;
  gateway::DurableGate gate;
  gateway::LoopTimers timers;
  gateway::ProviderEmbedder embedder;
  std::unique_ptr<cache::Cache> cache;
  gateway::Gateway shadow_plane;  // the same without a cache
  gateway::Shadow shadow;
  gateway::Gateway data_plane;
  gateway::Restricted health, metrics;
  ServeGuard guard;
  replay::Replayer replayer;
  admin::ControlPlane control_plane;
  http::Router router;
  http::Server server;
  std::thread thread;
};
using Workers = std::vector<std::unique_ptr<Worker>>;

ServeFigures figures_of(const Workers& workers, const Ledger& ledger, const AnswerCache& answers) {
  ServeFigures figures;
  figures.cache = answers.stats();
  for (const auto& worker : workers) {
    figures.workers.push_back(&worker->stats);
    figures.released_early += worker->gate.released();
  }
  if (ledger.writer) figures.log = ledger.writer->stats();
  figures.lost = ledger.lost.lost();
  figures.healthy = ledger.writer && figures.log.healthy;
  return figures;
}

void diag(const std::string& line) {
  complain(line);
}

// An embedder that cannot be stays as it was.
void tell(const Context& context, const config::Settings& settings, const Workers& workers,
          AnswerCache& answers, const std::shared_ptr<const gateway::Rules>& rules) {
  if (auto done = answers.semantic().follow(context, settings, *rules); !done) diag(done.error().message);
  for (const auto& worker : workers)
    asio::post(worker->loop, [&worker = *worker, rules, target = answers.semantic().target()] {
      worker.set_rules(rules, target);
    });
}

// Connections from now on; whether TLS is spoken stays as it was at the start.
void renew_tls(const Workers& workers, const std::shared_ptr<const http::TlsContext>& tls) {
  for (const auto& worker : workers)
    asio::post(worker->loop, [&worker = *worker, tls] { worker.server.set_tls(tls); });
}

// SIGHUP: settings that can change while serving do; an error leaves the old ones.
void reload(Context& context, const Bound& bound, const Workers& workers, SavedSource& saved,
            AnswerCache& answers, Admin& admin) {
  auto settings = config::load(context.sources);
  if (!settings) return diag("settings not reloaded: " + settings.error().message);
  if (auto offered = check_offered(*settings); !offered)
    return diag("settings not reloaded: " + offered.error().message);
  auto rules = make_rules(*settings, bound, saved.latest());
  if (!rules) return diag("settings not reloaded: " + rules.error().message);
  auto tls = load_tls(*settings);
  if (!tls) return diag("settings not reloaded: " + tls.error().message);
  if (bound.tls && *tls) renew_tls(workers, *tls);
  saved.load(*settings, bound.loopback);
  if (auto checks = SavedConfigRules::make(*settings, bound.loopback))
    admin.set_settings(*settings, *std::move(checks));
  if (auto anew = make_rules(*settings, bound, saved.latest()))
    tell(context, *settings, workers, answers, *anew);
  context.settings = *std::move(settings);
  diag(fmt::format("settings reloaded; listening on {} as before", bound.url()));
}

// A config, virtual key or API key was added, changed or removed, by any process.
void follow(const Context& context, const Bound& bound, const Workers& workers, SavedSource& saved,
            AnswerCache& answers) {
  if (!saved.follow(context.settings, bound.loopback)) return;
  if (auto rules = make_rules(context.settings, bound, saved.latest()))
    tell(context, context.settings, workers, answers, *rules);
}

// One line when the ledger falls ill, one when it is well again.
void tell_health(const Ledger& ledger, bool& was_healthy) {
  if (!ledger.writer) return;
  const store::WriterStats stats = ledger.writer->stats();
  if (stats.healthy == was_healthy) return;
  was_healthy = stats.healthy;
  diag(stats.healthy ? std::string("the ledger can be written again")
                     : "the ledger cannot be written: " + stats.last_error +
                           "; requests are served, their records wait in memory");
}

void wait_for_end(const sigset_t& signals, const std::function<void()>& on_hup,
                  const std::function<void()>& on_interval, const Ledger& ledger) {
  bool was_healthy = true;
  while (true) {
    const int signal = ::sigtimedwait(&signals, nullptr, &k_watch_interval);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) on_hup();
    on_interval();
    tell_health(ledger, was_healthy);
  }
}

// Accepts no more, lets run what runs for `grace`, then ends it; a second signal ends the grace.
void drain(Workers& workers, std::chrono::milliseconds grace, const sigset_t& signals) {
  Latch drained(2 * workers.size());
  for (const auto& worker : workers)
    asio::post(worker->loop, [&worker = *worker, &drained] {
      worker.server.drain([&drained] { drained.done(); });
      worker.shadow.drain([&drained] { drained.done(); });
    });
  const auto deadline = std::chrono::steady_clock::now() + grace;
  const timespec now{0, 0};
  while (!drained.wait_for(std::chrono::milliseconds(50)))
    if (std::chrono::steady_clock::now() >= deadline || ::sigtimedwait(&signals, nullptr, &now) > 0) break;
  for (const auto& worker : workers)
    asio::post(worker->loop, [&worker = *worker] {
      worker.server.close_all();
      worker.shadow.end();
    });
  drained.wait_for(k_last_word);
  for (const auto& worker : workers) worker->stop();
}

Result<Exit> serve(Context& context) {
  const config::Settings& settings = context.settings;
  PK_TRY(check_offered(settings));
  PK_ASSIGN(const auto tls, load_tls(settings));
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);

  // One server a data folder. Where the lock cannot be had for another reason, the ledger will say why.
  std::string trouble;
  if (auto made = config::make_data_dir(context.data); !made) trouble = made.error().message;
  auto lock = store::ServeLock::take(
      context.data, Bound{{settings.listen.host, settings.listen.port}, false, tls != nullptr}.url());
  if (!lock) {
    if (const auto server = store::is_served(context.data); server && *server) return std::move(lock).error();
    if (trouble.empty()) trouble = lock.error().message;
  }

  // A process with threads is not to be forked: the ledger and the cache are each looked at in a child
  // process before they are opened, and each has a thread of its own afterwards.
  Shared shared;
  Ledger ledger;
  ledger.trouble = trouble;
  const auto may_go_wrong = [&ledger](const Result<void>& done) {
    if (!done) ledger.trouble = done.error().message;
  };
  if (trouble.empty()) may_go_wrong(open_ledger(context, ledger));
  if (!ledger.trouble.empty()) open_to_read_keys(context, ledger);
  AnswerCache answers(context, shared.clock, trouble);
  if (ledger.trouble.empty()) may_go_wrong(start_writer(settings, ledger));
  if (!ledger.writer)
    diag("serving without a ledger: " + ledger.trouble + (ledger.keys_unknown ? k_nobody : ""));

  PK_ASSIGN(std::vector<http::Listener> listeners, open_listeners(settings));
  Bound bound = bound_of(listeners[0], tls != nullptr);
  bound.session_key = [&shared](const http::Request& request) { return shared.session_key_of(request); };
  SavedSource saved = saved_of(ledger);
  saved.load(settings, bound.loopback);
  PK_TRY(check_exposure(settings, bound, *saved.latest()));
  PK_ASSIGN(auto rules, make_rules(settings, bound, saved.latest()));
  PK_TRY(answers.start_semantic(context, *rules));
  if (lock) (void)lock->set_url(bound.url());

  const http::Limits limits = limits_of(settings);
  PK_TRY(upstream::Client::global_init());
  upstream::Options upstream_options;
  upstream_options.limits.connect_timeout_ms = settings.connect_timeout_ms;
  upstream_options.user_agent = "pk/" PK_VERSION;
  upstream_options.trusted_hosts = rules->plan.trusted_hosts;
  upstream_options.own_listener = listeners[0].socket_address();

  PK_ASSIGN(auto saved_rules, SavedConfigRules::make(settings, bound.loopback));
  Admin admin(context, shared.clock, ledger.sink(), ledger.env, ledger.trouble, std::move(saved_rules),
              shared.sessions, bound.tls);
  Workers workers;
  const auto reasons_of = [&ledger, &saved] {
    std::vector<std::string> reasons = ledger.reasons();
    if (std::string unread = saved.trouble(); !unread.empty()) reasons.push_back(std::move(unread));
    return reasons;
  };
  admin::HealthHandler health(reasons_of, [&answers] { return answers.notes(); });
  admin::MetricsHandler metrics(
      [&workers, &ledger, &answers] { return metrics_of(figures_of(workers, ledger, answers)); });
  for (http::Listener& listener : listeners)
    workers.push_back(std::make_unique<Worker>(std::move(listener), limits, upstream_options, ledger, answers,
                                               rules, shared, admin, health, metrics, tls));
  ledger.sink().subscribe([&workers] {
    for (const auto& worker : workers) worker->gate.notify();
  });
  for (const auto& worker : workers) worker->start();

  CompactDesk compact_desk(context.data, ledger.env, diag);
  fmt::print("listening on {}\n", bound.url());
  std::fflush(stdout);
  wait_for_end(
      signals, [&] { reload(context, bound, workers, saved, answers, admin); },
      [&] {
        follow(context, bound, workers, saved, answers);
        answers.tell_health();
        compact_desk.poll();
      },
      ledger);

  // The next server may start on the same data while this one finishes; both may write.
  if (lock) lock->release();
  compact_desk.stop();
  admin.end_tails();
  drain(workers, std::chrono::milliseconds(settings.grace_ms), signals);
  admin.stop();
  answers.stop();
  if (ledger.writer) ledger.writer->stop();
  return Exit::done;
}

}  // namespace

void add_serve(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("serve", "Run the gateway: proxy requests to providers and log each of them");
  add_setting_flags(*command, context);
  auto recorded = std::make_shared<RecordedFlags>();
  add_recorded_flags(*command, *recorded);
  command->callback([&context, recorded] {
    context.run = [&context, recorded]() -> Result<Exit> {
      allocate_with_jemalloc();
      PK_TRY(check_recorded_flags(*recorded));
      return recorded->filters.empty() ? serve(context) : serve_recorded(context, *recorded);
    };
  });
}

}  // namespace pk::cmd
