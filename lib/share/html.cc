#include "share/html.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace pk::share {

namespace {

constexpr std::size_t k_indent = 2;

void append_span(std::string& out, std::string_view kind, std::string_view token) {
  out.append("<b class=\"").append(kind).append("\">");
  append_escaped(out, token);
  out += "</b>";
}

// A JSON text that is valid: new lines and spaces between its tokens, none within an empty object or array.
class JsonLayout {
 public:
  JsonLayout(std::string& out, std::string_view json)
      : m_out(out), m_reader(json), m_end(out.size() + k_shown_bytes_max) {}

  bool run() {
    for (JsonToken token = m_reader.next(); token != JsonToken::end; token = m_reader.next()) {
      if (token == JsonToken::error || m_out.size() > m_end) return false;
      put(token);
    }
    return true;
  }

 private:
  void put(JsonToken token) {
    const bool opens = token == JsonToken::object_begin || token == JsonToken::array_begin;
    const bool closes = token == JsonToken::object_end || token == JsonToken::array_end;
    const std::size_t level = m_reader.depth() - (opens ? 1 : 0);  // where the token stands
    if (closes ? !m_fresh : level > 0 && !m_after_key) {
      if (!closes && !m_fresh) m_out += ',';
      m_out.append("\n").append(level * k_indent, ' ');
    }
    value(token);
    m_fresh = opens;
    m_after_key = token == JsonToken::key;
  }

  void value(JsonToken token) {
    const std::string_view text = m_reader.token();
    switch (token) {
      case JsonToken::key:
        append_span(m_out, "key", text);
        m_out += ": ";
        break;
      case JsonToken::string:
        append_span(m_out, "text", text);
        break;
      case JsonToken::number:
      case JsonToken::truth:
      case JsonToken::null:
        append_span(m_out, "number", text);
        break;
      default:
        m_out += text;
    }
  }

  std::string& m_out;
  JsonReader m_reader;
  const std::size_t m_end;
  bool m_fresh = true;  // nothing stands in the innermost object or array yet
  bool m_after_key = false;
};

constexpr std::string_view reference_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

void append_references(std::string& out, std::string_view text, std::string_view which) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(which, at), text.size());
    out.append(text.substr(at, end - at));
    if (end < text.size()) out.append(reference_of(text[end]));
    at = end + 1;
  }
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  append_references(out, visible(text, true), "&<>\"'");
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

void append_quoted_markup(std::string& out, std::string_view text) {
  append_references(out, text, "&<>");
}

std::string markup_unquoted(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::string_view taken = text.substr(at, 1);
    for (const char c : {'&', '<', '>'})
      if (text.substr(at).starts_with(reference_of(c))) {
        out += c;
        taken = reference_of(c);
      }
    if (taken.size() == 1) out += taken;
    at += taken.size();
  }
  return out;
}

void append_json_html(std::string& out, std::string_view json) {
  if (!is_json(json)) {
    append_escaped(out, utf8_front(json, k_shown_bytes_max));
    if (json.size() > k_shown_bytes_max) out += "\n…";
    return;
  }
  if (!JsonLayout(out, json).run()) out += "\n…";
}

}  // namespace pk::share
