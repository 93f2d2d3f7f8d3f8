#include "provider/json_out.h"

namespace pk::provider {

JsonOut& JsonOut::key(std::string_view name) {
  separate();
  append_json_string(m_out, name);
  m_out += ':';
  return *this;
}

JsonOut& JsonOut::text(std::string_view text) {
  separate();
  append_json_string(m_out, text);
  return *this;
}

JsonOut& JsonOut::number(std::int64_t value) {
  separate();
  append_json_number(m_out, value);
  return *this;
}

JsonOut& JsonOut::json(std::string_view value) {
  separate();
  m_out += value;
  return *this;
}

JsonOut& JsonOut::given(std::string_view name, const JsonView& value) {
  return value.is_given() ? json(name, value.json()) : *this;
}

JsonOut& JsonOut::open(char bracket) {
  separate();
  m_out += bracket;
  return *this;
}

JsonOut& JsonOut::close(char bracket) {
  m_out += bracket;
  return *this;
}

// No value ends in one of these: what does stands before the first of its kind, or before a value.
void JsonOut::separate() {
  if (m_out.empty()) return;
  const char last = m_out.back();
  if (last != '{' && last != '[' && last != ':') m_out += ',';
}

}  // namespace pk::provider
