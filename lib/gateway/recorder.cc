#include "gateway/recorder.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "config/saved.h"
#include "provider/errors.h"
#include "provider/prices.h"

namespace pk::gateway {

namespace {

constexpr double k_ns_per_ms = 1e6;

// Whole microseconds: a finer figure is noise that costs digits.
double ms_of(std::int64_t ns) {
  return static_cast<double>(ns / 1000) / 1000.0;
}

std::string user_of(const log::Metadata& metadata) {
  const auto at =
      std::find_if(metadata.begin(), metadata.end(), [](const auto& pair) { return pair.first == "_user"; });
  return at == metadata.end() ? std::string() : at->second;
}

std::string status_text(std::int64_t status) {
  return "HTTP status " + std::to_string(status);
}

bool replayable_endpoint(log::Endpoint endpoint) {
  return endpoint == log::Endpoint::chat_completions || endpoint == log::Endpoint::completions ||
         endpoint == log::Endpoint::embeddings;
}

log::ReplayBlock block_of(log::Endpoint endpoint, bool tracked) {
  if (!replayable_endpoint(endpoint)) return log::ReplayBlock::endpoint;
  return tracked ? log::ReplayBlock::none : log::ReplayBlock::not_tracked;
}

}  // namespace

std::string_view error_class(Errc code) {
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

Recorder::Recorder(const Clock& clock, const Uuid& id) : m_clock(clock), m_start_ns(clock.steady_ns()) {
  m_record.id = id;
  m_record.created_at = id.time_ms();
  m_record.last_used_option = "config";
  m_record.tracked = true;
}

void Recorder::request(const http::Request& request, const CallOptions& options, log::Endpoint endpoint,
                       bool tracked) {
  m_record.method = request.method;
  m_record.path = request.path();
  m_record.endpoint = endpoint;
  m_record.trace_id = options.trace_id.empty() ? m_record.id.text() : std::string(options.trace_id);
  m_record.span_id = options.span_id;
  m_record.parent_span_id = options.parent_span_id;
  m_record.span_name = options.span_name;
  if (options.traced && m_record.span_id.empty()) m_record.span_id = hex(m_record.id.view().substr(8));
  if (options.traced && m_record.span_name.empty())
    m_record.span_name = m_record.method + ' ' + m_record.path;
  m_record.metadata = options.metadata;
  m_record.user = user_of(options.metadata);
  m_record.tracked = tracked;
  m_sensitive = options.sensitive_headers;
  m_record.replay_blocked_by = block_of(endpoint, tracked);
}

void Recorder::caller(const config::ApiKey& key) {
  m_record.api_key = key.id;
  if (!key.debug) track_nothing();
}

void Recorder::track_nothing() {
  m_record.tracked = false;
  if (m_record.replay_blocked_by == log::ReplayBlock::none)
    m_record.replay_blocked_by = log::ReplayBlock::not_tracked;
}

void Recorder::prompt(std::string_view id, std::int64_t version, log::Endpoint endpoint) {
  m_record.prompt_id = id;
  m_record.prompt_version = version;
  m_record.endpoint = endpoint;
  m_record.replay_blocked_by = block_of(endpoint, m_record.tracked);
}

void Recorder::replay(const Replay& replay) {
  m_record.replay_of = replay.of;
  m_record.api_key = replay.api_key;
  if (!replay.tracked) track_nothing();
  if (!replay.prompt_version) return;
  prompt(replay.prompt_id, *replay.prompt_version, replay.endpoint);
}

void Recorder::facts(const provider::BodyFacts& facts) {
  m_record.requested_model = facts.model;
  m_record.model = facts.model;
  m_record.stream = facts.stream;
  // An untracked record takes nothing from the body but the model.
  if (m_record.user.empty() && m_record.tracked) m_record.user = facts.user;
}

void Recorder::plan(const Plan& plan, std::uint64_t seed) {
  m_record.config_id = plan.config_id;
  if (!plan.config_id.empty()) m_record.config_version = plan.config_version;
  // Nothing is drawn where there is one target.
  if (!plan.root->is_target()) m_record.seed = static_cast<std::int64_t>(seed);
}

void Recorder::target(const Target& target, std::string_view key, const std::string& model) {
  m_record.provider = target.provider ? target.provider->slug : std::string_view();
  m_record.virtual_key = target.virtual_key;
  m_record.model = model;
  if (target.prompt) called_in_target(*target.prompt);
  if (!key.empty()) m_secrets.add(key);
  for (const auto& [name, value] : target.options)
    if (config::is_secret_option(name)) m_secrets.add(value);
}

// The record's body is the client's, not what the prompt came to: it cannot be sent again as it was, also
// where another target answers in the end.
void Recorder::called_in_target(const CalledPrompt& prompt) {
  m_record.prompt_id = prompt.id;
  m_record.prompt_version = prompt.version;
  if (m_record.replay_blocked_by == log::ReplayBlock::none)
    m_record.replay_blocked_by = log::ReplayBlock::prompt_in_target;
}

void Recorder::request_content(http::Headers headers, std::string body, const log::Masked* config) {
  m_request.headers = log::redact_headers(std::move(headers), m_sensitive, &m_secrets, config);
  m_request.body = std::move(body);
}

void Recorder::attempt_begins(std::string_view option, std::int64_t wait_ms) {
  attempt_ends();
  m_attempt.emplace();
  m_attempt->option = option;
  m_attempt->provider = m_record.provider;
  m_attempt->model = m_record.model;
  m_attempt->wait_ms = static_cast<double>(wait_ms);
  m_attempt_start_ns = m_clock.steady_ns();
}

void Recorder::attempt_head(int status) {
  if (m_attempt) m_attempt->http_status = status;
}

void Recorder::attempt_failed(std::string_view error_class, std::string_view message) {
  m_failure = m_record.tracked ? scrubbed(message) : std::string(error_class);
  if (m_attempt) m_attempt->error = m_failure;
}

void Recorder::attempt_passed_over(std::string_view body) {
  if (m_attempt && m_attempt->error.empty()) m_attempt->error = words_of_passed_over(body);
  attempt_ends();
}

// A good answer that the config will not have (on_status_codes may name any) is nobody's error.
std::string Recorder::words_of_passed_over(std::string_view body) const {
  constexpr int k_error_status_min = 400;
  const std::int64_t status = m_attempt->http_status.value_or(0);
  if (status < k_error_status_min) return {};
  if (!m_record.tracked) return std::string(error_class(Errc::upstream));
  const std::string words = provider::error_text(body);
  return words.empty() ? status_text(status) : scrubbed(words);
}

void Recorder::attempt_ends() {
  if (!m_attempt) return;
  const std::int64_t took_ns = m_clock.steady_ns() - m_attempt_start_ns;
  m_upstream_ns += took_ns;
  m_attempt->latency_ms = ms_of(took_ns);
  m_record.attempts.push_back(*std::exchange(m_attempt, {}));
}

void Recorder::routed(const route::Summary& summary) {
  m_record.retry = summary.retry;
  m_record.retry_attempts = summary.retry_attempts;
  m_record.fallback = summary.fallback;
  m_record.loadbalance = summary.loadbalance;
  m_record.last_used_option = summary.last_used_option;
}

void Recorder::looked_up(log::Cache state, const std::optional<cache::Neighbour>& neighbour,
                         const cache::Entry* stored) {
  m_record.cache = state;
  m_record.cache_neighbour.reset();
  m_record.cache_score.reset();
  m_record.cache_verdict.clear();
  if (neighbour) {
    if (!neighbour->log_id.is_nil()) {
      m_record.cache_neighbour = neighbour->log_id;
      m_record.cache_score = neighbour->score;
    }
    m_record.cache_verdict = neighbour->verdict;
  } else if (stored) {
    m_record.cache_neighbour = stored->log_id;
  }
}

void Recorder::usage_of_stored(const cache::Entry& entry) {
  if (entry.event_stream) {
    m_usage.feed(entry.body);
    m_usage.finish();
  } else {
    m_usage.read_body(entry.body);
  }
  m_usage_read = true;
}

void Recorder::response_head(int status, http::Headers headers, bool event_stream) {
  m_record.http_status = status;
  m_event_stream = event_stream;
  m_response.body.clear();
  m_whole.clear();
  m_body_cut = false;
  m_record.stream = m_record.stream || event_stream;
  if (m_record.tracked) m_response.headers = log::redact_headers(std::move(headers), m_sensitive, &m_secrets);
}

void Recorder::response_piece(std::string_view piece) {
  if (!m_record.tracked || m_body_cut) return;
  const std::size_t room = k_record_body_bytes_max - m_response.body.size();
  m_body_cut = piece.size() > room;
  m_response.body.append(piece.substr(0, room));
}

std::string Recorder::response_type() const {
  return std::string(http::find_header(m_response.headers, "content-type").value_or(""));
}

void Recorder::first_byte() {
  if (m_record.stream && !m_record.ttft_ms) m_record.ttft_ms = since_start_ms();
}

void Recorder::usage_piece(std::string_view piece) {
  if (m_event_stream && !m_usage_read) return m_usage.feed(piece);
  if (m_record.endpoint == log::Endpoint::other) return;
  // What is kept for the record serves for the usage too; an untracked body is held only until its numbers
  // are read.
  if (!m_record.tracked && m_whole.size() + piece.size() <= k_record_body_bytes_max) m_whole.append(piece);
}

void Recorder::usage_body(std::string_view body) {
  m_usage.read_body(body);
  m_usage_read = true;
}

void Recorder::usage(const provider::Usage& told) {
  m_told = told;
  if (told.known()) m_told.total_tokens = told.total();
}

bool Recorder::stream_ended() {
  m_usage.finish();
  return m_usage.ended() || !m_usage.error().empty() || m_usage.skipped_events() > 0;
}

void Recorder::broken(std::string_view why) {
  if (!why.empty()) attempt_failed("upstream-error", why);
  if (!why.empty()) m_record.error = m_failure;
}

void Recorder::completed() {
  finish();
  const bool good = m_record.http_status && *m_record.http_status >= 200 && *m_record.http_status < 400;
  m_record.ok = good && m_record.error.empty() && m_usage.error().empty();
  if (m_record.ok || !m_record.error.empty()) return;
  set_error();
  if (!m_record.attempts.empty()) m_record.attempts.back().error = m_record.error;
}

// The provider's own words for what went wrong.
void Recorder::set_error() {
  if (!m_record.tracked) {
    m_record.error = "upstream-error";
    return;
  }
  const std::string& in_stream = m_usage.error();
  const std::string text = !in_stream.empty() ? in_stream : provider::error_text(m_response.body);
  m_record.error = scrubbed(text.empty() ? status_text(m_record.http_status.value_or(0)) : text);
}

void Recorder::failed(std::string_view error_class, std::string message) {
  attempt_failed(error_class, message);
  m_record.ok = false;
  m_record.error = m_failure;
  finish();
}

void Recorder::aborted(bool head_sent) {
  attempt_failed("cancelled", "the client left");
  m_record.state = log::State::aborted;
  m_record.ok = false;
  m_record.error = m_failure;
  finish();
  if (!head_sent) m_record.http_status.reset();
}

void Recorder::finish() {
  attempt_ends();
  m_record.latency_ms = since_start_ms();
  m_record.upstream_ms = std::min(ms_of(m_upstream_ns), m_record.latency_ms);
  m_record.gateway_ms =
      ms_of(static_cast<std::int64_t>((m_record.latency_ms - m_record.upstream_ms) * k_ns_per_ms + 0.5));
  if (m_event_stream)
    m_usage.finish();
  else if (!m_usage_read && m_record.endpoint != log::Endpoint::other)
    m_usage.read_body(m_record.tracked ? std::string_view(m_response.body) : std::string_view(m_whole));
  add_usage();
  m_whole.clear();
  if (m_body_cut && m_record.replay_blocked_by == log::ReplayBlock::none)
    m_record.replay_blocked_by = log::ReplayBlock::no_content;
}

void Recorder::add_usage() {
  if (!m_usage.model().empty()) m_record.model = m_usage.model();
  const provider::Usage usage = m_told.known() ? m_told : m_usage.usage();
  m_record.prompt_tokens = usage.prompt_tokens;
  m_record.completion_tokens = usage.completion_tokens;
  m_record.total_tokens = usage.total_tokens;
  m_record.cached_tokens = usage.cached_tokens;
  m_record.reasoning_tokens = usage.reasoning_tokens;
  const bool stored = m_record.cache == log::Cache::hit || m_record.cache == log::Cache::semantic_hit;
  if (stored) m_record.cost_usd = 0;
  if (!usage.known()) return;
  auto price = provider::price_of(m_record.provider, m_record.model);
  if (!price) price = provider::price_of(m_record.provider, m_record.requested_model);
  if (price) (stored ? m_record.saved_usd : m_record.cost_usd) = provider::cost_usd(*price, usage);
}

// The upstream reads the body out of m_request while the exchange runs: it is only lent to the record.
const log::LogRecord& Recorder::to_open() {
  if (m_record.tracked) m_record.request.emplace(std::move(m_request));
  return m_record;
}

void Recorder::opened(bool stored) {
  m_opened = true;
  m_request_stored = stored;
  if (m_record.request) m_request = std::move(*m_record.request);
  m_record.request.reset();
}

const log::LogRecord& Recorder::to_close() {
  if (!m_record.tracked) return m_record;
  // Whatever went wrong, and however it ended: an upstream may have said our secrets again.
  if (!m_record.ok) {
    m_secrets.scrub_in_place(m_response.headers);
    m_secrets.scrub_in_place(m_response.body);
  }
  if (!m_request_stored) m_record.request.emplace(std::move(m_request));
  m_record.response.emplace(std::move(m_response));
  return m_record;
}

std::string Recorder::scrubbed(std::string_view text) const {
  return m_secrets.scrub(text);
}

double Recorder::since_start_ms() const {
  return ms_of(m_clock.steady_ns() - m_start_ns);
}

}  // namespace pk::gateway
