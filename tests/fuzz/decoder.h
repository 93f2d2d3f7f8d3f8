// What must hold of a dialect's decoder for any bytes: what the client gets is JSON, whole or in events, the
// same wherever the network cut the stream, with nothing after the end mark; and a broken answer is told as
// an error and has no end mark.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/sse.h"
#include "base/text.h"
#include "fuzz.h"
#include "provider/dialect.h"
#include "provider/usage.h"

namespace pk::fuzz {

using MakeDecoder = std::function<std::unique_ptr<provider::Decoder>(const provider::AnswerFacts&)>;

inline void check_body(const MakeDecoder& make, const provider::AnswerFacts& facts,
                       std::string_view upstream) {
  const auto decoder = make(facts);
  const std::string body = decoder->body(upstream);
  PK_ASSERT(is_json(body, k_json_depth_max));
  provider::UsageReader reader;
  reader.read_body(body);
  PK_ASSERT(reader.error().empty() == decoder->broken().empty());
}

inline void check_events(std::string_view stream, bool broken) {
  PK_ASSERT(stream.empty() || stream.ends_with("\n\n"));
  bool done = false, error = false;
  SseSplitter splitter;
  splitter.feed(stream, [&](const SseEvent& event) {
    PK_ASSERT(!done && !error);
    done = event.data == "[DONE]";
    PK_ASSERT(done || is_json(event.data, k_json_depth_max));
    error = event.data.starts_with("{\"error\":");
  });
  PK_ASSERT(broken ? !done : done && !error);
}

inline void check_stream(const MakeDecoder& make, const provider::AnswerFacts& facts,
                         std::string_view upstream, std::string_view cuts) {
  const auto whole = make(facts), pieces = make(facts);
  std::string out, out_of_pieces;
  whole->feed(upstream, out);
  whole->finish(out);
  in_pieces(upstream, cuts, [&](std::string_view piece) { pieces->feed(piece, out_of_pieces); });
  pieces->finish(out_of_pieces);
  PK_ASSERT(out == out_of_pieces);
  PK_ASSERT(whole->broken() == pieces->broken());
  check_events(out, !whole->broken().empty());
}

// Body and stream, strict and not, chat and embeddings. `stream` is what a stream of these bytes looks like.
inline void check_decoder(const MakeDecoder& make, std::string_view input, std::string_view stream) {
  provider::AnswerFacts facts;
  facts.provider = "acme";
  facts.model = "m";
  facts.id = "0192-ab";
  facts.strict = input.size() % 2 == 0;
  facts.base64 = input.size() % 3 == 0;
  check_body(make, facts, input);
  check_stream(make, facts, stream, input.substr(0, input.size() % 5));
  facts.endpoint = log::Endpoint::embeddings;
  check_body(make, facts, input);
}

}  // namespace pk::fuzz
