// Reads what a response says about itself: tokens, model, error, whether it came to its end. From whole
// bodies and from streams in pieces, in OpenAI's shapes (chat, completions, embeddings, responses) and
// Anthropic's messages. Never judges: garbage gives nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/sse.h"

namespace pk::provider {

// An event of a stream that is larger is passed over (its usage is lost; counted in skipped_events()).
inline constexpr std::size_t k_usage_event_bytes_max = 16 * 1024 * 1024;
// A count above this is taken for garbage.
inline constexpr std::int64_t k_tokens_max = 1'000'000'000'000;
inline constexpr std::size_t k_response_model_bytes_max = 256;

// Tokens, with one meaning whoever answered: prompt_tokens includes cached and cache-write tokens,
// completion_tokens includes reasoning tokens, total_tokens is given or their sum.
struct Usage {
  std::optional<std::int64_t> prompt_tokens;
  std::optional<std::int64_t> completion_tokens;
  std::optional<std::int64_t> total_tokens;
  std::optional<std::int64_t> cached_tokens;       // read from the provider's prompt cache
  std::optional<std::int64_t> cache_write_tokens;  // written into it
  std::optional<std::int64_t> reasoning_tokens;
  bool operator==(const Usage&) const = default;
  std::int64_t total() const {
    return total_tokens.value_or(prompt_tokens.value_or(0) + completion_tokens.value_or(0));
  }
  bool known() const { return prompt_tokens || completion_tokens || total_tokens; }
};

// Lives on one thread, one per response. Either read_body() once, or feed() any number of times and then
// finish().
class UsageReader {
 public:
  UsageReader() : m_splitter(k_usage_event_bytes_max) {}

  // A whole, uncompressed JSON body of any status.
  void read_body(std::string_view body);

  // The next bytes of an event stream, cut anywhere. A chunk without usage costs a search, not a parse.
  void feed(std::string_view bytes);
  // The stream is over, or was cut: reads a last event that has no blank line after it. Calling it twice is
  // harmless.
  void finish();

  // The latest counts seen; all empty if none came. Fields that later events leave out keep their earlier
  // value.
  Usage usage() const;
  // The model that the response names, "" if none (or longer than k_response_model_bytes_max).
  const std::string& model() const { return m_model; }
  // The error that the body or an event of the stream carries, one line (errors.h); "" if none.
  const std::string& error() const { return m_error; }
  // Whether the stream's own end mark came: [DONE], message_stop, response.completed/incomplete/failed. For
  // whole bodies true once read.
  bool ended() const { return m_ended; }
  std::uint64_t events() const { return m_events; }
  std::uint64_t skipped_events() const { return m_splitter.skipped(); }

 private:
  // The counts as they came, before they are given one meaning.
  struct Counts {
    std::optional<std::int64_t> prompt;  // prompt_tokens: cached tokens are in it
    std::optional<std::int64_t>
        input;  // input_tokens: in OpenAI's form they are, in Anthropic's they are not
    std::optional<std::int64_t> cache_read;   // Anthropic's
    std::optional<std::int64_t> cache_write;  // Anthropic's
    std::optional<std::int64_t> output, total, cached, written, reasoning;
  };

  void read_event(const SseEvent& event);
  bool worth_parsing(std::string_view data) const;
  void read_documents(std::string_view data);
  void read_object(JsonReader& reader);
  void read_member(JsonReader& reader, std::string_view key, JsonToken token);
  void read_counts(JsonReader& reader);
  void read_details(JsonReader& reader);
  void read_choice(JsonReader& reader);
  void set_error(std::string text);

  SseSplitter m_splitter;
  Counts m_counts;
  std::string m_model;
  std::string m_error;
  std::uint64_t m_events = 0;
  bool m_ended = false;
  bool m_error_event = false;  // the event at hand is an error by its name or type
};

}  // namespace pk::provider
