#include "query/search.h"

#include <algorithm>

#include "base/json_reader.h"
#include "base/text.h"
#include "log/joined.h"

namespace pk::query {

namespace {

bool has(std::string_view text, std::string_view part) {
  return ifind(text, part) != std::string_view::npos;
}

bool unescaped_has(std::string_view body, std::string_view text) {
  JsonReader reader(body);
  std::string plain;
  for (JsonToken token = reader.next(); token != JsonToken::end && token != JsonToken::error;
       token = reader.next()) {
    const bool is_text = token == JsonToken::string || token == JsonToken::key;
    if (!is_text || reader.token().find('\\') == std::string_view::npos) continue;
    plain.clear();
    append_json_unquoted(plain, reader.token());
    if (has(plain, text)) return true;
  }
  return false;
}

// The bodies of one record; the joined message of a stream is made once, when first asked for.
class Bodies {
 public:
  explicit Bodies(const log::LogRecord& record) : m_record(record) {}

  bool have(std::string_view text) {
    if (m_record.request && body_has(m_record.request->body, text)) return true;
    if (!m_record.response) return false;
    return body_has(m_record.response->body, text) || body_has(joined(), text);
  }

 private:
  const std::string& joined() {
    if (!m_joined)
      m_joined = log::is_event_stream(*m_record.response)
                     ? log::joined_message(m_record.response->body).value_or("")
                     : "";
    return *m_joined;
  }

  const log::LogRecord& m_record;
  std::optional<std::string> m_joined;
};

}  // namespace

bool body_has(std::string_view body, std::string_view text) {
  return has(body, text) || (body.find('\\') != std::string_view::npos && unescaped_has(body, text));
}

bool matches_content(const Filter& filter, const log::LogRecord& record) {
  Bodies bodies(record);
  return std::ranges::all_of(
      filter.terms, [&](const Term& term) { return term.field != Field::search || bodies.have(term.text); });
}

}  // namespace pk::query
