#include "replay_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <optional>

#include "base/clock.h"
#include "base/rng.h"
#include "base/text.h"
#include "config_rules.h"
#include "query/run.h"
#include "replay/json_record.h"
#include "replay/local.h"
#include "replay/remote.h"
#include "replay/run_all.h"
#include "serve_cache.h"
#include "serve_rules.h"
#include "share/file.h"
#include "store/reader.h"
#include "store/saved_configs.h"
#include "store/saved_load.h"
#include "store/writer.h"

namespace pk::cmd {

namespace {

// A page of pk logs share, or a record as JSON.
Result<Original> read_file(const std::string& name) {
  PK_ASSIGN(const share::SharedLog shared, share::read_shared(name));
  if (shared.changed) complain(name + " is not as pk wrote it: it was changed since");
  auto record = replay::read_record(shared.json);
  if (!record) return std::move(record).error().within(name);
  return Original{name, record->id, std::make_shared<log::LogRecord>(*std::move(record))};
}

Error no_log(std::string_view name) {
  return {Errc::not_found, fmt::format("no log has the id '{}'; see pk logs list", visible(name, false))};
}

template <class T>
Task<void> into(Task<Result<T>> task, Result<T>& got) {
  got = co_await std::move(task);
}

// ---- in this process ----

class LocalSession final : public ReplaySession {
 public:
  static Result<std::unique_ptr<LocalSession>> open(const Context& context, bool use_cache) {
    auto session = std::make_unique<LocalSession>(context);
    PK_TRY(session->start(use_cache));
    return session;
  }
  explicit LocalSession(const Context& context) : m_context(context) {}
  // The threads of ledger and cache tell the plane and the loop of what they did: they end first.
  ~LocalSession() override {
    if (m_writer) m_writer->stop();
    if (m_answers) m_answers->stop();
  }

  replay::Way& way() override { return *m_way; }
  void run(std::size_t count, std::size_t concurrency,
           const std::function<Task<void>(std::size_t)>& job) override {
    replay::run_all(m_loop, count, concurrency, job);
  }

 private:
  Result<void> start(bool use_cache) {
    const config::Settings& settings = m_context.settings;
    PK_TRY(config::make_data_dir(m_context.data));
    // Before there are threads: it looks at its file in a child process.
    if (use_cache) m_answers.emplace(m_context, m_clock, "");
    auto env = store::Env::open(m_context.data, store::Mode::read_write);
    if (!env) return Error{Errc::io, env.error().message};  // a failure, not a refusal of pk's
    m_env = *std::move(env);
    const bool loopback = is_loopback_name(settings.listen.host);
    PK_ASSIGN(const SavedConfigRules parse, SavedConfigRules::make(settings, loopback));
    PK_ASSIGN(store::LoadedSaved saved,
              store::load_saved(*m_env, [&](std::string_view json) { return parse.parse(json); }));
    const Bound bound{{settings.listen.host, settings.listen.port}, loopback};
    PK_ASSIGN(auto rules,
              make_rules(settings, bound, std::make_shared<const config::Saved>(std::move(saved.saved))));
    store::WriterOptions options;
    options.plan = store::tier_of(settings.plan);
    PK_ASSIGN(m_writer, store::LogWriter::start(m_env, options));
    PK_TRY(upstream::Client::global_init());
    upstream::Options upstream_options;
    upstream_options.limits.connect_timeout_ms = settings.connect_timeout_ms;
    upstream_options.user_agent = "pk/" PK_VERSION;
    upstream_options.trusted_hosts = rules->plan.trusted_hosts;
    if (m_answers)
      m_cache = m_answers->for_worker(
          [this](std::function<void()> work) { boost::asio::post(m_loop, std::move(work)); }, nullptr);
    m_plane.emplace(m_loop, upstream_options, *m_writer, rules, m_cache.get());
    m_way.emplace(*m_plane,
                  replay::Ground{std::move(rules), config::process_environment,
                                 [env = m_env](std::string_view id, std::optional<std::int64_t> version) {
                                   return store::find_config(*env, id, version);
                                 }});
    return {};
  }

  Result<Uuid> resolve(const std::string& name) override {
    return query::resolve_id(store::LogReader(m_env), name);
  }
  Task<Result<log::LogRecord>> fetch_log(Uuid id) override {
    auto record = store::LogReader(m_env).get(id);
    if (!record) co_return std::move(record).error();
    if (!*record) co_return no_log(id.text());
    co_return **std::move(record);
  }
  Result<void> find(const std::string& text,
                    const std::function<void(const Uuid& id, bool replayable)>& take) override {
    const store::LogReader reader(m_env);
    PK_ASSIGN(query::Filter filter, query::parse_text(text, SystemClock().wall_ms()));
    PK_TRY(query::resolve_ids(reader, filter));
    const auto visit = [&](const log::LogRecord& record) {
      take(record.id, record.replay_blocked_by == log::ReplayBlock::none);
      return true;
    };
    PK_ASSIGN(const query::Page page, query::run(reader, {.filter = std::move(filter), .limit = 0}, visit));
    for (const std::string& line : page.damaged) complain(line);
    return {};
  }

  const Context& m_context;
  const SystemClock m_clock;
  boost::asio::io_context m_loop{1};
  std::optional<AnswerCache> m_answers;
  std::unique_ptr<cache::Cache> m_cache;
  std::shared_ptr<store::Env> m_env;
  std::unique_ptr<store::LogWriter> m_writer;
  std::optional<replay::Plane> m_plane;
  std::optional<replay::Local> m_way;
};

// ---- by a server ----

class RemoteSession final : public ReplaySession {
 public:
  static Result<std::unique_ptr<RemoteSession>> open(const std::string& url, const std::string& ca_file) {
    PK_TRY(upstream::Client::global_init());
    auto session = std::make_unique<RemoteSession>();
    config::Secret key(config::process_environment("PK_API_KEY").value_or(""));
    PK_ASSIGN(session->m_remote, replay::Remote::make(session->m_loop, url, std::move(key), ca_file));
    return session;
  }

  replay::Way& way() override { return *m_remote; }
  void run(std::size_t count, std::size_t concurrency,
           const std::function<Task<void>(std::size_t)>& job) override {
    replay::run_all(m_loop, count, concurrency, job);
  }

 private:
  Result<Uuid> resolve(const std::string& name) override {
    Result<log::LogRecord> record = no_log(name);
    replay::run_one(m_loop, into(m_remote->fetch(name), record));
    if (!record) return std::move(record).error();
    return record->id;
  }
  Task<Result<log::LogRecord>> fetch_log(Uuid id) override { return m_remote->fetch(id.text()); }
  Result<void> find(const std::string& filter,
                    const std::function<void(const Uuid& id, bool replayable)>& take) override {
    Result<void> found;
    replay::run_one(m_loop, into(m_remote->find(filter, take), found));
    return found;
  }

  boost::asio::io_context m_loop{1};
  std::unique_ptr<replay::Remote> m_remote;
};

}  // namespace

Result<std::unique_ptr<ReplaySession>> ReplaySession::open_local(const Context& context, bool use_cache) {
  PK_ASSIGN(auto session, LocalSession::open(context, use_cache));
  return std::unique_ptr<ReplaySession>(std::move(session));
}

Result<std::unique_ptr<ReplaySession>> ReplaySession::open_remote(const std::string& url,
                                                                  const std::string& ca_file) {
  PK_ASSIGN(auto session, RemoteSession::open(url, ca_file));
  return std::unique_ptr<ReplaySession>(std::move(session));
}

Result<std::vector<Original>> ReplaySession::originals(const std::vector<std::string>& names) {
  std::vector<Original> originals;
  for (const std::string& name : names) {
    if (share::names_file(name)) {
      PK_ASSIGN(Original original, read_file(name));
      originals.push_back(std::move(original));
      continue;
    }
    PK_ASSIGN(const Uuid id, resolve(name));
    originals.push_back({name, id, nullptr});
  }
  return originals;
}

// Reservoir sampling (Vitter's algorithm R): one pass, as much memory as is drawn.
Result<ReplaySession::Selection> ReplaySession::select(const std::string& filter, std::size_t sample) {
  Selection selection;
  std::vector<Uuid> drawn;
  std::size_t seen = 0;
  Rng rng = Rng::from_entropy();
  PK_TRY(find(filter, [&](const Uuid& id, bool replayable) {
    if (!replayable) {
      ++selection.left_out;
      return;
    }
    ++seen;
    if (sample == 0 || drawn.size() < sample) return drawn.push_back(id);
    const auto place = static_cast<std::size_t>(rng.uniform() * static_cast<double>(seen));
    if (place < sample) drawn[place] = id;
  }));
  std::ranges::sort(drawn, std::greater<>());
  for (const Uuid& id : drawn) selection.originals.push_back({id.text(), id, nullptr});
  return selection;
}

Task<Result<log::LogRecord>> ReplaySession::fetch(const Original& original) {
  if (original.file) co_return *original.file;
  Task<Result<log::LogRecord>> task = fetch_log(original.id);
  auto record = co_await std::move(task);
  co_return record;
}

Result<log::LogRecord> ReplaySession::load(const Original& original) {
  Result<log::LogRecord> record = no_log(original.name);
  run(1, 1, [&](std::size_t) { return into(fetch(original), record); });
  return record;
}

}  // namespace pk::cmd
