#include "gateway/stored_answer.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "cache/restream.h"
#include "provider/body.h"

namespace pk::gateway {

namespace {

using log::Endpoint;

constexpr std::string_view k_event_stream = "text/event-stream";
constexpr std::string_view k_json = "application/json";

bool is_chat(Endpoint endpoint) {
  return endpoint == Endpoint::chat_completions || endpoint == Endpoint::completions;
}

// Where `quoted`, a name in its quotes, is a member: the text from its value on. Inside a JSON string the
// quotes would be escaped.
std::optional<std::string_view> value_of(std::string_view text, std::string_view quoted) {
  for (std::size_t at = text.find(quoted); at != std::string_view::npos; at = text.find(quoted, at + 1)) {
    const std::string_view rest = trim(text.substr(at + quoted.size()));
    if (rest.starts_with(':')) return trim(rest.substr(1));
  }
  return {};
}

// A chunk that is there for the usage alone, as include_usage asks for: its list of choices is empty.
bool is_usage_chunk(std::string_view event) {
  const auto usage = value_of(event, "\"usage\"");
  const auto choices = usage && usage->starts_with('{') ? value_of(event, "\"choices\"") : std::nullopt;
  return choices && choices->starts_with('[') && trim(choices->substr(1)).starts_with(']');
}

// The next event with the blank line after it.
std::string_view take_event(std::string_view& events) {
  const std::size_t lf = events.find("\n\n"), crlf = events.find("\n\r\n");
  const std::size_t end = lf < crlf ? lf + 2 : crlf == std::string_view::npos ? events.size() : crlf + 3;
  const std::string_view event = events.substr(0, end);
  events.remove_prefix(event.size());
  return event;
}

bool has_usage(std::string_view events) {
  while (!events.empty()) {
    const auto usage = value_of(take_event(events), "\"usage\"");
    if (usage && usage->starts_with('{')) return true;
  }
  return false;
}

std::string without_usage_chunks(std::string_view events) {
  std::string out;
  out.reserve(events.size());
  while (!events.empty()) {
    const std::string_view event = take_event(events);
    if (!is_usage_chunk(event)) out.append(event);
  }
  return out;
}

bool is_null(std::string_view json, std::string_view name) {
  const auto span = provider::find_top_level(json, name);
  return !span || span->of(json) == "null";
}

bool is_whole_stream(Endpoint endpoint, std::string_view events) {
  switch (endpoint) {
    case Endpoint::chat_completions:
    case Endpoint::completions:
      return trim(events).ends_with("[DONE]");
    case Endpoint::messages:
      return events.find("\"message_stop\"") != std::string_view::npos;
    case Endpoint::responses:
      return events.find("\"response.completed\"") != std::string_view::npos;
    default:
      return false;
  }
}

// `own`: the body is another than the entry's.
class StoredCall final : public upstream::Call {
 public:
  StoredCall(cache::EntryPtr entry, std::string_view type, std::optional<std::string> own)
      : m_entry(std::move(entry)), m_own(std::move(own)) {
    m_head.status = m_entry->status;
    m_head.headers = {{"content-type", std::string(type)}};
  }

  Task<Result<const upstream::Head*>> head() override { co_return &m_head; }
  Task<Result<std::string_view>> read() override {
    if (m_cancelled) co_return Error{Errc::cancelled, "the client left"};
    if (std::exchange(m_given, true)) co_return std::string_view();
    co_return std::string_view(m_own ? *m_own : m_entry->body);
  }
  bool ended() const override { return m_given; }
  void cancel() override { m_cancelled = true; }

 private:
  const cache::EntryPtr m_entry;
  const std::optional<std::string> m_own;
  upstream::Head m_head;
  bool m_given = false;
  bool m_cancelled = false;
};

std::unique_ptr<upstream::Call> streamed(cache::EntryPtr entry, const Wanted& wanted) {
  if (!entry->event_stream) {
    auto events = cache::stream_of(wanted.endpoint, entry->body, wanted.usage);
    if (!events) return nullptr;
    return std::make_unique<StoredCall>(std::move(entry), k_event_stream, *std::move(events));
  }
  std::optional<std::string> own;
  if (is_chat(wanted.endpoint)) {
    const bool known = has_usage(entry->body);
    if (wanted.usage && !known) return nullptr;
    if (!wanted.usage && known) own = without_usage_chunks(entry->body);
  }
  const std::string_view type = entry->content_type;
  return std::make_unique<StoredCall>(std::move(entry), type, std::move(own));
}

std::unique_ptr<upstream::Call> whole(cache::EntryPtr entry, const Wanted& wanted) {
  const std::string_view type = entry->content_type;
  if (!entry->event_stream) return std::make_unique<StoredCall>(std::move(entry), type, std::nullopt);
  // A whole answer has its usage, asked for or not.
  if (is_chat(wanted.endpoint) && !has_usage(entry->body)) return nullptr;
  auto body = cache::whole_of(wanted.endpoint, entry->body);
  if (!body) return nullptr;
  return std::make_unique<StoredCall>(std::move(entry), k_json, *std::move(body));
}

}  // namespace

bool may_be_kept(log::Endpoint endpoint, bool event_stream, std::string_view body) {
  if (event_stream) return is_whole_stream(endpoint, body);
  if (!provider::BodyReader().read(body) || !is_null(body, "error")) return false;
  if (endpoint != Endpoint::responses) return true;
  const auto status = provider::find_top_level(body, "status");
  return status && status->of(body) == "\"completed\"";
}

std::unique_ptr<upstream::Call> stored_call(cache::EntryPtr entry, const Wanted& wanted) {
  return wanted.stream ? streamed(std::move(entry), wanted) : whole(std::move(entry), wanted);
}

}  // namespace pk::gateway
