#include "cache/guard_text.h"

#include <algorithm>

#include "base/text.h"

namespace pk::cache {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr std::uint32_t k_stops[] = {'.', '!', '?', ':', ';', '\n', 0x2026, 0x3002, 0xff01, 0xff1f};
constexpr std::uint32_t k_signs[] = {'+',  '*',  '^',  '=',    '<',    '>',    '%',    '$',    0xa3,  0xa5,
                                     0xb1, 0xd7, 0xf7, 0x20ac, 0x20b9, 0x221a, 0x2260, 0x2264, 0x2265};

template <std::size_t N>
bool is_one_of(const std::uint32_t (&set)[N], std::uint32_t c) {
  return std::find(set, set + N, c) != set + N;
}

// "don’t" as "don't", and digits of all scripts as ours: then reading is easy.
std::string with_plain_signs(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t c = next_code_point(text, at);
    if (c == 0x2019 || c == 0x02bc)
      out += '\'';
    else if (c == 0x2212 || c == 0x2010 || c == 0x2011)
      out += '-';
    else if (const int digit = digit_of(c); digit >= 0)
      out += static_cast<char>('0' + digit);
    else
      append_utf8(out, c);
  }
  return out;
}

class Tokens {
 public:
  Tokens(std::string_view text, GuardText& out) : m_text(text), m_out(out) {}
  void read();

 private:
  char at(std::size_t i) const { return i < m_text.size() ? m_text[i] : ' '; }
  std::uint32_t peek() const {
    std::size_t i = m_at;
    return i < m_text.size() ? next_code_point(m_text, i) : 0;
  }
  void push(GuardToken token);
  void word();
  std::string letters();
  void number();
  bool iso_date();
  void sign();
  bool between_digits() const;
  void finish_word(GuardToken& token);

  std::string_view m_text;
  GuardText& m_out;
  std::size_t m_at = 0;
  bool m_begins = true;
};

void Tokens::push(GuardToken token) {
  token.begins = m_begins;
  m_begins = false;
  m_out.tokens.push_back(std::move(token));
}

void Tokens::read() {
  while (m_at < m_text.size()) {
    const std::uint32_t c = peek();
    if (c < 0x80 && is_digit(static_cast<char>(c))) {
      if (!iso_date()) number();
    } else if (is_letter(c)) {
      word();
    } else {
      sign();
    }
  }
}

void Tokens::sign() {
  const std::size_t begin = m_at;
  const std::uint32_t c = next_code_point(m_text, m_at);
  const bool minus =
      c == '-' && is_digit(at(m_at)) && (begin == 0 || at(begin - 1) == ' ' || at(begin - 1) == '(');
  if (is_one_of(k_signs, c) || minus || ((c == '/' || c == '-') && between_digits())) {
    GuardToken token;
    token.kind = GuardToken::sign;
    token.text = m_text.substr(begin, m_at - begin);
    push(std::move(token));
  }
  if (is_one_of(k_stops, c)) m_begins = true;
}

// 5-3, 10 / 2: signs of arithmetic only there.
bool Tokens::between_digits() const {
  std::size_t before = m_at - 1, after = m_at;
  while (before > 0 && m_text[before - 1] == ' ') --before;
  while (after < m_text.size() && m_text[after] == ' ') ++after;
  return before > 0 && is_digit(m_text[before - 1]) && is_digit(at(after));
}

bool Tokens::iso_date() {
  constexpr std::string_view form = "dddd-dd-dd";
  for (std::size_t i = 0; i < form.size(); ++i)
    if (form[i] == 'd' ? !is_digit(at(m_at + i)) : at(m_at + i) != '-') return false;
  if (is_digit(at(m_at + form.size()))) return false;
  GuardToken token;
  token.kind = GuardToken::date;
  token.text = m_text.substr(m_at, form.size());
  m_at += form.size();
  push(std::move(token));
  return true;
}

void Tokens::number() {
  const std::size_t begin = m_at;
  while (is_digit(at(m_at)) ||
         ((at(m_at) == '.' || at(m_at) == ',' || at(m_at) == ':') && is_digit(at(m_at + 1))))
    ++m_at;
  GuardToken token;
  token.kind = GuardToken::number;
  token.text = plain_number(m_text.substr(begin, m_at - begin));
  if (is_letter(peek())) token.attached = letters();
  push(std::move(token));
}

// Letters and what may stand among them, in their small forms.
std::string Tokens::letters() {
  std::string text;
  while (m_at < m_text.size()) {
    const std::uint32_t c = peek();
    if (!is_letter(c)) break;
    next_code_point(m_text, m_at);
    append_utf8(text, lower_of(c));
  }
  return text;
}

void Tokens::word() {
  GuardToken token;
  Script script = Script::other;
  while (m_at < m_text.size()) {
    const std::uint32_t c = peek();
    const bool apostrophe =
        c == '\'' && !token.text.empty() && m_at + 1 < m_text.size() && at(m_at + 1) != ' ';
    if (apostrophe) {
      std::size_t next = m_at + 1;
      if (!is_letter(next_code_point(m_text, next))) break;
    } else if (!is_letter(c)) {
      break;
    }
    next_code_point(m_text, m_at);
    append_utf8(token.text, lower_of(c));
    if (apostrophe) continue;
    script = script_of(c);
    ++m_out.letters[static_cast<std::size_t>(script)];
    if (is_upper(c)) token.capital = true;
    if (has_case(script) && !is_upper(c)) m_out.smalls = true;
  }
  if (!has_case(script)) m_out.caseless += token.text;
  finish_word(token);
  // Everybody writes "I".
  if (token.capital && token.text != "i" && !token.text.starts_with("i'")) m_out.capitals = true;
  push(std::move(token));
}

// C++ and C# are other names than C; France's is France.
void Tokens::finish_word(GuardToken& token) {
  if (at(m_at) == '+' && at(m_at + 1) == '+') {
    token.text += "++";
    m_at += 2;
  } else if (at(m_at) == '#') {
    token.text += '#';
    ++m_at;
  }
  token.known = guard_word(token.text);
  if (!token.known && token.text.size() > 2 && token.text.ends_with("'s")) {
    token.text.resize(token.text.size() - 2);
    token.known = guard_word(token.text);
  }
}

std::string without_zeros(std::string_view whole, std::string_view fraction) {
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  std::string out(whole.empty() ? "0" : whole);
  if (!fraction.empty()) out.append(".").append(fraction);
  return out;
}

// 1,000 and 12,345,678: groups of three after the first.
bool is_grouped(std::string_view digits, char separator) {
  const auto groups = split_list(digits, separator);
  if (groups.size() < 2 || groups[0].size() > 3 || groups[0] == "0") return false;
  return std::all_of(groups.begin() + 1, groups.end(),
                     [](std::string_view group) { return group.size() == 3; });
}

std::string without(std::string_view text, char sign) {
  std::string out(text);
  std::erase(out, sign);
  return out;
}

}  // namespace

std::string plain_number(std::string_view digits) {
  if (digits.find(':') != std::string_view::npos) return std::string(digits);
  const std::size_t dot = digits.rfind('.'), comma = digits.rfind(',');
  if (dot == std::string_view::npos && comma == std::string_view::npos) return without_zeros(digits, "");
  const auto split = [&](std::size_t point, char group) {
    return without_zeros(without(digits.substr(0, point), group), digits.substr(point + 1));
  };
  if (dot != std::string_view::npos && comma != std::string_view::npos)
    return dot > comma ? split(dot, ',') : split(comma, '.');
  if (comma != std::string_view::npos) {
    if (is_grouped(digits, ',')) return without_zeros(without(digits, ','), "");
    return digits.find(',') == comma ? split(comma, '.') : std::string(digits);
  }
  return digits.find('.') == dot ? split(dot, ',') : std::string(digits);
}

GuardText guard_text(std::string_view text) {
  GuardText out;
  const std::string rest = with_plain_signs(cut_literals(text, out.literals));
  Tokens(rest, out).read();
  return out;
}

}  // namespace pk::cache
