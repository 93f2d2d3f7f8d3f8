#include "cache/guard.h"

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "cache/guard_numbers.h"
#include "cache/guard_text.h"

namespace pk::cache {

namespace {

using WordSet = std::unordered_set<std::string_view>;

WordSet words_of(const GuardText& text) {
  WordSet words;
  for (const GuardToken& token : text.tokens)
    if (token.kind == GuardToken::word) words.insert(token.text);
  return words;
}

// What both sides of a comparison have at hand.
struct Side {
  explicit Side(std::string_view from) : text(guard_text(from)), words(words_of(text)) {}
  GuardText text;
  WordSet words;
};

// --- language

std::size_t main_script(const GuardText& text) {
  return static_cast<std::size_t>(std::max_element(text.letters.begin(), text.letters.end()) -
                                  text.letters.begin());
}

// The one whose everyday words are the most, two at least; 0 where that is not clear.
unsigned language_of(const GuardText& text) {
  std::array<int, 8> counts{};
  for (const GuardToken& token : text.tokens)
    for (unsigned bit = 0; token.known && bit < counts.size(); ++bit)
      counts[bit] += token.known->languages >> bit & 1;
  const auto most = std::max_element(counts.begin(), counts.end());
  const bool clear = *most >= 2 && std::count(counts.begin(), counts.end(), *most) == 1;
  return clear ? 1u << (most - counts.begin()) : 0;
}

bool same_language(const GuardText& a, const GuardText& b) {
  if (main_script(a) != main_script(b)) return false;
  const unsigned of_a = language_of(a), of_b = language_of(b);
  return of_a == 0 || of_b == 0 || of_a == of_b;
}

// --- negation

bool denies(const GuardToken& token) {
  return (token.known && token.known->denies) ||
         (token.kind == GuardToken::word && token.text.ends_with("n't"));
}

auto denials(const GuardText& text) {
  return std::count_if(text.tokens.begin(), text.tokens.end(), denies);
}

constexpr std::string_view k_denying_prefixes[] = {"un",  "in",  "im",  "il", "ir",
                                                   "dis", "non", "mis", "de", "anti"};
constexpr std::size_t k_stem_bytes_min = 3;

// unsafe where the other says safe; careless where it says careful.
bool denies_a_word_of(std::string_view word, const WordSet& other) {
  for (const std::string_view prefix : k_denying_prefixes)
    if (word.starts_with(prefix) && word.size() >= prefix.size() + k_stem_bytes_min &&
        other.contains(word.substr(prefix.size())))
      return true;
  constexpr std::string_view suffix = "less";
  if (!word.ends_with(suffix) || word.size() < suffix.size() + k_stem_bytes_min) return false;
  const std::string stem(word.substr(0, word.size() - suffix.size()));
  return other.contains(stem) || other.contains(stem + "ful");
}

bool denies_by_form(const Side& a, const Side& b) {
  return std::any_of(a.words.begin(), a.words.end(), [&](std::string_view word) {
    return !b.words.contains(word) && denies_a_word_of(word, b.words);
  });
}

bool same_negation(const Side& a, const Side& b) {
  return denials(a.text) == denials(b.text) && !denies_by_form(a, b) && !denies_by_form(b, a);
}

// --- comparison

struct Poles {
  std::array<std::uint8_t, k_guard_axes> named{};  // a bit for each pole
  std::array<bool, k_guard_axes> strict{};
};

Poles poles_of(const GuardText& text) {
  Poles poles;
  for (const GuardToken& token : text.tokens) {
    if (!token.known || token.known->axis == 0) continue;
    poles.named[token.known->axis] |= static_cast<std::uint8_t>(1u << token.known->pole);
    poles.strict[token.known->axis] = token.known->strict;
  }
  return poles;
}

bool same_comparison(const GuardText& a, const GuardText& b) {
  const Poles of_a = poles_of(a), of_b = poles_of(b);
  for (std::size_t axis = 0; axis < k_guard_axes; ++axis) {
    if (of_a.named[axis] == of_b.named[axis]) continue;
    const bool both = of_a.named[axis] != 0 && of_b.named[axis] != 0;
    if (both || of_a.strict[axis] || of_b.strict[axis]) return false;
  }
  return true;
}

// --- order

bool is_content(const GuardToken& token) {
  return token.kind == GuardToken::word && !(token.known && (token.known->function || token.known->leads));
}

using Led = std::unordered_map<std::string_view, std::string_view>;

// What follows from, to, than …, the first time.
Led led_words(const GuardText& text) {
  Led led;
  std::string_view leader;
  for (const GuardToken& token : text.tokens) {
    if (token.known && token.known->leads && token.kind == GuardToken::word)
      leader = token.text;
    else if (!leader.empty() && is_content(token))
      led.try_emplace(std::exchange(leader, {}), token.text);
  }
  return led;
}

// Each has, elsewhere, what the other has there.
bool led_are_swapped(const Side& a, const Side& b) {
  const Led of_b = led_words(b.text);
  for (const auto& [leader, word] : led_words(a.text)) {
    const auto other = of_b.find(leader);
    if (other != of_b.end() && other->second != word && a.words.contains(other->second) &&
        b.words.contains(word))
      return true;
  }
  return false;
}

// The content words that both have, each where it first stands.
std::vector<std::string_view> shared_words(const GuardText& text, const WordSet& other) {
  std::vector<std::string_view> shared;
  WordSet seen;
  for (const GuardToken& token : text.tokens)
    if (is_content(token) && other.contains(token.text) && seen.insert(token.text).second)
      shared.push_back(token.text);
  return shared;
}

// Two words stand in each other's place, with another between them: "dogs chase cats", "cats chase dogs".
// Side by side they may be swapped freely: "cats or dogs", "a Python list" and "a list in Python".
bool roles_are_swapped(const Side& a, const Side& b) {
  const auto of_a = shared_words(a.text, b.words), of_b = shared_words(b.text, a.words);
  if (of_a.size() != of_b.size()) return false;
  std::vector<std::size_t> differ;
  for (std::size_t i = 0; i < of_a.size(); ++i)
    if (of_a[i] != of_b[i]) differ.push_back(i);
  return differ.size() == 2 && differ[1] - differ[0] >= 2 && of_a[differ[0]] == of_b[differ[1]] &&
         of_a[differ[1]] == of_b[differ[0]];
}

// --- names

bool is_pronoun(std::string_view word) {
  return word == "i" || word.starts_with("i'");
}

enum class Naming { none, perhaps, surely };

// A capital in a sentence names something; at its start perhaps, unless the word is an everyday one there. A
// text in capitals alone says nothing by them.
Naming naming(const GuardText& text, std::size_t i) {
  const GuardToken& token = text.tokens[i];
  if (token.kind != GuardToken::word || !token.capital || !text.smalls) return Naming::none;
  if (is_pronoun(token.text) || is_date(text.tokens, i)) return Naming::none;
  if (!token.begins) return Naming::surely;
  return token.known ? Naming::none : Naming::perhaps;
}

void collect_names(const GuardText& text, WordSet& names) {
  for (std::size_t i = 0; i < text.tokens.size(); ++i)
    if (naming(text, i) == Naming::surely) names.insert(text.tokens[i].text);
}

// Every naming word where it stands, capital or not; one that is repeated at once counts once.
std::vector<std::string_view> named(const GuardText& text, const WordSet& names) {
  std::vector<std::string_view> found;
  for (const GuardToken& token : text.tokens)
    if (token.kind == GuardToken::word && names.contains(token.text) &&
        (found.empty() || found.back() != token.text))
      found.push_back(token.text);
  return found;
}

// What begins a sentence and may be a name must be somewhere in the other.
bool has_beginnings_of(const Side& other, const GuardText& text) {
  for (std::size_t i = 0; i < text.tokens.size(); ++i)
    if (naming(text, i) == Naming::perhaps && !other.words.contains(text.tokens[i].text)) return false;
  return true;
}

// reversing, reverses, reversed, reverse: enough to hold two words to be the same.
std::string_view stem_of(std::string_view word) {
  for (const std::string_view end : {"ing", "ed", "es", "s", "e"})
    if (word.size() > end.size() + k_stem_bytes_min && word.ends_with(end)) {
      word.remove_suffix(end.size());
      break;
    }
  const bool doubled = word.size() > k_stem_bytes_min && word[word.size() - 1] == word[word.size() - 2];
  return doubled ? word.substr(0, word.size() - 1) : word;
}

// Whether it says something that the other does not.
bool adds_words(const GuardText& text, const WordSet& other_stems) {
  return std::any_of(text.tokens.begin(), text.tokens.end(), [&](const GuardToken& token) {
    // Amounts are compared as such.
    const bool amount = token.known && (token.known->value >= 0 || !token.known->unit.empty());
    return is_content(token) && !amount && !other_stems.contains(stem_of(token.text));
  });
}

WordSet stems_of(const GuardText& text) {
  WordSet stems;
  for (const GuardToken& token : text.tokens)
    if (token.kind == GuardToken::word) stems.insert(stem_of(token.text));
  return stems;
}

// Who writes without capitals, or in nothing else, hides the names: then one text may say more than the
// other, but not each of them something else.
bool hides_names(const GuardText& text) {
  return text.capitals != text.smalls;
}

bool same_names(const Side& a, const Side& b) {
  if (a.text.caseless != b.text.caseless) return false;
  WordSet names;
  collect_names(a.text, names);
  collect_names(b.text, names);
  if (named(a.text, names) != named(b.text, names)) return false;
  if (!has_beginnings_of(b, a.text) || !has_beginnings_of(a, b.text)) return false;
  const bool hidden = hides_names(a.text) || hides_names(b.text);
  return !hidden || !adds_words(a.text, stems_of(b.text)) || !adds_words(b.text, stems_of(a.text));
}

}  // namespace

std::string_view guard(std::string_view asked, std::string_view stored) {
  if (asked == stored) return "";
  if (asked.size() > k_guard_bytes_max || stored.size() > k_guard_bytes_max) return "length";
  const Side a(asked), b(stored);
  if (!same_language(a.text, b.text)) return "language";
  if (a.text.literals != b.text.literals) return "quotes";
  if (dates_of(a.text) != dates_of(b.text)) return "dates";
  if (amounts_of(a.text) != amounts_of(b.text)) return "numbers";
  if (!same_negation(a, b)) return "negation";
  if (!same_comparison(a.text, b.text)) return "comparison";
  if (led_are_swapped(a, b) || roles_are_swapped(a, b)) return "order";
  if (!same_names(a, b)) return "names";
  return "";
}

}  // namespace pk::cache
