#include "gateway/exchange.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "provider/target.h"

namespace pk::gateway {

namespace {

// Paths under /v1 that are the gateway's own and never a provider's.
constexpr std::array<std::string_view, 10> k_control_paths = {
    "/v1/logs",         "/v1/stats",    "/v1/feedback", "/v1/configs", "/v1/prompts",
    "/v1/virtual-keys", "/v1/api-keys", "/v1/shares",   "/v1/plan",    "/v1/session"};

bool is_control_path(std::string_view path) {
  for (const std::string_view own : k_control_paths)
    if (path == own || (path.starts_with(own) && path[own.size()] == '/')) return true;
  return false;
}

// Whether the client wants another protocol. One that offers h2c can do without, as Java's HttpClient does
// with the first request of each connection.
bool wants_upgrade(const http::Headers& headers) {
  for (const auto& [name, value] : headers)
    if (iequals(name, "upgrade") && !iequals(trim(value), "h2c")) return true;
  return false;
}

}  // namespace

Exchange::Exchange(const Deps& deps, std::shared_ptr<const Rules> rules, const Uuid& id,
                   http::Request& request, http::Responder& responder, const Replay* replay)
    : m_deps(deps),
      m_rules(std::move(rules)),
      m_request(request),
      m_responder(responder),
      m_replay(replay),
      m_recorder(deps.clock, id) {
  m_endpoint = replay ? replay->endpoint : provider::endpoint_of_path(request.method, request.path());
  m_options = read_options(request.headers);
  m_recorder.request(request, m_options, m_endpoint, m_options.tracked && m_rules->tracked);
  if (replay) m_recorder.replay(*replay);
}

Task<void> Exchange::run(provider::BodyReader& bodies, PlanCache& plans) {
  Step refusal = m_replay ? Step() : admit();
  if (!refusal && m_prompt_route && m_prompt_route->render_only) {
    co_await answer_rendered();
    co_return;
  }
  if (!refusal) refusal = decide(bodies, plans);
  // A replay that cannot be sent is no request that anybody made: it leaves no record.
  if (refusal && m_replay) m_counted_only = true;
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

// Who may not call is told that alone, also where a body was refused for it.
Task<void> Exchange::run_malformed(Refusal reason) {
  receive();
  Step refusal;
  if (!reason.counted_only) refusal = check_access(m_request, m_rules->hosts);
  if (!reason.counted_only && !refusal) refusal = authorize();
  if (refusal) reason = *std::move(refusal);
  co_await refuse(std::move(reason));
}

// ---- before the upstream ----

Exchange::Step Exchange::admit() {
  Step refusal = receive();
  if (!refusal) refusal = authorize();
  if (!refusal) refusal = take_prompt();
  return refusal;
}

Exchange::Step Exchange::receive() {
  if (auto refusal = check_access(m_request, m_rules->hosts)) {
    m_counted_only = refusal->counted_only;
    return refusal;
  }
  const std::string_view path = m_request.path();
  m_prompt_route = prompt_route(m_request.method, path);
  m_counted_only = m_prompt_route && m_prompt_route->render_only;  // what is sent nowhere is not logged
  if (!path.starts_with("/v1/") || (is_control_path(path) && !m_prompt_route)) {
    m_counted_only = true;
    return make_refusal(404, "Not Found", "not_found");
  }
  return {};
}

Exchange::Step Exchange::authorize() {
  if (!m_rules->wants_key()) return {};
  auto refusal = check_key(m_options.own_key, *m_rules->plan.saved, config::Scope::proxy, m_api_key,
                           m_rules->session_key_of(m_request));
  if (refusal) m_counted_only = true;
  if (m_api_key) m_recorder.caller(*m_api_key);
  return refusal;
}

Exchange::Step Exchange::read_body(provider::BodyReader& bodies) {
  if (!is_unified()) return {};
  auto facts = bodies.read(m_request.body);
  if (!facts) return make_refusal(400, facts.error().message, "invalid_request_error");
  m_facts = *std::move(facts);
  m_recorder.facts(m_facts);
  return {};
}

// What the headers say is judged before the body, as the reference does; what the body says is in the record
// of a refusal too.
Exchange::Step Exchange::decide(provider::BodyReader& bodies, PlanCache& plans) {
  if (wants_upgrade(m_request.headers))
    return make_refusal(501, "protocol upgrades (websockets) are not offered", "not_implemented");
  Step unreadable = read_body(bodies);
  if (auto refusal = plan(plans)) return refusal;
  if (unreadable) return unreadable;
  return begin_route();
}

Exchange::Step Exchange::plan(PlanCache& plans) {
  if (is_unified() && !content_type_ok(m_options.content_type))
    return make_refusal(400, "Invalid content type passed", "invalid_request_error");
  PlanAsk ask = plan_ask(m_options, m_facts.model);
  if (m_api_key) {
    ask.default_config = m_api_key->default_config;
    ask.default_provider = m_api_key->default_provider;
  }
  ask_as_prompt(ask);
  PlanOrRefusal made = plans.plan(ask, m_rules->plan);
  if (auto* refusal = std::get_if<Refusal>(&made)) return std::move(*refusal);
  m_plan = std::get<std::shared_ptr<const Plan>>(std::move(made));
  m_route_facts.seed = m_replay && m_replay->seed ? *m_replay->seed : seed_of(m_recorder.record().id);
  m_recorder.plan(*m_plan, m_route_facts.seed);
  if (names_itself(m_options))
    return make_refusal(400, "forward_headers must not contain the 'x-portkey-forward-headers' header",
                        "invalid_request_error");
  // A guardrail that is silently passed over is worse than none.
  if (!m_options.guardrails.empty())
    return make_refusal(400, "the header x-portkey-" + ascii_lower(m_options.guardrails) + " is not offered",
                        "invalid_request_error");
  return {};
}

Exchange::Step Exchange::open() {
  if (m_recorder.record().tracked) keep_request();
  const bool stored = m_deps.sink.open(m_recorder.to_open()) != 0;
  m_recorder.opened(stored);
  if (m_rules->refuse_unlogged && (!stored || !m_deps.sink.healthy())) {
    Stats::add(m_deps.stats.unlogged_refused);
    m_unlogged = true;
    return unlogged_refusal();
  }
  return {};
}

void Exchange::keep_request() {
  m_recorder.request_content(std::move(m_request.headers), std::move(m_request.body),
                             m_plan ? &m_plan->config_header : nullptr);
}

std::string_view Exchange::request_body() const {
  return m_request.body.empty() ? m_recorder.request_body() : std::string_view(m_request.body);
}

}  // namespace pk::gateway
