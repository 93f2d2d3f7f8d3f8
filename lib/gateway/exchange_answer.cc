// The second half of an exchange: what the client gets, and the record.
#include <utility>

#include "base/text.h"
#include "gateway/exchange.h"
#include "provider/errors.h"

namespace pk::gateway {

namespace {

constexpr int k_timed_out = 408;
constexpr std::string_view k_no_route = "not_found";  // the type of a refusal
constexpr std::size_t k_error_body_bytes_max =
    1'000'000;  // of an upstream's error that is shaped; the rest is dropped

// How a failed upstream call looks to the client. Unreachable: 502; its name for a connect time-out is 503
// (reference 3.1).
Refusal refusal_of(const Error& error) {
  switch (error.code) {
    case Errc::timeout:
      return make_refusal(503, error.message, "upstream_error");
    case Errc::unauthorized:
    case Errc::invalid:
      return make_refusal(400, error.message, "invalid_request_error");
    default:
      return make_refusal(502, error.message, "upstream_error");
  }
}

}  // namespace

Task<void> Exchange::deliver() {
  // What is no good answer is known now, and whoever waits for one need not wait for its delivery.
  if (m_lookup && (m_refusal || !m_attempt->answer() || m_attempt->answer()->status >= 300)) m_lookup.reset();
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
  if (m_stored) m_recorder.usage_of_stored(*m_stored);
  const auto decoder = head.status < 300 && !m_stored ? m_attempt->decoder(m_recorder.record()) : nullptr;
  Task<Delivered> task =
      decoder ? relay.translate(m_attempt->call(), head, *decoder, m_attempt->usage_is_upstreams())
              : relay.pass(m_attempt->call(), head);
  Delivered delivered = co_await std::move(task);
  if (delivered.how == Delivered::How::whole) m_recorder.completed();
  if (m_lookup) settle_lookup(delivered);
  switch (delivered.how) {
    case Delivered::How::whole:
      break;
    case Delivered::How::left:
      m_recorder.aborted(m_responder.head_sent());
      if (delivered.error) m_responder.cut();
      break;
    case Delivered::How::cut:
      m_recorder.failed(error_class(delivered.error->code), delivered.error->message);
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
  http::Headers headers = remade_response_headers(head.headers, "application/json");
  append_gateway_headers(headers, m_recorder.record());
  co_await answer(head.status, std::move(headers), shaped);
}

Task<void> Exchange::answer_failure(Error error) {
  if (left() || error.code == Errc::cancelled) {
    co_await end_left(false);
    co_return;
  }
  Stats::add(m_deps.stats.upstream_errors);
  if (m_attempt->timed_out()) {
    co_await answer_timeout();
    co_return;
  }
  m_recorder.attempt_failed(error_class(error.code), error.message);
  co_await refuse(refusal_of(error));
}

Task<void> Exchange::answer_timeout() {
  const std::int64_t ms = *m_attempt->timeout_ms();
  http::Headers headers{{"content-type", "application/json"}};
  append_gateway_headers(headers, m_recorder.record());
  const std::string body = timeout_body(ms, error_form(m_request.path()));
  m_recorder.record().error = m_recorder.record().tracked
                                  ? "the provider did not answer within " + std::to_string(ms) + " ms"
                                  : std::string(error_class(Errc::timeout));
  co_await answer(k_timed_out, std::move(headers), body);
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
  if (m_recorder.record().tracked && !m_counted_only && !m_recorder.is_opened()) keep_request();
  const std::string body =
      refusal.type == k_no_route ? not_found_body() : refusal_body(refusal, error_form(m_request.path()));
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
  // What was counted before is not counted again.
  const bool fresh = !m_stored;
  if (fresh) Stats::add(stats.prompt_tokens, static_cast<std::uint64_t>(record.prompt_tokens.value_or(0)));
  if (fresh)
    Stats::add(stats.completion_tokens, static_cast<std::uint64_t>(record.completion_tokens.value_or(0)));
  if (!m_counted_only) {
    const log::Sink::Seq seq = m_deps.sink.close(m_recorder.to_close());
    if (m_rules->hold_until_durable) co_await m_deps.gate.wait(seq);
    if (m_rules->refuse_unlogged && !m_unlogged && !is_kept(seq))
      take_back();
    else if (seq == 0 && !m_unlogged)
      Stats::add(stats.unlogged_served);
  }
  co_await m_responder.flush();
}

// Whether the record will be there. The gate lets go of what does not come to disk; this does not.
bool Exchange::is_kept(log::Sink::Seq seq) const {
  if (seq == 0) return false;
  return m_rules->hold_until_durable ? m_deps.sink.is_kept(seq) : m_deps.sink.healthy();
}

// What nobody can look up later is not to be served: the client gets a cut answer, or another one.
void Exchange::take_back() {
  if (left()) return;
  Stats::add(m_deps.stats.unlogged_refused);
  if (m_responder.head_sent()) return m_responder.cut();
  m_responder.unstage();
  const Refusal refusal = unlogged_refusal();
  const std::string body = refusal_body(refusal, error_form(m_request.path()));
  http::Headers headers{{"content-type", "application/json"}};
  append_gateway_headers(headers, m_recorder.record());
  m_responder.head({refusal.status, std::move(headers), body.size()});
  m_responder.body(body);
  m_responder.end();
}

}  // namespace pk::gateway
