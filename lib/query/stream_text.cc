#include "query/stream_text.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/text.h"

namespace pk::query {

namespace {

constexpr std::size_t k_front_max = 63;  // of a longer text its front is looked for; a bit for each length

// What a message has that is in no event: see log/joined.cc.
constexpr std::string_view k_own_words[] = {"message",   "chat.completion", "content",   "error", "text",
                                            "thinking",  "signature",       "citations", "usage", "input",
                                            "arguments", "refusal",         "summary",   "output"};

bool may_be_own(std::string_view text) {
  return std::ranges::any_of(
      k_own_words, [&](std::string_view word) { return word.find(text) != std::string_view::npos; });
}

// Brackets, commas, numbers and literals.
bool may_be_between_strings(std::string_view text) {
  return text.find_first_not_of("{}[]:, 0123456789.+-eaflnrstu") == std::string_view::npos;
}

bool is_strange(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == '\xef';  // U+FFFD among them
  });
}

// Which of its beginnings the text has had at the ends of pieces so far. A piece may go on with any earlier
// one: which belong together is not looked at, so that nothing is missed.
class Beginnings {
 public:
  explicit Beginnings(std::string_view text) : m_text(text) {}

  // True: the piece completes it.
  bool take(std::string_view piece) {
    std::uint64_t more = 0;
    for (std::uint64_t left = m_lengths; left != 0; left &= left - 1) {
      const auto length = static_cast<std::size_t>(std::countr_zero(left));
      const std::string_view rest = m_text.substr(length);
      if (piece.size() >= rest.size() && piece.starts_with(rest)) return true;
      if (piece.size() < rest.size() && rest.starts_with(piece)) more |= bit(length + piece.size());
    }
    const std::size_t longest = std::min(piece.size(), m_text.size() - 1);
    for (std::size_t length = 1; length <= longest; ++length)
      if (piece.ends_with(m_text.substr(0, length))) more |= bit(length);
    m_lengths |= more;
    return false;
  }

 private:
  static std::uint64_t bit(std::size_t length) { return std::uint64_t{1} << length; }

  std::string_view m_text;
  std::uint64_t m_lengths = 0;
};

}  // namespace

bool might_join(const Literal& text, std::string_view events) {
  const std::string_view whole = text.text();
  if (whole.size() < 2) return whole.empty() || may_be_own(whole) || may_be_between_strings(whole);
  if (is_strange(whole) || may_be_own(whole) || may_be_between_strings(whole)) return true;
  const std::string_view front = whole.substr(0, k_front_max);
  // A joined string is searched with its escapes undone, and as it stands: with those that it then has.
  Beginnings plain(front), escaped(front);
  std::string piece, written;
  return any_string(events, [&](std::string_view token, std::size_t end) {
    if (end < events.size() && events[end] == ':') return false;  // names are not joined
    piece.clear();
    append_json_unquoted(piece, token);
    // A tool's input is JSON in pieces: an escape in it is undone too.
    if (piece.find("\\u") != std::string::npos) return true;
    piece = ascii_lower(piece);
    if (plain.take(piece)) return true;
    if (token.find('\\') == std::string_view::npos) return escaped.take(piece);
    written.clear();
    append_json_string(written, piece);
    const std::string_view inside = std::string_view(written).substr(1, written.size() - 2);
    return text.is_in(inside) || escaped.take(inside);
  });
}

}  // namespace pk::query
