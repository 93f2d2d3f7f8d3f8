#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/time_text.h"
#include "query/filter_words.h"

namespace pk::query {

namespace {

// Reads one term after the other off the text.
class TextReader {
 public:
  TextReader(std::string_view text, std::int64_t now_ms) : m_text(text), m_now_ms(now_ms) {}

  Result<Filter> read() {
    Filter filter;
    while (skip_space()) PK_TRY(read_term(filter));
    return filter;
  }

 private:
  static constexpr std::string_view k_space = " \t\r\n";

  bool skip_space() {
    m_text.remove_prefix(std::min(m_text.find_first_not_of(k_space), m_text.size()));
    return !m_text.empty();
  }

  Result<void> read_term(Filter& filter) {
    constexpr Name search{"search", Field::search};
    if (m_text[0] == '"') {
      PK_ASSIGN(const std::string quoted, take_quoted());
      return add_terms(filter, search, Op::is, {quoted}, m_now_ms);
    }
    const std::string_view word = m_text.substr(0, m_text.find_first_of(k_space));
    const auto name_end = word.find_first_of(":=<>");
    if (name_end == 0 || !looks_like_name(word.substr(0, name_end)) || name_end == std::string_view::npos) {
      m_text.remove_prefix(word.size());
      return add_terms(filter, search, Op::is, {word}, m_now_ms);
    }
    const Name* name = find_name(word.substr(0, name_end));
    if (!name) return unknown_name(word.substr(0, name_end));
    m_text.remove_prefix(name_end);
    const Op op = take_op();
    if (op != Op::is && (!is_number(name->field) || name->op != Op::is))
      return Error{Errc::invalid, fmt::format("{0} is compared with ':' only, {0}:value", name->name)};
    return read_term_value(filter, *name, op == Op::is ? name->op : op);
  }

  Result<void> read_term_value(Filter& filter, const Name& name, Op op) {
    if (m_text.starts_with('"')) {
      PK_ASSIGN(const std::string quoted, take_quoted());
      return add_terms(filter, name, op, {quoted}, m_now_ms);
    }
    const std::string_view value = m_text.substr(0, m_text.find_first_of(k_space));
    m_text.remove_prefix(value.size());
    if (value.empty()) return Error{Errc::invalid, fmt::format("{} wants a value", name.name)};
    return add_terms(filter, name, op, values_of(name, value), m_now_ms);
  }

  static bool looks_like_name(std::string_view text) {
    const auto good = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    };
    return !text.empty() && std::ranges::all_of(text, good);
  }

  Op take_op() {
    const char first = m_text[0];
    const bool or_equal = (first == '<' || first == '>') && m_text.size() > 1 && m_text[1] == '=';
    m_text.remove_prefix(or_equal ? 2 : 1);
    if (first == '>') return or_equal ? Op::at_least : Op::more;
    if (first == '<') return or_equal ? Op::at_most : Op::less;
    return Op::is;
  }

  // At the opening quote.
  Result<std::string> take_quoted() {
    std::string out;
    for (std::size_t i = 1; i < m_text.size(); ++i) {
      if (m_text[i] == '"') {
        m_text.remove_prefix(i + 1);
        return out;
      }
      if (m_text[i] == '\\' && i + 1 < m_text.size() && (m_text[i + 1] == '"' || m_text[i + 1] == '\\')) ++i;
      out += m_text[i];
    }
    return Error{Errc::invalid, "a quote is not closed"};
  }

  std::string_view m_text;
  std::int64_t m_now_ms;
};

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string value_text(const Term& term) {
  if (term.field == Field::since || term.field == Field::until)
    return rfc3339(static_cast<std::int64_t>(term.low));
  if (is_switch(term.field)) return term.low != 0 ? "true" : "false";
  if (is_number(term.field)) return fmt::format("{}", term.low);
  const std::string_view plain_not = takes_list(term.field) ? " \t\r\n\"," : " \t\r\n\"";
  return term.text.find_first_of(plain_not) == std::string::npos ? term.text : in_quotes(term.text);
}

std::string_view op_text(Op op) {
  switch (op) {
    case Op::is:
      return ":";
    case Op::at_least:
      return ">=";
    case Op::at_most:
      return "<=";
    case Op::more:
      return ">";
    case Op::less:
      return "<";
  }
  return ":";
}

}  // namespace

Result<Filter> parse_text(std::string_view text, std::int64_t now_ms) {
  return TextReader(text, now_ms).read();
}

std::string to_text(const Filter& filter) {
  std::string out;
  for (const Term& term : filter.terms) {
    if (!out.empty()) out += ' ';
    if (term.field == Field::search)
      out += in_quotes(term.text);
    else
      fmt::format_to(std::back_inserter(out), "{}{}{}", name_of(term.field), op_text(term.op),
                     value_text(term));
  }
  return out;
}

}  // namespace pk::query
