// Whatever a provider answers, the client gets JSON in its own form, whole or as events, and the same
// wherever the network cut the stream. An end mark comes only from an end mark.
#include <memory>
#include <string>

#include "base/json.h"
#include "base/sse.h"
#include "fuzz.h"
#include "provider/anthropic_stream.h"
#include "provider/decoder_chain.h"
#include "provider/messages_stream.h"

namespace {

using pk::provider::Decoder;

pk::provider::AnswerFacts facts(bool strict) {
  pk::provider::AnswerFacts made;
  made.provider = "anthropic";
  made.model = "m";
  made.id = "0190";
  made.strict = strict;
  return made;
}

std::unique_ptr<Decoder> make(int kind) {
  using pk::provider::AnthropicDecoder, pk::provider::MessagesDecoder;
  if (kind < 2) return std::make_unique<AnthropicDecoder>(facts(kind == 0));
  if (kind == 2) return std::make_unique<MessagesDecoder>(facts(true));
  return pk::provider::compose(std::make_unique<AnthropicDecoder>(facts(true)),
                               std::make_unique<MessagesDecoder>(facts(true)));
}

void check_events(std::string_view text) {
  pk::SseSplitter splitter;
  splitter.feed(text, [](const pk::SseEvent& event) {
    PK_ASSERT(event.data == "[DONE]" || pk::is_json(event.data));
    PK_ASSERT(event.data.find('\n') == std::string_view::npos);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = pk::fuzz::text(data, size);
  for (int kind = 0; kind < 4; ++kind) {
    PK_ASSERT(pk::is_json(make(kind)->body(input)));
    const auto whole = make(kind), pieces = make(kind);
    std::string out, out_of_pieces;
    whole->feed(input, out);
    whole->finish(out);
    pk::fuzz::in_pieces(input, input.substr(0, size % 5),
                        [&](std::string_view piece) { pieces->feed(piece, out_of_pieces); });
    pieces->finish(out_of_pieces);
    PK_ASSERT(out == out_of_pieces);
    PK_ASSERT(whole->broken() == pieces->broken());
    check_events(out);
    const bool ended = out.ends_with("data: [DONE]\n\n") || out.ends_with("{\"type\":\"message_stop\"}\n\n");
    PK_ASSERT(ended == whole->broken().empty());
  }
  return 0;
}
