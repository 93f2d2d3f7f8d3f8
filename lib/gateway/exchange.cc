#include "gateway/exchange.h"

#include <array>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "provider/errors.h"
#include "provider/target.h"

namespace pk::gateway {

namespace {

constexpr std::size_t k_error_body_bytes_max =
    1'000'000;  // of an upstream's error that is shaped; the rest is dropped

// Paths under /v1 that are the gateway's own and never a provider's.
constexpr std::array<std::string_view, 7> k_control_paths = {"/v1/logs",    "/v1/stats",   "/v1/feedback",
                                                             "/v1/configs", "/v1/prompts", "/v1/virtual-keys",
                                                             "/v1/api-keys"};

bool is_control_path(std::string_view path) {
  for (const std::string_view own : k_control_paths)
    if (path == own || (path.starts_with(own) && path[own.size()] == '/')) return true;
  return false;
}

Refusal refusal_of(int status, std::string message, std::string type) {
  Refusal refusal;
  refusal.status = status;
  refusal.message = std::move(message);
  refusal.type = std::move(type);
  return refusal;
}

// How a failed upstream call looks to the client. Unreachable: 502; its name for a connect time-out is 503
// (reference 3.1).
Refusal refusal_of(const Error& error) {
  switch (error.code) {
    case Errc::timeout:
      return refusal_of(503, error.message, "upstream_error");
    case Errc::unauthorized:
    case Errc::invalid:
      return refusal_of(400, error.message, "invalid_request_error");
    default:
      return refusal_of(502, error.message, "upstream_error");
  }
}

std::string_view class_of(Errc code) {
  switch (code) {
    case Errc::timeout:
      return "timeout";
    case Errc::cancelled:
      return "cancelled";
    case Errc::unauthorized:
    case Errc::invalid:
      return "invalid-request";
    default:
      return "upstream-error";
  }
}

// What a choice is drawn from: the random end of the id.
std::uint64_t seed_of(const Uuid& id) {
  std::uint64_t seed = 0;
  std::memcpy(&seed, id.bytes.data() + 8, sizeof seed);
  return seed;
}

// "slug" of a model "@slug/name".
std::string_view slug_of_model(std::string_view model) {
  const auto slash = model.find('/');
  return model.starts_with('@') && slash != std::string_view::npos ? model.substr(1, slash - 1) : std::string_view();
}

}  // namespace

Exchange::Exchange(const Deps& deps, std::shared_ptr<const Rules> rules, const Uuid& id,
                   http::Request& request, http::Responder& responder)
    : m_deps(deps),
      m_rules(std::move(rules)),
      m_request(request),
      m_responder(responder),
      m_recorder(deps.clock, id) {
  m_endpoint = provider::endpoint_of_path(request.method, request.path());
  m_options = read_options(request.headers);
  m_recorder.request(request, m_options, m_endpoint, m_options.tracked && m_rules->tracked);
}

Task<void> Exchange::run(provider::BodyReader& bodies, PlanCache& plans) {
  Step refusal = receive();
  if (!refusal) refusal = authorize();
  if (!refusal) refusal = decide(bodies, plans);
  if (!refusal) refusal = open();
  if (refusal) {
    co_await refuse(std::move(*refusal));
    co_return;
  }
  m_responder.on_client_left([this] { leave(); });
  co_await ask();
  co_await deliver();
  m_responder.on_client_left({});
}

// ---- before the upstream ----

Exchange::Step Exchange::receive() {
  if (auto refusal = check_access(m_request, m_rules->hosts)) {
    m_counted_only = refusal->counted_only;
    return refusal;
  }
  const std::string_view path = m_request.path();
  if (!path.starts_with("/v1/") || is_control_path(path)) {
    m_counted_only = true;
    return refusal_of(404, "Not Found", "not_found");
  }
  if (http::find_header(m_request.headers, "upgrade"))
    return refusal_of(501, "protocol upgrades (websockets) are not offered", "not_implemented");
  return {};
}

// Once an API key exists every call needs one that may use the data routes.
Exchange::Step Exchange::authorize() {
  if (!m_rules->key_required && !m_rules->plan.saved->has_api_keys()) return {};
  auto refusal = check_key(m_options.own_key, *m_rules->plan.saved, config::Scope::proxy, m_api_key);
  m_counted_only = refusal.has_value();
  if (m_api_key) m_recorder.caller(*m_api_key);
  return refusal;
}

Exchange::Step Exchange::read_body(provider::BodyReader& bodies) {
  if (!is_unified()) return {};
  auto facts = bodies.read(m_request.body);
  if (!facts) return refusal_of(400, facts.error().message, "invalid_request_error");
  m_facts = *std::move(facts);
  m_recorder.facts(m_facts);
  return {};
}

// What the headers say is judged before the body, as the reference does; what the body says is in the record
// of a refusal too.
Exchange::Step Exchange::decide(provider::BodyReader& bodies, PlanCache& plans) {
  Step unreadable = read_body(bodies);
  if (auto refusal = plan(plans)) return refusal;
  if (unreadable) return unreadable;
  return begin_route();
}

Exchange::Step Exchange::plan(PlanCache& plans) {
  if (is_unified() && !content_type_ok(m_options.content_type))
    return refusal_of(400, "Invalid content type passed", "invalid_request_error");
  PlanAsk ask;
  ask.provider = m_options.provider;
  ask.virtual_key = m_options.virtual_key;
  ask.config = m_options.config;
  ask.custom_host = m_options.custom_host;
  ask.model_slug = slug_of_model(m_facts.model);
  ask.strict_off = m_options.strict_off;
  ask.options = m_options.provider_options;
  if (m_api_key) {
    ask.default_config = m_api_key->default_config;
    ask.default_provider = m_api_key->default_provider;
  }
  PlanOrRefusal made = plans.plan(ask, m_rules->plan);
  if (auto* refusal = std::get_if<Refusal>(&made)) return std::move(*refusal);
  m_plan = std::get<std::shared_ptr<const Plan>>(std::move(made));
  m_recorder.plan(*m_plan, seed_of(m_recorder.record().id));
  if (names_itself(m_options))
    return refusal_of(400, "forward_headers must not contain the 'x-portkey-forward-headers' header",
                      "invalid_request_error");
  // A guardrail that is silently passed over is worse than none.
  if (!m_options.guardrails.empty())
    return refusal_of(400, "the header x-portkey-" + ascii_lower(m_options.guardrails) + " is not offered",
                      "invalid_request_error");
  return {};
}

// The first decision. It is made before the record is opened, so that what cannot be asked is a refusal.
Exchange::Step Exchange::begin_route() {
  m_decision.kind = route::Decision::Kind::send;
  if (m_plan->is_plain()) return prepare(0);
  m_kept_headers = m_request.headers;
  m_options = read_options(m_kept_headers);
  m_route_facts.seed = seed_of(m_recorder.record().id);
  m_route_facts.url_path = m_recorder.record().path;
  m_route_facts.metadata = m_recorder.record().metadata;
  m_route_facts.param = [this](std::string_view name) -> std::optional<std::string_view> {
    if (!is_unified()) return {};
    const auto span = provider::find_top_level(request_body(), name);
    return span ? std::optional(span->of(request_body())) : std::nullopt;
  };
  const route::Route route(*m_plan->root);
  m_route_facts.open = m_deps.breakers.open(m_plan->config_key, route, steady_ms());
  m_route_facts.sticky = m_deps.sticky.find(m_plan->config_key, route, m_route_facts, steady_ms());
  m_decision = route.next(m_route_facts, m_history);
  if (m_decision.kind != route::Decision::Kind::finish) return prepare(m_decision.leaf);
  return refusal_of(400, std::string(m_decision.refusal), "invalid_request_error");
}

Exchange::Step Exchange::prepare(std::uint16_t leaf) {
  const Target& target = m_plan->targets[leaf];
  m_attempt = std::make_unique<Attempt>(target, leaf);
  const http::Headers& headers = m_plan->is_plain() ? m_request.headers : m_kept_headers;
  const Inbound in{m_endpoint,
                   m_request.method,
                   m_request.path(),
                   m_request.query(),
                   headers,
                   m_options,
                   request_body(),
                   m_facts,
                   m_deps.clock.wall_ms()};
  auto refusal = m_attempt->prepare(in, m_rules->plan.trusted_hosts);
  m_recorder.target(target, m_attempt->key(), m_attempt->model());
  return refusal;
}

Exchange::Step Exchange::open() {
  if (m_recorder.record().tracked)
    m_recorder.request_content(std::move(m_request.headers), std::move(m_request.body));
  const bool stored = m_deps.sink.open(m_recorder.to_open()) != 0;
  m_recorder.opened(stored);
  if (m_rules->refuse_unlogged && (!stored || !m_deps.sink.healthy())) {
    Stats::add(m_deps.stats.unlogged_refused);
    return refusal_of(503, "the request was refused because it cannot be logged now; /health says why",
                      "log_unavailable");
  }
  return {};
}

std::string_view Exchange::request_body() const {
  return m_request.body.empty() ? m_recorder.request_body() : std::string_view(m_request.body);
}

// ---- the route ----

// Until there is an answer that the route leaves it at, or the client has left.
Task<void> Exchange::ask() {
  const route::Route route(*m_plan->root);
  while (true) {
    co_await attempt();
    if (left() || m_plan->is_plain()) break;
    const route::Outcome outcome = m_attempt->outcome(m_deps.clock.wall_ms());
    m_deps.breakers.count(m_plan->config_key, route, outcome, steady_ms());
    m_history.push_back(outcome);
    m_decision = route.next(m_route_facts, m_history);
    if (m_decision.kind == route::Decision::Kind::finish) break;
    co_await give_up_attempt();
    co_await wait();
    if (left()) break;
    m_refusal = prepare(m_decision.leaf);
    if (m_refusal) break;
  }
  if (!m_plan->is_plain()) m_recorder.routed(route::summary(route, m_route_facts, m_history));
}

Task<void> Exchange::attempt() {
  if (!m_plan->is_plain())
    m_deps.sticky.remember(m_plan->config_key, route::Route(*m_plan->root), m_route_facts, m_decision.leaf,
                           steady_ms());
  m_recorder.attempt_begins(m_attempt->target().node->path, m_decision.wait_ms);
  m_attempt->start(m_deps.upstream, request_body(), m_recorder.record());
  co_await m_attempt->head();
  if (const upstream::Head* head = m_attempt->answer()) m_recorder.attempt_head(head->status);
  if (const auto& error = m_attempt->error()) m_recorder.attempt_failed(class_of(error->code), error->message);
}

// Its answer is not for the client; its words are for the record.
Task<void> Exchange::give_up_attempt() {
  const std::string words = co_await m_attempt->passed_over(m_deps.timers);
  m_recorder.attempt_passed_over(words);
  Stats::add(m_deps.stats.upstream_errors);
}

Task<void> Exchange::wait() {
  if (m_decision.wait_ms <= 0 || left()) co_return;
  m_waiting = true;
  const auto timer = m_deps.timers.start(m_decision.wait_ms, [this] { m_waited.set(); });
  co_await m_waited;
  m_waiting = false;
}

void Exchange::leave() {
  if (m_waiting) return m_waited.set();
  if (m_attempt) m_attempt->cancel();
}

// ---- the answer ----

Task<void> Exchange::deliver() {
  if (left()) {
    co_await end_left(false);
  } else if (m_refusal) {
    co_await refuse(*std::move(m_refusal));
  } else if (const upstream::Head* head = m_attempt->answer()) {
    co_await deliver_answer(*head);
  } else {
    co_await answer_failure(*m_attempt->error());
  }
}

Task<void> Exchange::deliver_answer(const upstream::Head& head) {
  if (is_unified() && head.status >= 400) {
    co_await relay_error(head);
    co_return;
  }
  Relay relay(m_recorder, m_responder, m_request.method == "HEAD");
  const auto decoder = head.status < 300 ? m_attempt->decoder(m_recorder.record()) : nullptr;
  Task<Delivered> task = decoder ? relay.translate(m_attempt->call(), head, *decoder, m_attempt->usage_is_upstreams())
                                 : relay.pass(m_attempt->call(), head);
  Delivered delivered = co_await std::move(task);
  switch (delivered.how) {
    case Delivered::How::whole:
      m_recorder.completed();
      break;
    case Delivered::How::left:
      m_recorder.aborted(m_responder.head_sent());
      if (delivered.error) m_responder.cut();
      break;
    case Delivered::How::cut:
      m_recorder.failed(class_of(delivered.error->code), delivered.error->message);
      m_responder.cut();
      break;
    case Delivered::How::nothing:
      co_await answer_failure(*std::move(delivered.error));
      co_return;
  }
  co_await record();
}

// An upstream's error on a unified route gets the one shape that clients know, whatever it was.
Task<void> Exchange::relay_error(const upstream::Head& head) {
  std::string body;
  while (body.size() < k_error_body_bytes_max) {
    auto piece = co_await m_attempt->call().read();
    if (!piece || piece->empty()) break;  // what came of an error that was cut is still its best explanation
    body.append(*piece);
  }
  if (left()) {
    co_await end_left(false);
    co_return;
  }
  Stats::add(m_deps.stats.upstream_errors);
  const std::string_view slug = m_attempt->target().provider->slug;
  const auto type = http::find_header(head.headers, "content-type").value_or("");
  const std::string words = m_recorder.scrubbed(body);
  const std::string shaped = m_endpoint == log::Endpoint::messages
                                 ? provider::shape_messages_error(slug, head.status, type, words)
                                 : provider::shape_error(slug, head.status, type, words);
  http::Headers headers = passed_response_headers(head.headers);
  std::erase_if(headers, [](const auto& header) { return iequals(header.first, "content-type"); });
  headers.emplace_back("content-type", "application/json");
  append_gateway_headers(headers, m_recorder.record());
  co_await answer(head.status, std::move(headers), shaped);
}

Task<void> Exchange::answer_failure(Error error) {
  if (left() || error.code == Errc::cancelled) {
    co_await end_left(false);
    co_return;
  }
  Stats::add(m_deps.stats.upstream_errors);
  m_recorder.attempt_failed(class_of(error.code), error.message);
  if (m_attempt->timed_out()) {
    const std::int64_t ms = *m_attempt->timeout_ms();
    http::Headers headers{{"content-type", "application/json"}};
    append_gateway_headers(headers, m_recorder.record());
    const std::string body = timeout_body(ms);
    m_recorder.record().error = m_recorder.record().tracked
                                    ? "the provider did not answer within " + std::to_string(ms) + " ms"
                                    : "timeout";
    co_await answer(408, std::move(headers), body);
    co_return;
  }
  co_await refuse(refusal_of(error));
}

Task<void> Exchange::refuse(Refusal refusal) {
  if (refusal.counted_only || m_counted_only) {
    m_counted_only = true;
    Stats::add(m_deps.stats.refused);
  }
  http::Headers headers{{"content-type", "application/json"}};
  append_gateway_headers(headers, m_recorder.record());
  if (m_counted_only)
    std::erase_if(headers, [](const auto& header) { return header.first == "x-pk-log-id"; });
  if (refusal.gateway_exception) headers.emplace_back("x-portkey-gateway-exception", "true");
  m_recorder.record().error =
      m_recorder.record().tracked ? m_recorder.scrubbed(refusal.message) : refusal.type;
  // A request that never got to open(): its content belongs to the record all the same.
  if (m_recorder.record().tracked && !m_counted_only && !m_recorder.is_opened())
    m_recorder.request_content(std::move(m_request.headers), std::move(m_request.body));
  const std::string body = refusal.status == 404 ? not_found_body() : refusal_body(refusal);
  co_await answer(refusal.status, std::move(headers), body);
}

// An answer that is whole already.
Task<void> Exchange::answer(int status, http::Headers headers, std::string_view body) {
  Relay(m_recorder, m_responder, false).send_head(status, std::move(headers), body.size(), false);
  m_recorder.response_piece(body);
  m_responder.body(body);
  m_responder.end();
  m_recorder.completed();
  co_await record();
}

// The client left before it had anything.
Task<void> Exchange::end_left(bool head_sent) {
  m_recorder.aborted(head_sent);
  m_responder.cut();
  co_await record();
}

// The one end of every path: the record to the ledger, then the last bytes to the client.
Task<void> Exchange::record() {
  const log::LogRecord& record = m_recorder.record();
  Stats& stats = m_deps.stats;
  Stats::add(stats.requests);
  Stats::add(
      stats.by_class[static_cast<std::size_t>(record.http_status.value_or(0) / 100) % stats.by_class.size()]);
  Stats::add(stats.prompt_tokens, static_cast<std::uint64_t>(record.prompt_tokens.value_or(0)));
  Stats::add(stats.completion_tokens, static_cast<std::uint64_t>(record.completion_tokens.value_or(0)));
  if (!m_counted_only) {
    const log::Sink::Seq seq = m_deps.sink.close(m_recorder.to_close());
    if (seq == 0) Stats::add(stats.unlogged_served);
    if (m_rules->hold_until_durable) co_await m_deps.gate.wait(seq);
  }
  co_await m_responder.flush();
}

}  // namespace pk::gateway
