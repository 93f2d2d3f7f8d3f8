// What tests of dialects share: a call as the gateway would make it, and streams cut everywhere.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "provider/dialect.h"
#include "provider/usage.h"
#include "support/catch.h"

namespace pk::provider {

// A client's call, with values of its own.
struct TestCall {
  Provider row;
  std::string body;
  log::Endpoint endpoint = log::Endpoint::chat_completions;
  std::string method = "POST";
  std::string path = "/v1/chat/completions";
  std::string query;
  std::string custom_host;
  std::string key = "k1";
  ProviderOptions options;
  std::int64_t now_ms = 1'440'938'160'000;  // 2015-08-30T12:36:00Z

  Result<WireRequest> encode(const Dialect& dialect) const {
    BodyFacts facts;
    if (auto read = BodyReader().read(body)) facts = *read;
    return dialect.encode(
        {row, endpoint, method, path, query, body, facts, custom_host, key, options, now_ms});
  }
};

inline AnswerFacts test_facts(std::string_view provider, log::Endpoint endpoint, bool strict = true) {
  AnswerFacts facts;
  facts.endpoint = endpoint;
  facts.provider = provider;
  facts.model = "asked-model";
  facts.id = "0192-ab";
  facts.now_s = 1'700'000'000;
  facts.strict = strict;
  return facts;
}

inline std::string header(const WireRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return value;
  return "(none)";
}

using MakeDecoder = std::function<std::unique_ptr<Decoder>()>;

struct Streamed {
  std::string out;
  std::string broken;
  bool operator==(const Streamed&) const = default;
};

inline Streamed streamed(const MakeDecoder& make, std::string_view bytes, std::size_t step = 0) {
  const auto decoder = make();
  Streamed result;
  if (step == 0) step = bytes.size() + 1;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
    decoder->feed(bytes.substr(0, step), result.out);
  decoder->finish(result.out);
  result.broken = decoder->broken();
  return result;
}

// The stream, the same however it was cut: in two at every byte, and byte by byte.
inline Streamed streamed_at_every_cut(const MakeDecoder& make, std::string_view bytes) {
  const Streamed whole = streamed(make, bytes);
  REQUIRE(streamed(make, bytes, 1) == whole);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    const auto decoder = make();
    Streamed parts;
    decoder->feed(bytes.substr(0, cut), parts.out);
    decoder->feed(bytes.substr(cut), parts.out);
    decoder->finish(parts.out);
    parts.broken = decoder->broken();
    REQUIRE(parts == whole);
  }
  return whole;
}

// The text after `data: ` of each event, one a line.
inline std::string events_of(std::string_view stream) {
  std::string lines;
  SseSplitter splitter;
  const auto take = [&](const SseEvent& event) { lines.append(event.data).append("\n"); };
  splitter.feed(stream, take);
  splitter.finish(take);
  return lines;
}

struct Read {
  Usage usage;
  std::string model;
  std::string error;
  bool ended = false;
};

inline Read read_back(std::string_view answer, bool stream) {
  UsageReader reader;
  if (stream) {
    reader.feed(answer);
    reader.finish();
  } else {
    reader.read_body(answer);
  }
  return {reader.usage(), reader.model(), reader.error(), reader.ended()};
}

// Prompt, completion, total, cached, cache write, reasoning; -1 is unknown.
inline Usage tokens(std::int64_t prompt, std::int64_t completion, std::int64_t total,
                    std::int64_t cached = -1, std::int64_t written = -1, std::int64_t reasoning = -1) {
  const auto known = [](std::int64_t n) { return n < 0 ? std::nullopt : std::optional(n); };
  return {known(prompt), known(completion), known(total), known(cached), known(written), known(reasoning)};
}

}  // namespace pk::provider
