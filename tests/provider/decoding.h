// Runs decoders over recorded streams of chats and messages, cut as networks cut them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/sse.h"
#include "support/dialect.h"

namespace pk::provider {

// What a chat or messages call of these tests knows of itself.
inline AnswerFacts answer_facts(std::string_view provider = "anthropic", bool strict = true) {
  AnswerFacts facts = test_facts(provider, log::Endpoint::chat_completions, strict);
  facts.id = "0190";
  return facts;
}

inline std::string decoded(Decoder& decoder, std::string_view stream,
                           std::size_t step = std::string_view::npos) {
  std::string out;
  for (; !stream.empty(); stream.remove_prefix(std::min(step, stream.size())))
    decoder.feed(stream.substr(0, step), out);
  decoder.finish(out);
  return out;
}

// The stream gives `expected` whole, byte by byte and cut in two anywhere.
template <class Make>
void check_every_cut(Make&& make, std::string_view stream, std::string_view expected) {
  CHECK(streamed_at_every_cut(std::forward<Make>(make), stream).out == expected);
}

// Every event of the text is one JSON document on one line, or the end mark.
inline void check_events(std::string_view text) {
  SseSplitter splitter;
  std::size_t bytes = 0;
  splitter.feed(text, [&](const SseEvent& event) {
    INFO(event.data);
    bytes += event.raw.size();
    CHECK((event.data == "[DONE]" || is_json(event.data)));
    CHECK(event.data.find('\n') == std::string_view::npos);
  });
  CHECK(bytes <= text.size());
}

// The stream cut off at any byte, as when a connection breaks: whole events come out, no end mark, and a
// reason.
template <class Make>
void check_cut_off(Make&& make, std::string_view stream, std::string_view end_mark) {
  for (std::size_t size = 0; size < stream.size() - 3; ++size) {
    const auto decoder = make();
    const std::string out = decoded(*decoder, stream.substr(0, size));
    check_events(out);
    REQUIRE(out.find(end_mark) == std::string::npos);
    REQUIRE_FALSE(decoder->broken().empty());
  }
}

inline Usage usage_of_stream(std::string_view stream) {
  return read_back(stream, true).usage;
}

inline Usage usage_of_body(std::string_view body) {
  return read_back(body, false).usage;
}

}  // namespace pk::provider
