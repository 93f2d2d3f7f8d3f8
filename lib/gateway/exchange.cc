#include "gateway/exchange.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "gateway/demo_call.h"
#include "provider/demo.h"
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

std::optional<std::uint64_t> content_length(const upstream::Head& head) {
  if (http::find_header(head.headers, "transfer-encoding"))
    return {};  // which overrides it (RFC 9112 section 6.3)
  const auto value = http::find_header(head.headers, "content-length");
  return value ? parse_uint(*value) : std::nullopt;
}

bool is_event_stream(const upstream::Head& head) {
  const auto type = http::find_header(head.headers, "content-type");
  return type && istarts_with(*type, "text/event-stream");
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

Task<void> Exchange::run(provider::BodyReader& bodies) {
  Step refusal = receive();
  if (!refusal) refusal = decide(bodies);
  if (!refusal) refusal = open();
  if (refusal) {
    co_await refuse(std::move(*refusal));
    co_return;
  }
  const std::unique_ptr<upstream::Call> call = attempt();
  m_responder.on_client_left([this, &call] {
    m_left = true;
    call->cancel();
  });
  co_await deliver(*call);
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
Exchange::Step Exchange::decide(provider::BodyReader& bodies) {
  Step unreadable = read_body(bodies);
  if (auto refusal = plan_call(m_options, m_endpoint, m_rules->plan, m_plan)) return refusal;
  m_recorder.plan(m_plan);
  if (unreadable) return unreadable;
  if (m_plan.provider->built_in) return {};
  return outbound(m_plan, m_request, m_endpoint, m_facts, m_rules->plan, m_outbound);
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

std::unique_ptr<upstream::Call> Exchange::attempt() {
  m_recorder.upstream_started();
  if (m_plan.provider->built_in) {
    const std::string seed = m_recorder.record().id.text();
    return std::make_unique<DemoCall>(provider::answer(m_endpoint, m_request.method, m_request.path(),
                                                       m_facts, request_body(), seed,
                                                       m_recorder.record().created_at / 1000));
  }
  upstream::Request request;
  request.method = m_request.method;
  request.url = std::move(m_outbound.url);
  request.headers = std::move(m_outbound.headers);
  request.trust = m_outbound.trust;
  request.body = request_body();
  request.first_byte_timeout_ms = m_plan.request_timeout_ms.value_or(0);
  return m_deps.upstream.start(std::move(request));
}

// ---- the answer ----

Task<void> Exchange::deliver(upstream::Call& call) {
  auto head = co_await call.head();
  if (head) m_recorder.upstream_head((*head)->status);
  if (!head) {
    co_await answer_failure(std::move(head).error());
  } else if (is_unified() && (*head)->status >= 400) {
    co_await relay_error(call, **head);
  } else {
    co_await relay(call, **head);
  }
}

// Byte for byte, each piece as it comes. The last one is held until the record is safe: what tells the client
// that the answer is whole, a body's last bytes or the end mark of a chunked one, never leaves before.
Task<void> Exchange::relay(upstream::Call& call, const upstream::Head& head) {
  const bool bodyless = m_request.method == "HEAD" || !http::status_has_body(head.status);
  const bool event_stream = is_event_stream(head);
  std::optional<std::uint64_t> length = content_length(head);
  // A stream's head is news by itself: the provider has accepted. Of other answers it goes with the first
  // piece.
  if (event_stream) {
    send_head(head.status, response_headers(head.headers), length, true);
    co_await send();
  }
  auto piece = co_await call.read();
  if (!event_stream) {
    // Whole already: its length spares the client a chunked answer.
    if (!length && !bodyless && piece && call.ended()) length = piece->size();
    send_head(head.status, response_headers(head.headers), length, false);
  }
  std::uint64_t received = 0;
  while (piece && !piece->empty()) {
    received += piece->size();
    if (length && received > *length && !bodyless) {
      piece = Error{Errc::upstream, "the provider sent more than its Content-Length says"};
      break;
    }
    m_recorder.usage_piece(*piece);
    m_recorder.response_piece(*piece);
    m_recorder.first_byte();
    if (!bodyless) m_responder.body(*piece);
    const bool last = call.ended() || (length && received == *length);
    if (!last) co_await send();
    if (m_left) call.cancel();
    piece = co_await call.read();
  }
  if (piece && length && received < *length && !bodyless)
    piece = Error{Errc::upstream, "the provider sent less than its Content-Length says"};
  if (!piece) {
    co_await relay_failed(std::move(piece).error());
    co_return;
  }
  m_recorder.upstream_ended();
  m_left ? m_recorder.aborted(m_responder.head_sent()) : m_recorder.completed();
  m_responder.end();
  co_await record();
}

// An answer broke off. If nothing of it has reached the client yet, it gets an error instead of a cut answer.
Task<void> Exchange::relay_failed(Error error) {
  if (!m_responder.head_sent() && !m_left) {
    m_responder.unstage();
    co_await answer_failure(std::move(error));
    co_return;
  }
  m_left ? m_recorder.aborted(m_responder.head_sent())
         : m_recorder.failed(class_of(error.code), error.message);
  m_responder.cut();
  co_await record();
}

Task<void> Exchange::send() {
  const bool sent = co_await m_responder.flush();
  if (!sent) m_left = true;
}

// An upstream's error on a unified route gets the one shape that clients know, whatever it was.
Task<void> Exchange::relay_error(upstream::Call& call, const upstream::Head& head) {
  std::string body;
  while (body.size() < k_error_body_bytes_max) {
    auto piece = co_await call.read();
    if (!piece || piece->empty()) break;  // what came of an error that was cut is still its best explanation
    body.append(*piece);
  }
  m_recorder.upstream_ended();
  if (m_left) {
    m_recorder.aborted(false);
    m_responder.cut();
    co_await record();
    co_return;
  }
  Stats::add(m_deps.stats.upstream_errors);
  const auto type = http::find_header(head.headers, "content-type").value_or("");
  const std::string shaped =
      provider::shape_error(m_plan.provider->slug, head.status, type, m_recorder.scrubbed(body));
  http::Headers headers = passed_response_headers(head.headers);
  std::erase_if(headers, [](const auto& header) { return iequals(header.first, "content-type"); });
  headers.emplace_back("content-type", "application/json");
  append_gateway_headers(headers, m_recorder.record());
  co_await answer(head.status, std::move(headers), shaped);
}

Task<void> Exchange::answer_failure(Error error) {
  if (m_left || error.code == Errc::cancelled) {
    m_recorder.aborted(false);
    m_responder.cut();
    co_await record();
    co_return;
  }
  Stats::add(m_deps.stats.upstream_errors);
  m_recorder.upstream_failed(class_of(error.code), error.message);
  if (error.code == Errc::timeout && m_plan.request_timeout_ms) {
    const std::int64_t ms = *m_plan.request_timeout_ms;
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
  send_head(status, std::move(headers), body.size(), false);
  m_recorder.response_piece(body);
  m_responder.body(body);
  m_responder.end();
  m_recorder.completed();
  co_await record();
}

void Exchange::send_head(int status, http::Headers headers, std::optional<std::uint64_t> length,
                         bool event_stream) {
  m_recorder.response_head(status, headers, event_stream);
  m_responder.head({status, std::move(headers), length});
}

http::Headers Exchange::response_headers(const http::Headers& upstream) const {
  http::Headers headers = passed_response_headers(upstream);
  append_gateway_headers(headers, m_recorder.record());
  return headers;
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
