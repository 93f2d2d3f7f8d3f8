#include "query/search.h"

#include <algorithm>

#include "log/joined.h"
#include "query/literal.h"

namespace pk::query {

namespace {

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
  const Literal literal(text);
  return literal.is_in(body) || literal.is_in_escaped(body);
}

bool matches_content(const Filter& filter, const log::LogRecord& record) {
  Bodies bodies(record);
  return std::ranges::all_of(
      filter.terms, [&](const Term& term) { return term.field != Field::search || bodies.have(term.text); });
}

}  // namespace pk::query
