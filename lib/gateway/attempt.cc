#include "gateway/attempt.h"

#include <utility>

#include "base/text.h"
#include "gateway/demo_call.h"
#include "provider/body_edit.h"
#include "provider/demo.h"
#include "provider/embeddings.h"
#include "provider/translation.h"
#include "route/retry_after.h"

namespace pk::gateway {

namespace {

using std::chrono::steady_clock;

constexpr int k_error_status_min = 400;

Refusal refusal_of(const Error& error) {
  Refusal refusal;
  refusal.message = error.message;
  return refusal;
}

}  // namespace

std::optional<Refusal> Attempt::prepare(const Inbound& in, const config::TrustedHosts& trusted) {
  m_endpoint = in.endpoint;
  m_facts = in.facts;
  m_timeout_ms = in.options.request_timeout_ms;
  if (!m_timeout_ms) m_timeout_ms = m_target.node->inherited.request_timeout_ms;
  if (m_target.refusal) return m_target.refusal;
  m_key = m_target.key_of_request ? std::string(in.options.key) : m_target.key;
  if (auto refusal = edit(in)) return refusal;
  m_edits = m_edited;
  if (m_target.provider->built_in) {
    m_method = in.method;
    m_path = in.path;
    take_cache_facts(in);
    return prepare_built_in();
  }
  const std::string_view body = m_edited ? std::string_view(m_body) : in.body;
  const Inbound mine{in.endpoint, in.method, in.path, in.query, in.headers,
                     in.options,  body,      m_facts, in.now_ms};
  if (auto refusal = make_outbound(m_target, mine, trusted, m_out)) return refusal;
  m_base64 =
      in.endpoint == log::Endpoint::embeddings && m_target.provider->dialect && provider::wants_base64(body);
  take_cache_facts(in);
  if (!m_out.wire.body_is_clients) {
    if (m_cache && m_edits) m_cache->body = std::move(m_body);
    m_body = std::move(m_out.wire.body);
    m_edited = true;
  }
  return {};
}

void Attempt::take_cache_facts(const Inbound& in) {
  if (!m_target.node->inherited.cache) return;
  m_cache = std::make_unique<CacheFacts>(gateway::cache_facts(m_target, in, m_out, m_key));
}

std::string_view Attempt::asked_body(std::string_view client_body) const {
  if (!m_edits) return client_body;
  return m_cache && !m_cache->body.empty() ? m_cache->body : m_body;
}

// The target's prompt, with what the request brings, takes the place of the client's body.
std::optional<Refusal> Attempt::render(const Inbound& in) {
  BodyOrRefusal rendered = render_target_prompt(*m_target.prompt, in.endpoint, in.body);
  if (auto* refusal = std::get_if<Refusal>(&rendered)) return std::move(*refusal);
  m_body = std::get<std::string>(std::move(rendered));
  auto facts = provider::BodyReader().read(m_body);
  if (!facts) return refusal_of(facts.error());
  m_facts = *std::move(facts);
  m_edited = true;
  return {};
}

// The prompt; default, override, drop; then the model without the slug that the target was found by.
std::optional<Refusal> Attempt::edit(const Inbound& in) {
  if (m_target.prompt)
    if (auto refusal = render(in)) return refusal;
  if (m_endpoint == log::Endpoint::other) return {};
  const config::BodyEdits& edits = m_target.node->inherited.edits;
  if (edits.empty() && m_target.model_slug.empty()) return {};
  auto edited = provider::edited_body(m_edited ? std::string_view(m_body) : in.body, edits);
  if (!edited) return refusal_of(edited.error());
  auto facts = provider::BodyReader().read(*edited);
  if (!facts) return refusal_of(facts.error());
  m_body = *std::move(edited);
  m_facts = *std::move(facts);
  m_edited = true;
  const std::string prefix = "@" + m_target.model_slug + "/";
  if (!m_target.model_slug.empty() && m_facts.model.starts_with(prefix)) {
    m_facts.model.erase(0, prefix.size());
    m_body = provider::with_model(m_body, m_facts.model);
  }
  return {};
}

std::optional<Refusal> Attempt::prepare_built_in() {
  const auto translation = provider::translation_of(*m_target.provider, m_endpoint);
  if (translation != provider::Translation::not_offered) return {};
  Refusal refusal;
  refusal.status = 500;
  refusal.gateway_exception = true;
  refusal.message = std::string(provider::reference_name(m_endpoint)) + " is not supported by " +
                    std::string(m_target.provider->slug);
  return refusal;
}

void Attempt::start(upstream::Client& upstream, std::string_view client_body, const log::LogRecord& record) {
  m_started = steady_clock::now();
  m_cache.reset();
  const std::string_view body = m_edited ? std::string_view(m_body) : client_body;
  if (m_target.provider->built_in) return start_built_in(body, record);
  upstream::Request request;
  request.method = std::move(m_out.wire.method);
  request.url = std::move(m_out.wire.url);
  request.headers = std::move(m_out.wire.headers);
  request.trust = m_out.trust;
  request.body = body;
  request.first_byte_timeout_ms = m_timeout_ms.value_or(0);
  m_call = upstream.start(std::move(request));
}

// The demo answers chats; a message comes to it as the chat that it is elsewhere too.
void Attempt::start_built_in(std::string_view body, const log::LogRecord& record) {
  const std::string seed = record.id.text();
  const std::int64_t now_s = record.created_at / 1000;
  if (provider::translation_of(*m_target.provider, m_endpoint) == provider::Translation::front) {
    auto front = provider::front_body(*m_target.provider, body);
    if (!front) {
      m_error = std::move(front).error();
      return;
    }
    m_call = std::make_unique<DemoCall>(provider::answer(log::Endpoint::chat_completions, "POST",
                                                         "/v1/chat/completions", front->facts, front->body,
                                                         seed, now_s));
    return;
  }
  m_call =
      std::make_unique<DemoCall>(provider::answer(m_endpoint, m_method, m_path, m_facts, body, seed, now_s));
}

Task<void> Attempt::head() {
  if (!m_call) co_return;
  auto head = co_await m_call->head();
  if (head) {
    m_head = *head;
    co_return;
  }
  m_error = std::move(head).error();
  const auto took = steady_clock::now() - m_started;
  m_timed_out = m_error->code == Errc::timeout && m_timeout_ms.value_or(0) > 0 &&
                took >= std::chrono::milliseconds(*m_timeout_ms);
}

void Attempt::cancel() {
  if (m_call) m_call->cancel();
}

Task<std::string> Attempt::passed_over(Timers& timers) {
  std::string text;
  const bool is_error = m_head && m_head->status >= k_error_status_min;
  const auto limit = is_error ? timers.start(k_passed_over_ms_max, [this] { cancel(); }) : nullptr;
  while (is_error && text.size() < k_passed_over_bytes_max) {
    const auto piece = co_await m_call->read();
    if (!piece || piece->empty()) break;
    text.append(piece->substr(0, k_passed_over_bytes_max - text.size()));
  }
  m_head = nullptr;
  m_call.reset();
  co_return text;
}

route::Outcome Attempt::outcome(std::int64_t wall_now_ms) const {
  using Kind = route::Outcome::Kind;
  route::Outcome outcome;
  outcome.leaf = m_leaf;
  if (m_head) {
    outcome.status = m_head->status;
    if (m_head->status >= k_error_status_min)
      outcome.retry_after_ms = route::retry_after_ms(m_head->headers, wall_now_ms);
  } else if (m_timed_out) {
    outcome.kind = Kind::timeout;
  } else {
    // An address that may not be called is for the operator to mend, not for another target.
    const bool refused = m_error && (m_error->code == Errc::unauthorized || m_error->code == Errc::invalid);
    outcome.kind = refused ? Kind::gateway_exception : Kind::network_error;
  }
  return outcome;
}

std::unique_ptr<provider::Decoder> Attempt::decoder(const log::LogRecord& record) const {
  if (m_endpoint == log::Endpoint::other) return nullptr;
  const auto translation = provider::translation_of(*m_target.provider, m_endpoint);
  if (translation == provider::Translation::native || translation == provider::Translation::not_offered)
    return nullptr;
  const std::string id = record.id.text();
  provider::AnswerFacts facts;
  facts.endpoint = m_endpoint;
  facts.provider = m_target.provider->slug;
  facts.model = m_facts.model;
  facts.id = id;
  facts.now_s = record.created_at / 1000;
  facts.strict = m_target.strict;
  facts.base64 = m_base64;
  facts.include_usage = m_facts.include_usage;
  facts.declines_usage = m_facts.has_stream_options && !m_facts.include_usage;
  return provider::answer_decoder(*m_target.provider, facts);
}

bool Attempt::usage_is_upstreams() const {
  const auto translation = provider::translation_of(*m_target.provider, m_endpoint);
  return translation == provider::Translation::front ||
         (translation == provider::Translation::dialect && m_target.provider->dialect->plain_usage);
}

}  // namespace pk::gateway
