// Brings an upstream's answer to the client, piece by piece as it comes, and tells the recorder. Lives as
// long as its exchange, on its thread.
//
// The last bytes, a body's or the end mark of a chunked one, are staged and not sent: they are what makes the
// answer whole for the client, and leave only after the record (exchange.cc).
#pragma once

#include <cstdint>
#include <optional>

#include "base/task.h"
#include "gateway/recorder.h"
#include "http/handler.h"
#include "provider/dialect.h"
#include "upstream/client.h"

namespace pk::gateway {

// Of an answer that is translated whole; a longer one is an error.
inline constexpr std::size_t k_translated_bytes_max = 64 * 1024 * 1024;

struct Delivered {
  enum class How : std::uint8_t {
    whole,    // all of it is sent or staged
    nothing,  // it broke before a byte was sent: another answer may be given, `error` says why
    cut,      // it broke after that: the connection is to be cut
    left,     // the client left
  };
  How how = How::whole;
  std::optional<Error> error;
};

class Relay {
 public:
  // `bodyless`: the client asked by HEAD.
  Relay(Recorder& recorder, http::Responder& responder, bool bodyless)
      : m_recorder(recorder), m_responder(responder), m_bodyless(bodyless) {}

  // Byte for byte.
  Task<Delivered> pass(upstream::Call& call, const upstream::Head& head);
  // In the client's form. `usage_is_upstreams`: usage is read before it is translated.
  Task<Delivered> translate(upstream::Call& call, const upstream::Head& head, provider::Decoder& decoder,
                            bool usage_is_upstreams);

  // Stages a head, and the record's view of it.
  void send_head(int status, http::Headers headers, std::optional<std::uint64_t> length, bool event_stream);

 private:
  Task<Delivered> translate_stream(upstream::Call& call, int status, const upstream::Head& head,
                                   provider::Decoder& decoder, bool usage_is_upstreams);
  Task<Delivered> translate_whole(upstream::Call& call, const upstream::Head& head,
                                  provider::Decoder& decoder, bool usage_is_upstreams);
  http::Headers response_headers(const http::Headers& upstream) const;
  http::Headers translated_headers(const http::Headers& upstream, std::string_view type) const;
  Delivered broken(Error error) const;

  Recorder& m_recorder;
  http::Responder& m_responder;
  const bool m_bodyless;
};

}  // namespace pk::gateway
