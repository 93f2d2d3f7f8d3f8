#include "admin/tail_routes.h"

#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "admin/selection.h"
#include "admin/tail.h"
#include "base/json.h"
#include "log/json.h"

namespace pk::admin {

namespace {

using EnvPtr = std::shared_ptr<store::Env>;

Need tail_need() {
  return {.scope = config::Scope::read};
}

// Shared with wakes that are still on their way when the route has ended.
struct Bell {
  Event rung;
};

// What was told of the time before.
struct Resumed {
  std::string text;
  std::set<Uuid> ids;
};

void append_event(std::string& out, const Uuid& id, std::string_view json) {
  fmt::format_to(std::back_inserter(out), "event: log\nid: {}\ndata: {}\n\n", id.text(), json);
}

void append_notice(std::string& out, std::string_view event, std::string_view message) {
  fmt::format_to(std::back_inserter(out), "event: {}\ndata: {{\"message\":{}}}\n\n", event,
                 json_string(message));
}

double end_ms(const log::LogRecord& record) {
  return static_cast<double>(record.created_at) + record.latency_ms;
}

// Records are written when they end, in about that order: all that ended after the one that was told last.
// Two that ended at about the same time may have been written in either order, so one may be told again.
Result<Resumed> resume(const store::LogReader& reader, const query::Filter& filter, const Uuid& last) {
  constexpr double k_about_ms = 1'000;
  PK_ASSIGN(const auto told, reader.get(last));
  const double since_ms = (told ? end_ms(*told) : static_cast<double>(last.time_ms())) - k_about_ms;
  query::Query query;
  query.filter = filter;
  query.limit = 0;
  query.order = store::Order::oldest_first;
  query.after = Uuid::lowest_of(last.time_ms() - k_resumed_back_ms);
  Resumed resumed;
  bool more = false;
  PK_TRY(query::run(reader, query, [&](const log::LogRecord& record) {
    if (record.id == last || end_ms(record) < since_ms) return true;
    more = resumed.ids.size() == k_resumed_max;
    if (more) return false;
    resumed.ids.insert(record.id);
    std::string json;
    log::append_json(json, record, log::FieldSet::lists());
    append_event(resumed.text, record.id, json);
    return true;
  }));
  if (more) append_notice(resumed.text, "gap", "more was written meanwhile than is told here; list it anew");
  return resumed;
}

std::optional<Uuid> last_event_id(const http::Request& request) {
  return Uuid::parse(http::find_header(request.headers, "last-event-id").value_or(""));
}

// News as it goes down the line; what was told already is left out.
std::string text_of(const TailNews& news, std::set<Uuid>& told) {
  std::string text;
  for (const TailEvent& event : news.events)
    if (told.erase(event.id) == 0) append_event(text, event.id, event.json);
  if (news.ping && text.empty()) text = ": ping\n\n";
  if (news.dropped) append_notice(text, "dropped", "this listener is too slow; connect again to go on");
  return text;
}

class TailCall {
 public:
  explicit TailCall(Call& call) : m_call(call) {}

  Task<void> run() {
    const bool let_in = co_await enter();
    if (!let_in) co_return;
    m_call.on_left([bell = m_bell] { bell->rung.set(); });
    TailNews news;
    while (!news.over && !news.watching && !m_call.left()) {
      co_await m_bell->rung;
      news = m_listener->take();
    }
    const bool begun = co_await begin();
    if (begun) co_await go_on(std::move(news));
    m_call.on_left({});
  }

 private:
  // Checks what is asked and begins to listen; else the answer was given.
  Task<bool> enter() {
    auto filter = read_filter(m_call.query, {}, m_call.desk.services.clock.wall_ms());
    Reply refused;
    if (!filter) {
      refused = failure(filter.error());
    } else if (!m_call.desk.services.env) {
      refused = no_ledger(m_call.desk.services);
    } else if (m_call.is_head()) {
      refused.type = k_event_stream;
    } else {
      m_filter = *std::move(filter);
      m_bell = std::make_shared<Bell>();
      const std::function<void()> wake = [post = m_call.desk.post, bell = m_bell] {
        post([bell] { bell->rung.set(); });
      };
      m_listener = m_call.desk.services.tail.listen(m_filter, wake);
      if (m_listener) co_return true;
      refused = failure(503, fmt::format("{} listen already", k_listeners_max), "unavailable");
    }
    co_await m_call.answer(std::move(refused));
    co_return false;
  }

  Task<bool> begin() {
    Resumed resumed;
    if (const auto last = last_event_id(m_call.request)) {
      const EnvPtr& env = m_call.desk.services.env;
      std::function<Result<Resumed>()> work = [this, &env, id = *last] {
        return resume(m_call.reader(env), m_filter, id);
      };
      auto result =
          co_await run_on<Result<Resumed>>(m_call.desk.services.pool, m_call.desk.post, std::move(work));
      if (result && *result)
        resumed = **std::move(result);
      else
        append_notice(resumed.text, "gap", "what was written meanwhile cannot be told; list it anew");
    }
    m_told = std::move(resumed.ids);
    Reply reply;
    reply.type = k_event_stream;
    const http::ResponseHead head = reply_head(reply);
    m_call.responder.head(head);
    m_call.responder.body(": listening\n\n" + resumed.text);
    co_return co_await m_call.responder.flush();
  }

  Task<void> go_on(TailNews news) {
    for (;;) {
      // A stream may outlive the key that opened it, a record is not told after that.
      const bool may = !m_call.desk.guard.admit(m_call.request, tail_need()).refused;
      const std::string text = may ? text_of(news, m_told) : std::string();
      m_call.responder.body(text);
      const bool over = news.over || news.dropped || !may;
      if (over) m_call.responder.end();
      const bool taken = co_await m_call.responder.flush();
      if (!taken) m_call.responder.cut();
      if (over || !taken) co_return;
      co_await m_bell->rung;
      news = m_listener->take();
    }
  }

  Call& m_call;
  query::Filter m_filter;
  std::shared_ptr<Bell> m_bell;
  std::shared_ptr<Listener> m_listener;
  std::set<Uuid> m_told;
};

Task<void> tail(Call& call) {
  TailCall listening(call);
  co_await listening.run();
}

}  // namespace

std::vector<Route> tail_routes() {
  return {{"GET", "/v1/logs/tail", tail_need(), tail}};
}

}  // namespace pk::admin
