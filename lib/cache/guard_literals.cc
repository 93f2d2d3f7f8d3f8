// What a text quotes: strings, code, addresses, paths.
#include <algorithm>
#include <optional>

#include "base/char_set.h"
#include "cache/guard_text.h"

namespace pk::cache {

namespace {

constexpr CharSet k_space(" \t\r\n");
constexpr CharSet k_alnum = CharSet::alphanumeric_and("");
constexpr std::string_view k_around = ".,;:!?()[]{}<>\"'";

struct Quotes {
  std::string_view open, close;
};
// Longer ones first.
constexpr Quotes k_quotes[] = {{"```", "```"}, {"`", "`"},   {"\"", "\""}, {"“", "”"},
                               {"„", "“"},     {"„", "”"},   {"«", "»"},   {"»", "«"},
                               {"「", "」"},   {"『", "』"}, {"‘", "’"},   {"'", "'"}};

bool is_apostrophe(const Quotes& quotes) {
  return quotes.close == "'" || quotes.close == "’";
}

char at(std::string_view text, std::size_t i) {
  return i < text.size() ? text[i] : ' ';
}

// An apostrophe is no quote: "don't", "the users' names".
bool opens(std::string_view text, std::size_t begin, const Quotes& quotes) {
  if (!text.substr(begin).starts_with(quotes.open)) return false;
  if (quotes.open != "'") return true;
  const bool apart = begin == 0 || !k_alnum.has(text[begin - 1]);
  return apart && !k_space.has(at(text, begin + 1));
}

std::size_t closing(std::string_view text, std::size_t from, const Quotes& quotes) {
  for (std::size_t end = text.find(quotes.close, from); end != std::string_view::npos;
       end = text.find(quotes.close, end + 1)) {
    const std::size_t behind = end + quotes.close.size();
    if (!is_apostrophe(quotes)) return end;
    if (end > from && !k_space.has(text[end - 1]) && !k_alnum.has(at(text, behind))) return end;
  }
  return std::string_view::npos;
}

std::string one_space(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!k_space.has(c))
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

bool has_between(std::string_view chunk, char sign, std::size_t beside) {
  for (std::size_t i = chunk.find(sign); i != std::string_view::npos; i = chunk.find(sign, i + 1)) {
    if (i < beside || i + beside >= chunk.size()) continue;
    const auto letters = [](std::string_view part) {
      return std::all_of(part.begin(), part.end(),
                         [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
    };
    if (letters(chunk.substr(i - beside, beside)) && letters(chunk.substr(i + 1, beside))) return true;
  }
  return false;
}

// A word that is meant to the byte: an address, a path, a name of a program.
bool is_literal(std::string_view chunk) {
  const auto has = [&](std::string_view part) { return chunk.find(part) != std::string_view::npos; };
  if (has("://") || has("::") || has("()") || has("\\") || has_between(chunk, '_', 1) ||
      has_between(chunk, '.', 2))
    return true;
  if (has("@") && chunk.size() > 2 && chunk.find('.', chunk.find('@')) != std::string_view::npos) return true;
  const bool path =
      chunk.starts_with("/") || chunk.starts_with("~/") || chunk.starts_with("./") || chunk.starts_with("--");
  return path && chunk.size() > 2 && k_alnum.has(chunk[2]);
}

std::string_view stripped(std::string_view chunk) {
  while (!chunk.empty() && k_around.find(chunk.back()) != std::string_view::npos) chunk.remove_suffix(1);
  while (!chunk.empty() && k_around.find(chunk.front()) != std::string_view::npos && !chunk.starts_with("./"))
    chunk.remove_prefix(1);
  return chunk;
}

// Where `text` is quoted from `begin` on: how long it is with its quotes.
class Quoted {
 public:
  explicit Quoted(std::string_view text) : m_text(text) {}
  std::optional<std::size_t> at(std::size_t begin, std::vector<std::string>& literals) {
    for (std::size_t i = 0; i < std::size(k_quotes); ++i) {
      const Quotes& quotes = k_quotes[i];
      if (m_unclosed[i] || !opens(m_text, begin, quotes)) continue;
      const std::size_t from = begin + quotes.open.size();
      const std::size_t end = closing(m_text, from, quotes);
      // Looked for once: the time stays linear.
      m_unclosed[i] = end == std::string_view::npos;
      if (m_unclosed[i]) continue;
      literals.push_back(one_space(m_text.substr(from, end - from)));
      return end + quotes.close.size() - begin;
    }
    return {};
  }

 private:
  std::string_view m_text;
  bool m_unclosed[std::size(k_quotes)] = {};
};

}  // namespace

std::string cut_literals(std::string_view text, std::vector<std::string>& literals) {
  std::string rest;
  rest.reserve(text.size());
  Quoted quoted(text);
  bool starts = true;  // a chunk
  for (std::size_t i = 0; i < text.size();) {
    if (const auto size = quoted.at(i, literals)) {
      i += *size;
      rest += ' ';
      starts = true;
      continue;
    }
    if (starts && !k_space.has(text[i])) {
      const std::string_view chunk = text.substr(i, k_space.find_in(text, i) - i);
      if (const std::string_view bare = stripped(chunk); is_literal(chunk)) {
        literals.emplace_back(bare);
        const std::size_t end =
            bare.empty() ? chunk.size() : static_cast<std::size_t>(bare.data() - chunk.data()) + bare.size();
        rest += ' ';
        i += end;
        starts = false;
        continue;
      }
    }
    starts = k_space.has(text[i]);
    rest += text[i++];
  }
  return rest;
}

}  // namespace pk::cache
