#include "cache/guard_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pk::cache {

namespace {

constexpr std::string_view k_currencies = "$€£¥₹";

// "2.5" and 3 zeros: "2500".
std::string shifted(std::string digits, std::size_t zeros) {
  std::size_t point = digits.find('.');
  if (point == std::string::npos) return digits == "0" ? digits : digits.append(zeros, '0');
  digits.erase(point, 1);
  if (digits.size() < point + zeros) digits.append(point + zeros - digits.size(), '0');
  if (digits.size() > point + zeros) digits.insert(point + zeros, ".");
  return plain_number(digits);
}

class Amounts {
 public:
  explicit Amounts(const std::vector<GuardToken>& tokens) : m_tokens(tokens) {}

  std::vector<std::string> read() {
    while (m_at < m_tokens.size()) {
      const GuardToken& token = m_tokens[m_at];
      if (token.kind == GuardToken::number)
        digits();
      else if (token.kind == GuardToken::sign)
        sign();
      else if (is_number_word(m_at))
        words();
      else if (token.text == "second" && token.kind == GuardToken::word)
        ++m_at, m_found.push_back("2 th");
      else
        ++m_at;
    }
    return std::move(m_found);
  }

 private:
  const GuardWord* known(std::size_t i) const {
    const bool word = i < m_tokens.size() && m_tokens[i].kind == GuardToken::word;
    return word ? m_tokens[i].known : nullptr;
  }
  bool is_number_word(std::size_t i) const { return known(i) && known(i)->value >= 0; }
  bool is_scale(std::size_t i) const { return is_number_word(i) && known(i)->scale; }

  void digits() {
    const GuardToken& token = m_tokens[m_at++];
    std::string value = token.text, unit = token.attached;
    if (unit == "st" || unit == "nd" || unit == "rd") unit = "th";
    if (unit == "k") {
      unit.clear();
      value = shifted(value, 3);
    }
    for (; unit.empty() && is_scale(m_at) && known(m_at)->value != 12; ++m_at)
      value = shifted(value, fmt::formatted_size("{}", known(m_at)->value) - 1);
    if (const GuardWord* word = guard_word(unit); word && !word->unit.empty()) unit = word->unit;
    push(std::move(value), std::move(unit));
  }

  // Two hundred and fifty, twenty-five thousand; a third ends it.
  void words() {
    constexpr int k_words_max = 12;
    std::int64_t total = 0, current = 0;
    bool ordinal = false, other = false;
    int count = 0;
    for (; count < k_words_max && is_number_word(m_at) && !ordinal; ++m_at, ++count) {
      const GuardWord& word = *known(m_at);
      if (!word.scale && current % 100 != 0 && (current % 100 < 20 || current % 10 != 0 || word.value > 9))
        break;
      other |= word.value != 1;
      ordinal = word.ordinal;
      if (!word.scale) {
        current += word.value;
      } else if (word.value < 1000) {
        current = std::max<std::int64_t>(current, 1) * word.value;
      } else if (total < 1'000'000'000) {
        total += std::max<std::int64_t>(current, 1) * word.value;
        current = 0;
      }
      const bool joined = word.scale && m_at + 1 < m_tokens.size() && m_tokens[m_at + 1].text == "and";
      if (joined && is_number_word(m_at + 2)) ++m_at;
    }
    // "which one", "one of them": no amount, unless it has a unit.
    const bool pronoun = !other && !ordinal && !(known(m_at) && !known(m_at)->unit.empty());
    if (!pronoun) push(fmt::format("{}", total + current), ordinal ? "th" : "");
  }

  void sign() {
    const std::string& text = m_tokens[m_at++].text;
    const bool currency = k_currencies.find(text) != std::string_view::npos;
    if (currency && m_at < m_tokens.size() && m_tokens[m_at].kind == GuardToken::number)
      m_currency = text;
    else
      m_found.push_back(text);
  }

  // The unit: attached, the currency before it, or what comes next.
  void push(std::string value, std::string unit) {
    if (!m_currency.empty()) unit = std::exchange(m_currency, {});
    if (unit.empty() && m_at < m_tokens.size()) {
      const GuardToken& next = m_tokens[m_at];
      if (next.kind == GuardToken::sign &&
          (next.text == "%" || k_currencies.find(next.text) != std::string_view::npos))
        unit = next.text;
      else if (known(m_at) && !known(m_at)->unit.empty())
        unit = known(m_at)->unit;
      if (!unit.empty()) ++m_at;
    }
    m_found.push_back(value + " " + unit);
  }

  const std::vector<GuardToken>& m_tokens;
  std::size_t m_at = 0;
  std::string m_currency;
  std::vector<std::string> m_found;
};

}  // namespace

std::vector<std::string> amounts_of(const GuardText& text) {
  return Amounts(text.tokens).read();
}

bool is_date(const std::vector<GuardToken>& tokens, std::size_t i) {
  const GuardToken& token = tokens[i];
  if (token.kind == GuardToken::date) return true;
  if (token.kind != GuardToken::word || !token.known || token.known->date.empty()) return false;
  if (!token.known->date_if_capital || (token.capital && !token.begins)) return true;
  const auto number = [&](std::size_t at) {
    return at < tokens.size() && tokens[at].kind == GuardToken::number;
  };
  return number(i + 1) || (i > 0 && number(i - 1));
}

std::vector<std::string> dates_of(const GuardText& text) {
  std::vector<std::string> dates;
  for (std::size_t i = 0; i < text.tokens.size(); ++i)
    if (is_date(text.tokens, i))
      dates.emplace_back(text.tokens[i].kind == GuardToken::date ? text.tokens[i].text
                                                                 : text.tokens[i].known->date);
  return dates;
}

}  // namespace pk::cache
