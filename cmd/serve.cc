// `pk serve`: builds every long-lived object, top to bottom, runs them until a signal, and takes them down in
// order.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

#include "admin/status.h"
#include "base/rng.h"
#include "base/text.h"
#include "command.h"
#include "config/upstream_guard.h"
#include "gateway/gateway.h"
#include "http/router.h"
#include "http/server.h"
#include "log/lost_sink.h"
#include "provider/table.h"
#include "store/env.h"
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

// Counts down from any thread; one waits.
class Latch {
 public:
  explicit Latch(std::size_t count) : m_count(count) {}
  void done() {
    std::lock_guard lock(m_mutex);
    if (m_count > 0 && --m_count == 0) m_changed.notify_all();
  }
  bool wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, time, [this] { return m_count == 0; });
  }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::size_t m_count;
};

// The ledger, or why there is none: a sick store never keeps the server from starting.
struct Ledger {
  std::unique_ptr<store::LogWriter> writer;
  log::LostSink lost;
  std::string trouble;

  log::Sink& sink() { return writer ? static_cast<log::Sink&>(*writer) : lost; }

  std::vector<std::string> reasons() const {
    if (!writer) return {"no ledger: " + trouble + "; nothing is logged"};
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

Result<std::unique_ptr<store::LogWriter>> open_writer(const Context& context) {
  const auto& settings = context.settings;
  PK_TRY(store::probe(context.data));
  PK_ASSIGN(auto env, store::Env::open(context.data, store::Mode::read_write));
  store::WriterOptions options;
  const bool strict = settings.durability == config::Durability::strict;
  options.durability = strict ? store::Durability::strict : store::Durability::relaxed;
  options.queue_bytes_max = static_cast<std::size_t>(settings.mailbox_bytes_max);
  options.plan = store::tier_of(settings.plan);
  return store::LogWriter::start(std::move(env), options);
}

// One thread's share of the server. Everything in it lives on its own loop.
struct Worker {
  Worker(http::Listener listener, const http::Limits& limits, const upstream::Options& upstream_options,
         Ledger& ledger, std::shared_ptr<const gateway::Rules> rules, const Clock& clock,
         http::Handler& health, http::Handler& metrics)
      : upstream(loop, upstream_options),
        gate(loop, ledger.sink()),
        data_plane({clock, ledger.sink(), upstream, gate, stats}, std::move(rules),
                   UuidSource(clock, Rng::from_entropy())),
        router(data_plane),
        server(loop, std::move(listener), limits, router) {
    router.add("/health", health);
    router.add("/metrics", metrics);
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
  upstream::Client upstream;
  gateway::DurableGate gate;
  gateway::Gateway data_plane;
  http::Router router;
  http::Server server;
  std::thread thread;
};
using Workers = std::vector<std::unique_ptr<Worker>>;

bool is_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET)
    return (ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr) >> 24) == 127;
  if (address.ss_family == AF_INET6)
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  return false;
}

std::string url_of(const http::Address& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}", v6 ? "[" : "", address.host, v6 ? "]" : "", address.port);
}

// Where the server listens.
struct Bound {
  http::Address address;
  bool loopback = false;
};

// What settings can ask for and this version does not have: refused, not ignored.
Result<void> check_offered(const config::Settings& settings) {
  if (!settings.tls_cert.empty())
    return Error{Errc::invalid, "tls_cert: TLS is not offered by this version; put a TLS proxy in front"};
  if (settings.insecure_http)
    return Error{Errc::invalid, "insecure_http: has no effect in this version, which listens on loopback alone"};
  if (!settings.default_config.empty())
    return Error{Errc::invalid,
                 "default_config: saved configs are not offered by this version; use default_provider"};
  if (!settings.default_provider.empty() && !provider::find(settings.default_provider))
    return Error{Errc::invalid, fmt::format("default_provider: there is no provider '{}'",
                                            visible(settings.default_provider, false))};
  return {};
}

Result<std::shared_ptr<const gateway::Rules>> make_rules(const config::Settings& settings,
                                                         const Bound& bound) {
  auto rules = std::make_shared<gateway::Rules>();
  PK_ASSIGN(rules->plan.trusted_hosts, config::TrustedHosts::make(bound.loopback, settings.allow_upstream));
  rules->plan.default_provider = settings.default_provider;
  rules->hosts.names = {"localhost", "127.0.0.1", "::1", ascii_lower(settings.listen.host),
                        bound.address.host};
  for (const std::string& name : settings.host_name) rules->hosts.names.push_back(ascii_lower(name));
  if (!settings.public_url.empty()) {
    PK_ASSIGN(const auto host, config::host_of(settings.public_url));
    rules->hosts.names.push_back(host.host);
  }
  rules->tracked = settings.debug;
  rules->refuse_unlogged = settings.on_log_failure == config::OnLogFailure::refuse;
  rules->hold_until_durable = settings.durability == config::Durability::strict;
  return std::shared_ptr<const gateway::Rules>(std::move(rules));
}

std::vector<admin::Metric> metrics_of(const Workers& workers, const Ledger& ledger) {
  using Kind = admin::Metric::Kind;
  const auto total = [&](auto member) {
    return std::accumulate(workers.begin(), workers.end(), 0.0, [&](double sum, const auto& worker) {
      return sum + static_cast<double>((worker->stats.*member).load(std::memory_order_relaxed));
    });
  };
  admin::Metric answers{"pk_responses_total",
                        "Responses by class of their status; none: the client left first.",
                        Kind::counter,
                        {}};
  for (std::size_t i = 0; i < 6; ++i) {
    double sum = 0;
    for (const auto& worker : workers)
      sum += static_cast<double>(worker->stats.by_class[i].load(std::memory_order_relaxed));
    answers.samples.emplace_back(i == 0 ? "code=\"none\"" : fmt::format("code=\"{}xx\"", i), sum);
  }
  double early = 0;
  for (const auto& worker : workers) early += static_cast<double>(worker->gate.released());
  const store::WriterStats log = ledger.writer ? ledger.writer->stats() : store::WriterStats{};
  const double lost = static_cast<double>(log.records_lost + ledger.lost.lost());
  using S = gateway::Stats;
  return {
      {"pk_requests_total",
       "Requests answered on gateway routes.",
       Kind::counter,
       {{"", total(&S::requests)}}},
      std::move(answers),
      {"pk_requests_refused_total",
       "Requests refused without a record: bad Host, wrong origin, malformed, unknown path.",
       Kind::counter,
       {{"", total(&S::refused)}}},
      {"pk_requests_unlogged_refused_total",
       "Requests refused because they could not be logged.",
       Kind::counter,
       {{"", total(&S::unlogged_refused)}}},
      {"pk_upstream_errors_total",
       "Answers of providers with an error status, and failed connections.",
       Kind::counter,
       {{"", total(&S::upstream_errors)}}},
      {"pk_prompt_tokens_total",
       "Prompt tokens as providers counted them.",
       Kind::counter,
       {{"", total(&S::prompt_tokens)}}},
      {"pk_completion_tokens_total",
       "Completion tokens as providers counted them.",
       Kind::counter,
       {{"", total(&S::completion_tokens)}}},
      {"pk_log_records_written_total",
       "Records on disk.",
       Kind::counter,
       {{"", static_cast<double>(log.records_written)}}},
      {"pk_log_records_lost_total", "Records that never reached the disk.", Kind::counter, {{"", lost}}},
      {"pk_log_bodies_dropped_total",
       "Records that were kept without their bodies because the queue was full.",
       Kind::counter,
       {{"", static_cast<double>(log.bodies_dropped)}}},
      {"pk_log_released_early_total",
       "Responses released before their record was on disk.",
       Kind::counter,
       {{"", early + static_cast<double>(log.released_early)}}},
      {"pk_log_batches_total",
       "Transactions of the ledger.",
       Kind::counter,
       {{"", static_cast<double>(log.batches)}}},
      {"pk_log_queue_bytes",
       "Records on their way to disk.",
       Kind::gauge,
       {{"", static_cast<double>(log.queue_bytes)}}},
      {"pk_log_healthy",
       "1 while the ledger can be written.",
       Kind::gauge,
       {{"", ledger.writer && log.healthy ? 1.0 : 0.0}}},
  };
}

void diag(const std::string& line) {
  complain(line);
}

// SIGHUP: settings that can change while serving do; an error leaves the old ones.
void reload(Context& context, const Bound& bound, Workers& workers) {
  auto settings = config::load(context.sources);
  if (!settings) return diag("settings not reloaded: " + settings.error().message);
  if (auto offered = check_offered(*settings); !offered)
    return diag("settings not reloaded: " + offered.error().message);
  auto rules = make_rules(*settings, bound);
  if (!rules) return diag("settings not reloaded: " + rules.error().message);
  for (const auto& worker : workers)
    asio::post(worker->loop, [&worker = *worker, rules = *rules] {
      worker.upstream.set_trusted_hosts(rules->plan.trusted_hosts);
      worker.data_plane.set_rules(rules);
    });
  context.settings = *std::move(settings);
  diag(fmt::format("settings reloaded; listening on {} as before", url_of(bound.address)));
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

void wait_for_end(const sigset_t& signals, const std::function<void()>& on_hup, const Ledger& ledger) {
  bool was_healthy = true;
  while (true) {
    const int signal = ::sigtimedwait(&signals, nullptr, &k_watch_interval);
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) on_hup();
    tell_health(ledger, was_healthy);
  }
}

// Accepts no more, lets run what runs for `grace`, then ends it; a second signal ends the grace.
void drain(Workers& workers, std::chrono::milliseconds grace, const sigset_t& signals) {
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

Result<Exit> serve(Context& context) {
  const config::Settings& settings = context.settings;
  PK_TRY(check_offered(settings));
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);

  // One server a data folder. Where the lock cannot be had for another reason, the ledger will say why.
  std::string trouble;
  if (auto made = config::make_data_dir(context.data); !made) trouble = made.error().message;
  auto lock =
      store::ServeLock::take(context.data, fmt::format("{}:{}", settings.listen.host, settings.listen.port));
  if (!lock) {
    if (const auto server = store::is_served(context.data); server && *server) return std::move(lock).error();
    if (trouble.empty()) trouble = lock.error().message;
  }

  Ledger ledger;
  if (trouble.empty()) {
    auto writer = open_writer(context);
    if (writer)
      ledger.writer = *std::move(writer);
    else
      trouble = writer.error().message;
  }
  ledger.trouble = trouble;
  if (!ledger.writer) diag("serving without a ledger: " + trouble);

  std::vector<http::Listener> listeners;
  const http::Address address{settings.listen.host, settings.listen.port};
  const auto cores = std::max(1u, std::thread::hardware_concurrency());
  const unsigned count = settings.workers > 0 ? static_cast<unsigned>(settings.workers) : cores;
  for (unsigned i = 0; i < count; ++i) {
    auto opened = listeners.empty() ? http::Listener::open(address) : listeners[0].another();
    PK_ASSIGN(auto listener, std::move(opened));
    listeners.push_back(std::move(listener));
    if (!is_loopback(listeners[0].socket_address()))
      return Error{Errc::unauthorized, fmt::format("will not listen on {}: without an API key only loopback "
                                                   "is served; use --listen 127.0.0.1:8787",
                                                   listeners[0].bound().host)};
  }
  const Bound bound{listeners[0].bound(), true};
  PK_ASSIGN(auto rules, make_rules(settings, bound));
  if (lock) (void)lock->set_address(fmt::format("{}:{}", bound.address.host, bound.address.port));

  http::Limits limits;
  limits.header_bytes_max = static_cast<std::uint32_t>(settings.header_bytes_max);
  limits.body_bytes_max = settings.body_bytes_max;
  limits.header_timeout_ms = settings.header_timeout_ms;
  limits.idle_timeout_ms = settings.idle_timeout_ms;
  upstream::Client::global_init();
  upstream::Options upstream_options;
  upstream_options.limits.connect_timeout_ms = settings.connect_timeout_ms;
  upstream_options.user_agent = "pk/" PK_VERSION;
  upstream_options.trusted_hosts = rules->plan.trusted_hosts;
  upstream_options.own_listener = listeners[0].socket_address();

  const SystemClock clock;
  Workers workers;
  admin::HealthHandler health([&ledger] { return ledger.reasons(); });
  admin::MetricsHandler metrics([&workers, &ledger] { return metrics_of(workers, ledger); });
  for (http::Listener& listener : listeners)
    workers.push_back(std::make_unique<Worker>(std::move(listener), limits, upstream_options, ledger, rules,
                                               clock, health, metrics));
  ledger.sink().subscribe([&workers] {
    for (const auto& worker : workers) worker->gate.notify();
  });
  for (const auto& worker : workers) worker->start();

  fmt::print("listening on {}\n", url_of(bound.address));
  std::fflush(stdout);
  wait_for_end(
      signals, [&] { reload(context, bound, workers); }, ledger);

  // The next server may start on the same data while this one finishes; both may write.
  if (lock) lock->release();
  drain(workers, std::chrono::milliseconds(settings.grace_ms), signals);
  if (ledger.writer) ledger.writer->stop();
  return Exit::done;
}

}  // namespace

void add_serve(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("serve", "Run the gateway: proxy requests to providers and log each of them");
  add_setting_flags(*command, context);
  command->callback([&context] { context.run = [&context] { return serve(context); }; });
}

}  // namespace pk::cmd
