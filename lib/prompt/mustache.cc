#include "prompt/mustache.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace pk::prompt {

namespace {

using Kind = Piece::Kind;

constexpr std::size_t k_quoted_bytes_max = 80;

// Lives while one text is read.
class Scan {
 public:
  explicit Scan(std::string_view text) : m_text(text) { m_result.source.reserve(text.size()); }

  Result<Mustache> run() {
    while (m_at < m_text.size()) {
      const std::size_t tag = std::min(m_text.find("{{", m_at), m_text.size());
      take_text(tag);
      if (m_at < m_text.size()) PK_TRY(take_tag());
    }
    if (!m_open.empty())
      return fault(m_open.back().at,
                   fmt::format("section {} is not closed", quoted(m_open.back().piece.name)));
    return std::move(m_result);
  }

 private:
  struct Open {
    Piece piece;
    std::size_t at;
  };

  Error fault(std::size_t at, const std::string& what) const {
    return {Errc::invalid, fmt::format("{} (at byte {})", what, at)};
  }

  void add(Piece piece) {
    (m_open.empty() ? m_result.pieces : m_open.back().piece.children).push_back(std::move(piece));
  }

  void take_text(std::size_t end) {
    if (end == m_at) return;
    Piece piece;
    piece.bytes = end - m_at;
    add(std::move(piece));
    m_result.source.append(m_text, m_at, end - m_at);
    m_at = end;
  }

  // The tag that begins where the scan is. {{{v}}} ends with as many brackets.
  Result<void> take_tag() {
    const std::size_t at = m_at;
    const bool triple = m_text.substr(at).starts_with("{{{");
    const std::string_view end = triple ? "}}}" : "}}";
    const std::size_t begin = at + (triple ? 3 : 2);
    const std::size_t close = m_text.find(end, begin);
    if (close == std::string_view::npos) return fault(at, "a tag is not closed");
    if (++m_tags > k_tags_max)
      return Error{Errc::limit, fmt::format("a text may have {} tags at most", k_tags_max)};
    const std::string_view inside = trim(m_text.substr(begin, close - begin));
    m_at = close + end.size();
    if (triple) return variable(at, inside);
    const char kind = inside.empty() ? '\0' : inside.front();
    const std::string_view rest = inside.empty() ? inside : trim(inside.substr(1));
    switch (kind) {
      case '!':
        return comment();
      case '#':
        return open(at, Kind::section, rest);
      case '^':
        return open(at, Kind::inverted, rest);
      case '/':
        return close_section(at, rest);
      case '>':
        return partial(at, rest);
      case '&':
        return variable(at, rest);
      case '=':
        return fault(at, "other delimiters than {{ and }} are not offered");
      default:
        return variable(at, inside);
    }
  }

  Result<void> check(std::size_t at, std::string_view name) const {
    if (name.empty()) return fault(at, "a tag has no name");
    if (name.size() > k_tag_name_bytes_max)
      return fault(at, fmt::format("a name is longer than {} bytes", k_tag_name_bytes_max));
    const auto is_odd = [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '{' || c == '}';
    };
    if (std::any_of(name.begin(), name.end(), is_odd))
      return fault(at, fmt::format("{} cannot be a name", quoted(name)));
    return {};
  }

  Result<void> variable(std::size_t at, std::string_view name) {
    PK_TRY(check(at, name));
    Piece piece;
    piece.kind = Kind::variable;
    piece.name = name;
    add(std::move(piece));
    m_result.source.append("{{&").append(1, k_variable_mark).append(name).append("}}");
    return {};
  }

  Result<void> open(std::size_t at, Kind kind, std::string_view name) {
    PK_TRY(check(at, name));
    if (m_open.size() == k_sections_deep_max)
      return Error{Errc::limit, fmt::format("sections may stand in one another {} deep at most (at byte {})",
                                            k_sections_deep_max, at)};
    Piece piece;
    piece.kind = kind;
    piece.name = name;
    m_open.push_back({std::move(piece), at});
    m_result.source.append(kind == Kind::section ? "{{#" : "{{^").append(name).append("}}");
    return {};
  }

  Result<void> close_section(std::size_t at, std::string_view name) {
    if (m_open.empty()) return fault(at, fmt::format("{} ends a section that was not begun", quoted(name)));
    if (m_open.back().piece.name != name)
      return fault(
          at, fmt::format("{} ends here, and {} is open", quoted(name), quoted(m_open.back().piece.name)));
    Piece piece = std::move(m_open.back().piece);
    m_open.pop_back();
    add(std::move(piece));
    m_result.source.append("{{/").append(name).append("}}");
    return {};
  }

  Result<void> partial(std::size_t at, std::string_view name) {
    Piece piece;
    piece.kind = name.starts_with('>') ? Kind::named_partial : Kind::partial;
    piece.name = piece.kind == Kind::named_partial ? trim(name.substr(1)) : name;
    PK_TRY(check(at, piece.name));
    m_result.source.append(piece.kind == Kind::named_partial ? "{{>>" : "{{>")
        .append(piece.name)
        .append("}}");
    add(std::move(piece));
    return {};
  }

  // Nothing is left of a comment, nor of its line where it has one of its own.
  Result<void> comment() {
    std::string& source = m_result.source;
    const std::size_t before = source.find_last_not_of(" \t");
    const bool begins_line = before == std::string::npos || source[before] == '\n';
    const std::size_t after = std::min(m_text.find_first_not_of(" \t\r", m_at), m_text.size());
    const bool ends_line = after == m_text.size() || m_text[after] == '\n';
    if (!begins_line || !ends_line) return {};
    source.resize(before == std::string::npos ? 0 : before + 1);
    m_at = std::min(after + 1, m_text.size());
    return {};
  }

  std::string_view m_text;
  std::size_t m_at = 0;
  std::size_t m_tags = 0;
  std::vector<Open> m_open;
  Mustache m_result;
};

void collect(const std::vector<Piece>& pieces, std::vector<std::string>& names) {
  for (const Piece& piece : pieces) {
    if (piece.kind == Kind::partial) names.push_back(piece.name);
    collect(piece.children, names);
  }
}

}  // namespace

Result<Mustache> read_mustache(std::string_view text) {
  return Scan(text).run();
}

std::vector<std::string> partials_named(const Mustache& mustache) {
  std::vector<std::string> names;
  collect(mustache.pieces, names);
  return names;
}

std::string quoted(std::string_view name) {
  const std::string_view front = utf8_front(name, k_quoted_bytes_max);
  return "'" + visible(front, false) + (front.size() < name.size() ? "…'" : "'");
}

}  // namespace pk::prompt
