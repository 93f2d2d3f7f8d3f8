// Fills the record of one exchange as it goes: what was asked, what came back, what it cost. Masks before
// anything is kept; of an untracked exchange it never takes content at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "cache/cache.h"
#include "gateway/options.h"
#include "gateway/plan.h"
#include "gateway/replay.h"
#include "http/message.h"
#include "log/record.h"
#include "log/redact.h"
#include "provider/body.h"
#include "provider/usage.h"
#include "route/summary.h"

namespace pk::gateway {

// Of a response's body at most this much is kept; a longer one is cut and its record cannot be replayed.
constexpr std::size_t k_record_body_bytes_max = 16'000'000;

// What an untracked record keeps of an error: "timeout", "cancelled", "invalid-request" or "upstream-error".
std::string_view error_class(Errc code);

// Lives as long as its exchange, on its thread.
class Recorder {
 public:
  Recorder(const Clock& clock, const Uuid& id);

  // The request's head was read. `tracked` is the gateway's word: header and settings together.
  void request(const http::Request& request, const CallOptions& options, log::Endpoint endpoint,
               bool tracked);
  // Which API key of ours it came with; one that tracks nothing makes the record untracked.
  void caller(const config::ApiKey& key);
  // It calls a prompt by its own route, and is the request that this comes to.
  void prompt(std::string_view id, std::int64_t version, log::Endpoint endpoint);
  // It is a logged request that is sent again, of which nothing else tells.
  void replay(const Replay& replay);
  void facts(const provider::BodyFacts& facts);
  // How it is routed: where the config came from, and what a choice is drawn from.
  void plan(const Plan& plan, std::uint64_t seed);
  // Who is asked now, or would have been: `model` as it is sent.
  void target(const Target& target, std::string_view key, const std::string& model);
  // Takes headers and body for the record; not called for an untracked one. `config`: the config's header, if
  // it was masked before.
  void request_content(http::Headers headers, std::string body, const log::Masked* config);

  // One try, from its sending to the next one's or the end; `option` is its place in the config, `wait_ms`
  // the pause before it.
  void attempt_begins(std::string_view option, std::int64_t wait_ms);
  void attempt_head(int status);  // what the client gets, or would have got: 408 for a timeout
  // No answer came, or it broke off.
  void attempt_failed(std::string_view error_class, std::string_view message);
  // The client does not get its answer. `body`: as much of it as could be had, for the words of an error.
  void attempt_passed_over(std::string_view body);
  // What all attempts came to.
  void routed(const route::Summary& summary);

  // What the cache said of the target at hand; `stored` is what it gives, else null.
  void looked_up(log::Cache state, const std::optional<cache::Neighbour>& neighbour,
                 const cache::Entry* stored);
  // The answer is a stored one: its tokens are those that were counted then, and nobody is paid for them.
  void usage_of_stored(const cache::Entry& entry);

  // The answer that the client is to get; a later one replaces it and what was taken of its body.
  void response_head(int status, http::Headers headers, bool event_stream);
  void response_piece(std::string_view piece);  // as it goes downstream
  void first_byte();                            // of the body, towards the client
  void usage_piece(std::string_view piece);     // of what counts tokens, streamed or to be read at the end
  void usage_body(std::string_view body);       // the same, whole
  // What a translated stream has told of its tokens so far, more than the client may have asked for; what is
  // known of it goes before what was read.
  void usage(const provider::Usage& told);
  // Of an event stream that is over: whether it said so itself, by its end mark or an error. One with an
  // event too large to be read has the benefit of the doubt.
  bool stream_ended();
  void broken(std::string_view why);  // an answer that could not be understood; "" says nothing

  // The end, one of these, once. `message` is for people; `error_class` is what an untracked record keeps
  // instead.
  void completed();
  void failed(std::string_view error_class, std::string message);
  void aborted(bool head_sent);

  log::LogRecord& record() { return m_record; }
  const log::LogRecord& record() const { return m_record; }
  std::string_view request_body() const { return m_request.body; }
  // As the client got it, nothing masked; none if it was cut at k_record_body_bytes_max. Until to_close().
  std::optional<std::string_view> response_body() const {
    return m_body_cut ? std::nullopt : std::optional<std::string_view>(m_response.body);
  }
  bool is_event_stream() const { return m_event_stream; }
  std::string response_type() const;  // its Content-Type
  bool is_opened() const { return m_opened; }

  // The record with its request, for Sink::open; then opened(): whether the ledger took it, so that the close
  // need not carry the request again.
  const log::LogRecord& to_open();
  void opened(bool stored);
  // The record with its response, for Sink::close. Last call.
  const log::LogRecord& to_close();

  // The upstream's text without the secrets of this request, should it echo them.
  std::string scrubbed(std::string_view text) const;

 private:
  void track_nothing();
  void called_in_target(const CalledPrompt& prompt);
  double since_start_ms() const;
  std::string words_of_passed_over(std::string_view body) const;
  void attempt_ends();
  void finish();
  void set_error();
  void add_usage();

  const Clock& m_clock;
  const std::int64_t m_start_ns;
  std::int64_t m_attempt_start_ns = 0;
  std::int64_t m_upstream_ns = 0;         // of all attempts
  std::optional<log::Attempt> m_attempt;  // the one under way
  std::string m_failure;
  log::LogRecord m_record;
  log::Content m_request;  // here and not in the record while the upstream still reads the body
  log::Content m_response;
  log::Secrets m_secrets;
  std::string m_sensitive;
  provider::UsageReader m_usage;
  provider::Usage m_told;
  std::string m_whole;  // a body that is no stream, kept for its usage until the end
  bool m_event_stream = false;
  bool m_usage_read = false;
  bool m_body_cut = false;
  bool m_opened = false;
  bool m_request_stored = false;
};

}  // namespace pk::gateway
