#include "provider/usage.h"

#include <cstring>

#include "base/text.h"
#include "provider/errors.h"
#include "provider/json_walk.h"

namespace pk::provider {

namespace {

constexpr std::string_view k_done = "[DONE]";
// {"type":"message_stop"} where no event name stands before it.
constexpr std::size_t k_end_event_bytes_max = 64;

std::size_t find_bytes(std::string_view text, std::string_view needle) {
  // Twice as fast as string_view::find on JSON, where every other byte may be a quote: 69 against 147 ns a
  // chunk.
  const void* at = ::memmem(text.data(), text.size(), needle.data(), needle.size());
  return at == nullptr ? std::string_view::npos
                       : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

// Whether `quoted`, a name in its quotes, stands in the text with another value than null. With
// stream_options OpenAI sends "usage":null in each chunk. Inside a JSON string the quotes would be escaped,
// so a hit is a key or a whole string.
bool says(std::string_view text, std::string_view quoted) {
  for (std::size_t at = find_bytes(text, quoted); at != std::string_view::npos;
       at = find_bytes(text, quoted)) {
    text.remove_prefix(at + quoted.size());
    std::string_view rest = trim(text.substr(0, 16));
    if (!rest.starts_with(':')) return true;
    rest.remove_prefix(1);
    if (!trim(rest).starts_with("null")) return true;
  }
  return false;
}

// The words that end a stream, as an event's name or as the type in its data.
bool is_end_word(std::string_view word) {
  return word == "message_stop" || word == "response.completed" || word == "response.incomplete" ||
         word == "response.failed";
}

std::optional<std::int64_t> sum(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  return a || b ? std::optional(a.value_or(0) + b.value_or(0)) : std::nullopt;
}

}  // namespace

void UsageReader::read_body(std::string_view body) {
  read_documents(body);
  m_ended = true;
}

void UsageReader::feed(std::string_view bytes) {
  m_splitter.feed(bytes, [this](const SseEvent& event) { read_event(event); });
}

void UsageReader::finish() {
  m_splitter.finish([this](const SseEvent& event) { read_event(event); });
}

void UsageReader::read_event(const SseEvent& event) {
  ++m_events;
  // Some hosts end each line with one line end only: then "[DONE]" is the last line of a larger event.
  if (trim(event.data).ends_with(k_done) || is_end_word(event.event)) m_ended = true;
  m_error_event = event.event == "error";
  if (m_error_event || worth_parsing(event.data)) read_documents(event.data);
  // Its words may stand without an `error` around them.
  if (m_error_event && m_error.empty()) set_error(error_text(event.data));
}

bool UsageReader::worth_parsing(std::string_view data) const {
  const bool may_end = !m_ended && data.size() <= k_end_event_bytes_max;
  return says(data, "\"usage\"") || says(data, "\"error\"") || (m_model.empty() && says(data, "\"model\"")) ||
         (may_end && says(data, "\"message_stop\""));
}

// More than one document in an event comes from hosts that leave the blank lines out.
void UsageReader::read_documents(std::string_view data) {
  for (data = trim(data); data.starts_with('{'); data = trim(data)) {
    JsonReader reader(data);
    reader.next();
    read_object(reader);
    if (reader.depth() != 0) return;
    data.remove_prefix(reader.offset() + reader.token().size());
  }
}

void UsageReader::read_object(JsonReader& reader) {
  walk_members(reader, [&](std::string_view key, JsonToken token) { read_member(reader, key, token); });
}

void UsageReader::read_member(JsonReader& reader, std::string_view key, JsonToken token) {
  const bool object = token == JsonToken::object_begin;
  if (means(key, "model")) {
    std::string model = text_of(reader, token);
    const bool good = !model.empty() && model.size() <= k_response_model_bytes_max && is_utf8(model);
    if (good) m_model = std::move(model);
  } else if (means(key, "usage") && object) {
    read_counts(reader);
  } else if (means(key, "error")) {
    set_error(error_text_of_value(reader.take_value()));
  } else if (means(key, "type")) {
    const std::string type = text_of(reader, token);
    if (is_end_word(type)) m_ended = true;
    if (type == "error") m_error_event = true;
  } else if (object && reader.depth() == 2 &&
             (means(key, "message") || means(key, "response") || means(key, "x_groq"))) {
    // message_start of Anthropic, response.* of OpenAI, the last chunk of groq: what is asked for is one
    // level down.
    read_object(reader);
  } else if (token == JsonToken::array_begin && means(key, "choices")) {
    // moonshot has the usage in the choice.
    walk_elements(reader, [&](JsonToken element) {
      if (element == JsonToken::object_begin) read_choice(reader);
    });
  }
}

void UsageReader::read_choice(JsonReader& reader) {
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    if (token == JsonToken::object_begin && means(key, "usage")) read_counts(reader);
  });
}

void UsageReader::read_counts(JsonReader& reader) {
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    const auto take = [&](std::string_view name, std::optional<std::int64_t>& place) {
      if (!means(key, name)) return;
      if (const auto count = count_of(reader, token, k_tokens_max)) place = count;
    };
    if (token == JsonToken::object_begin) return key.ends_with("_details\"") ? read_details(reader) : void();
    take("prompt_tokens", m_counts.prompt);
    take("input_tokens", m_counts.input);
    take("completion_tokens", m_counts.output);
    take("output_tokens", m_counts.output);
    take("total_tokens", m_counts.total);
    take("cache_read_input_tokens", m_counts.cache_read);
    take("cache_creation_input_tokens", m_counts.cache_write);
    take("cached_tokens", m_counts.cached);            // moonshot
    take("prompt_cache_hit_tokens", m_counts.cached);  // deepseek
    take("reasoning_tokens", m_counts.reasoning);      // perplexity-ai
  });
}

// prompt_tokens_details, completion_tokens_details, input_tokens_details, output_tokens_details.
void UsageReader::read_details(JsonReader& reader) {
  walk_members(reader, [&](std::string_view key, JsonToken token) {
    const auto count = count_of(reader, token, k_tokens_max);
    if (!count) return;
    if (means(key, "cached_tokens")) m_counts.cached = count;
    if (means(key, "cache_write_tokens")) m_counts.written = count;  // openrouter
    if (means(key, "reasoning_tokens")) m_counts.reasoning = count;
  });
}

void UsageReader::set_error(std::string text) {
  if (!text.empty()) m_error = std::move(text);
}

Usage UsageReader::usage() const {
  const Counts& counts = m_counts;
  Usage usage;
  usage.cached_tokens = counts.cached ? counts.cached : counts.cache_read;
  usage.cache_write_tokens = counts.written ? counts.written : counts.cache_write;
  usage.reasoning_tokens = counts.reasoning;
  // Anthropic's input_tokens are what was neither read from the cache nor written to it.
  const bool excludes = !counts.prompt && counts.input && (counts.cache_read || counts.cache_write);
  usage.prompt_tokens = counts.prompt ? counts.prompt : counts.input;
  if (excludes)
    usage.prompt_tokens = *counts.input + counts.cache_read.value_or(0) + counts.cache_write.value_or(0);
  usage.completion_tokens = counts.output;
  usage.total_tokens =
      counts.total && !excludes ? counts.total : sum(usage.prompt_tokens, usage.completion_tokens);
  // x-ai counts reasoning beside the completion, and bills it as such: the total shows it.
  const auto visible = sum(usage.prompt_tokens, usage.completion_tokens);
  const std::int64_t reasoning = counts.reasoning.value_or(0);
  if (visible && counts.output && reasoning > 0 && usage.total_tokens == *visible + reasoning)
    usage.completion_tokens = *counts.output + reasoning;
  return usage;
}

}  // namespace pk::provider
