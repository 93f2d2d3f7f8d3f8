#include "log/erase.h"

#include "base/json.h"
#include "base/json_reader.h"
#include "base/json_scan.h"
#include "log/joined.h"

namespace pk::log {

namespace {

constexpr int k_nested_json_max = 4;  // JSON in a string of JSON in a string …

std::uint64_t erase_strings(std::string& text, const FindText& find, int nested);

// What a string of JSON says, and what it would say if it were JSON.
std::uint64_t erase_said(std::string& said, const FindText& find, int nested) {
  std::uint64_t count = erase_text(said, find);
  if (nested > 0 && said.find('\\') != std::string::npos && said.find('"') != std::string::npos)
    count += erase_strings(said, find, nested - 1);
  return count;
}

// The strings of JSON in `text`, each with its escapes undone.
std::uint64_t erase_strings(std::string& text, const FindText& find, int nested) {
  const std::string_view view = text;
  std::string out;
  std::uint64_t count = 0;
  std::size_t kept = 0;
  for (std::size_t at = view.find('"'); at != std::string_view::npos;) {
    const std::size_t end = json_scan::string_end(view, at);
    if (end == json_scan::k_none) {
      at = view.find('"', at + 1);
      continue;
    }
    std::string said = json_unquoted(view.substr(at, end - at));
    if (const std::uint64_t places = erase_said(said, find, nested); places > 0) {
      count += places;
      out.append(view.substr(kept, at - kept));
      append_json_string(out, said);
      kept = end;
    }
    at = view.find('"', end);
  }
  if (count == 0) return 0;
  out.append(view.substr(kept));
  text = std::move(out);
  return count;
}

// Numbers of a JSON text: what is taken out of one leaves a string.
std::uint64_t erase_numbers(std::string& json, const FindText& find) {
  JsonReader reader(json);
  std::string out;
  std::uint64_t count = 0;
  std::size_t kept = 0;
  for (JsonToken token = reader.next(); token != JsonToken::end && token != JsonToken::error;
       token = reader.next()) {
    if (token != JsonToken::number) continue;
    std::string number(reader.token());
    const std::uint64_t places = erase_text(number, find);
    if (places == 0) continue;
    count += places;
    out.append(json, kept, reader.offset() - kept);
    append_json_string(out, number);
    kept = reader.offset() + reader.token().size();
  }
  if (count == 0) return 0;
  out.append(json, kept);
  json = std::move(out);
  return count;
}

// Whether a place lies inside of a string of JSON, where it was taken out already: what is found there now is
// what took its place.
class Strings {
 public:
  explicit Strings(std::string_view text) : m_text(text) { go_on(0); }
  // Places are asked for in order.
  bool hold(std::size_t begin, std::size_t end) {
    while (m_begin != std::string_view::npos && m_end <= begin) go_on(m_end);
    return m_begin != std::string_view::npos && begin > m_begin && end < m_end;
  }

 private:
  void go_on(std::size_t from) {
    for (m_begin = m_text.find('"', from); m_begin != std::string_view::npos;
         m_begin = m_text.find('"', m_begin + 1)) {
      m_end = json_scan::string_end(m_text, m_begin);
      if (m_end != json_scan::k_none) return;
    }
  }

  std::string_view m_text;
  std::size_t m_begin = 0;
  std::size_t m_end = 0;
};

std::uint64_t erase_between_strings(std::string& text, const FindText& find) {
  Strings strings(text);
  std::string out;
  std::uint64_t count = 0;
  std::size_t kept = 0;
  for (std::size_t from = 0;;) {
    const auto place = find(text, from);
    if (!place) break;
    from = place->second;
    if (strings.hold(place->first, place->second)) continue;
    ++count;
    out.append(text, kept, place->first - kept).append(k_erased);
    kept = place->second;
  }
  if (count == 0) return 0;
  out.append(text, kept);
  text = std::move(out);
  return count;
}

std::uint64_t erase_all(std::string& text, const FindText& find) {
  std::uint64_t count = erase_strings(text, find, k_nested_json_max);
  if (is_json(text)) count += erase_numbers(text, find);
  return count + erase_between_strings(text, find);
}

}  // namespace

std::uint64_t erase_text(std::string& text, const FindText& find) {
  std::uint64_t count = 0;
  for (std::size_t from = 0;;) {
    const auto place = find(text, from);
    if (!place) return count;
    ++count;
    text.replace(place->first, place->second - place->first, k_erased);
    from = place->first + k_erased.size();
  }
}

std::uint64_t erase_metadata(Metadata& metadata, const FindText& find) {
  std::uint64_t count = 0;
  for (auto& [name, value] : metadata) count += erase_text(name, find) + erase_text(value, find);
  return count;
}

std::uint64_t erase_body(Content& content, const FindText& find) {
  std::uint64_t count = erase_all(content.body, find);
  if (!is_event_stream(content)) return count;
  auto message = joined_message(content.body);
  if (!message) return count;
  if (const std::uint64_t places = erase_all(*message, find); places > 0) {
    count += places;
    content.body = *std::move(message);
  }
  return count;
}

ErasedCount erase(LogRecord& record, const FindText& find) {
  ErasedCount count;
  for (std::string* field :
       {&record.trace_id, &record.span_id, &record.parent_span_id, &record.span_name, &record.path,
        &record.error, &record.model, &record.requested_model, &record.user, &record.cache_verdict})
    count.fields += erase_text(*field, find);
  for (Attempt& attempt : record.attempts)
    count.fields += erase_text(attempt.error, find) + erase_text(attempt.model, find);
  count.metadata = erase_metadata(record.metadata, find);
  for (std::optional<Content>* side : {&record.request, &record.response}) {
    if (!*side) continue;
    for (auto& [name, value] : (*side)->headers)
      count.headers += erase_text(name, find) + erase_text(value, find);
    count.bodies += erase_body(**side, find);
  }
  return count;
}

}  // namespace pk::log
