#include "gateway/relay.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "gateway/replies.h"

namespace pk::gateway {

namespace {

using How = Delivered::How;

std::optional<std::uint64_t> content_length(const upstream::Head& head) {
  if (http::find_header(head.headers, "transfer-encoding"))
    return {};  // which overrides it (RFC 9112 section 6.3)
  const auto value = http::find_header(head.headers, "content-length");
  return value ? parse_uint(*value) : std::nullopt;
}

bool is_of_type(const upstream::Head& head, std::string_view wanted) {
  const auto type = http::find_header(head.headers, "content-type");
  return type && istarts_with(*type, wanted);
}

bool is_event_stream(const upstream::Head& head) {
  return is_of_type(head, "text/event-stream");
}

// Also in the framing of Amazon's.
bool is_stream(const upstream::Head& head) {
  return is_event_stream(head) || is_of_type(head, "application/vnd.amazon.eventstream");
}

// Whether a JSON text is over, from pieces: where nothing else says it. Its grammar is the client's to judge.
class JsonEnd {
 public:
  void feed(std::string_view piece) {
    for (const char c : piece) take(c);
  }
  bool reached() const { return m_begun && m_depth == 0 && !m_in_string; }

 private:
  void take(char c) {
    m_begun = m_begun || !trim({&c, 1}).empty();
    if (m_in_string) {
      m_in_string = m_escaped || c != '"';
      m_escaped = !m_escaped && c == '\\';
    } else if (c == '"') {
      m_in_string = true;
    } else if (c == '{' || c == '[') {
      ++m_depth;
    } else if (c == '}' || c == ']') {
      --m_depth;
    }
  }

  std::int64_t m_depth = 0;
  bool m_begun = false;
  bool m_in_string = false;
  bool m_escaped = false;
};

}  // namespace

void Relay::send_head(int status, http::Headers headers, std::optional<std::uint64_t> length,
                      bool event_stream) {
  http::ResponseHead head{status, std::move(headers), length};
  m_responder.head(head);
  m_recorder.response_head(status, std::move(head.headers), event_stream);
}

http::Headers Relay::response_headers(const http::Headers& upstream) const {
  http::Headers headers = passed_response_headers(upstream);
  append_gateway_headers(headers, m_recorder.record());
  return headers;
}

http::Headers Relay::translated_headers(const http::Headers& upstream, std::string_view type) const {
  http::Headers headers = remade_response_headers(upstream, type);
  append_gateway_headers(headers, m_recorder.record());
  return headers;
}

// An answer broke off. If nothing of it has reached the client yet, it can get an error instead of a cut one.
Delivered Relay::broken(Error error) const {
  if (m_responder.client_left()) return {How::left, std::move(error)};
  if (m_responder.head_sent()) return {How::cut, std::move(error)};
  m_responder.unstage();
  return {How::nothing, std::move(error)};
}

Task<Delivered> Relay::pass(upstream::Call& call, const upstream::Head& head) {
  const bool bodyless = m_bodyless || !http::status_has_body(head.status);
  const bool event_stream = is_event_stream(head);
  std::optional<std::uint64_t> length = content_length(head);
  // A stream's head is news by itself: the provider has accepted. Of other answers it goes with the first
  // piece.
  if (event_stream) {
    send_head(head.status, response_headers(head.headers), length, true);
    co_await m_responder.flush();
  }
  auto piece = co_await call.read();
  if (!event_stream) {
    // Whole already: its length spares the client a chunked answer.
    if (!length && !bodyless && piece && call.ended()) length = piece->size();
    send_head(head.status, response_headers(head.headers), length, false);
  }
  // Such a body is whole if its form says so.
  const bool unsure = head.ends_by_close && !bodyless && head.status < 300 &&
                      m_recorder.record().endpoint != log::Endpoint::other;
  const bool json = unsure && is_of_type(head, "application/json");
  JsonEnd json_end;
  std::uint64_t received = 0;
  while (piece && !piece->empty()) {
    received += piece->size();
    if (length && received > *length && !bodyless) {
      piece = Error{Errc::upstream, "the provider sent more than its Content-Length says"};
      break;
    }
    if (json) json_end.feed(*piece);
    m_recorder.usage_piece(*piece);
    m_recorder.response_piece(*piece);
    m_recorder.first_byte();
    if (!bodyless) m_responder.body(*piece);
    const bool last = call.ended() || (length && received == *length);
    if (!last) co_await m_responder.flush();
    if (m_responder.client_left()) call.cancel();
    piece = co_await call.read();
  }
  if (piece && length && received < *length && !bodyless)
    piece = Error{Errc::upstream, "the provider sent less than its Content-Length says"};
  if (piece && ((json && !json_end.reached()) || (unsure && event_stream && !m_recorder.stream_ended())))
    piece = Error{Errc::upstream, "the provider ended its answer early: the connection was closed within it"};
  if (!piece) co_return broken(std::move(piece).error());
  Delivered delivered;
  if (m_responder.client_left()) delivered.how = How::left;
  m_responder.end();
  co_return delivered;
}

Task<Delivered> Relay::translate(upstream::Call& call, const upstream::Head& head, provider::Decoder& decoder,
                                 bool usage_is_upstreams) {
  const bool stream = is_stream(head);
  Task<Delivered> task = stream ? translate_stream(call, head.status, head, decoder, usage_is_upstreams)
                                : translate_whole(call, head, decoder, usage_is_upstreams);
  Delivered delivered = co_await std::move(task);
  co_return delivered;
}

Task<Delivered> Relay::translate_stream(upstream::Call& call, int status, const upstream::Head& head,
                                        provider::Decoder& decoder, bool usage_is_upstreams) {
  send_head(status, translated_headers(head.headers, "text/event-stream"), {}, true);
  co_await m_responder.flush();
  std::string out;
  bool more = true;
  while (more) {
    auto piece = co_await call.read();
    if (!piece) co_return broken(std::move(piece).error());
    more = !piece->empty();
    out.clear();
    if (more) {
      decoder.feed(*piece, out);
      if (usage_is_upstreams) m_recorder.usage_piece(*piece);
    } else {
      decoder.finish(out);
    }
    m_recorder.usage(decoder.usage());
    if (out.empty()) continue;
    if (!usage_is_upstreams) m_recorder.usage_piece(out);
    m_recorder.response_piece(out);
    m_recorder.first_byte();
    m_responder.body(out);
    if (more) co_await m_responder.flush();
    if (m_responder.client_left()) call.cancel();
  }
  Delivered delivered;
  if (m_responder.client_left()) delivered.how = How::left;
  m_recorder.broken(decoder.broken());
  m_responder.end();
  co_return delivered;
}

Task<Delivered> Relay::translate_whole(upstream::Call& call, const upstream::Head& head,
                                       provider::Decoder& decoder, bool usage_is_upstreams) {
  constexpr int k_bad_gateway = 502;
  std::string body;
  bool more = true;
  while (more) {
    auto piece = co_await call.read();
    if (!piece) co_return broken(std::move(piece).error());
    more = !piece->empty();
    body.append(*piece);
    if (body.size() > k_translated_bytes_max)
      co_return broken({Errc::upstream, "the provider's answer is too large to be translated"});
  }
  const std::string out = decoder.body(body);
  const bool good = decoder.broken().empty();
  send_head(good ? head.status : k_bad_gateway, translated_headers(head.headers, "application/json"),
            out.size(), false);
  m_recorder.usage_body(usage_is_upstreams ? body : out);
  m_recorder.broken(decoder.broken());
  m_recorder.response_piece(out);
  m_responder.body(out);
  m_responder.end();
  Delivered delivered;
  if (m_responder.client_left()) delivered.how = How::left;
  co_return delivered;
}

}  // namespace pk::gateway
