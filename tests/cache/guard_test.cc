#include "cache/guard.h"

#include <set>

#include "base/rng.h"
#include "cache/semantic_pairs.h"
#include "support/catch.h"

using pk::cache::guard;
using pk::test::semantic_pairs;
using pk::test::SemanticPair;

namespace {

std::vector<SemanticPair> corpus() {
  auto pairs = semantic_pairs(PK_SOURCE_DIR "/tests/cache/semantic_pairs.tsv");
  REQUIRE(pairs.size() >= 80);
  return pairs;
}

struct Case {
  std::string_view a, b, verdict;
};

}  // namespace

TEST_CASE("A guard names what disagrees") {
  const Case cases[] = {
      {"Is 5 km far?", "Is 50 km far?", "numbers"},
      {"Is it in May 2024?", "Is it in June 2024?", "dates"},
      {"say \"yes\"", "say \"no\"", "quotes"},
      {"Is it safe?", "Is it not safe?", "negation"},
      {"Is there more?", "Is there less?", "comparison"},
      {"Where is Rome?", "Where is Oslo?", "names"},
      {"from Rome to Oslo", "from Oslo to Rome", "order"},
      {"does rain cause wind", "does wind cause rain", "order"},
      {"Where is the house?", "Wo ist das Haus?", "language"},
      {"Is it so?", "Is it?", ""},
  };
  for (const auto& [a, b, verdict] : cases) {
    INFO(a << " | " << b);
    CHECK(guard(a, b) == verdict);
  }
}

TEST_CASE("A guard refuses every pair of the corpus that differs in what it looks at") {
  for (const SemanticPair& pair : corpus()) {
    INFO(pair.kind << ": " << pair.a << " | " << pair.b);
    if (!pair.match && pair.kind != "topic") CHECK(guard(pair.a, pair.b) != "");
  }
}

TEST_CASE("A guard lets every paraphrase of the corpus pass that shares its words") {
  for (const SemanticPair& pair : corpus()) {
    INFO(pair.kind << ": " << pair.a << " | " << pair.b);
    if (pair.match && pair.kind != "reworded") CHECK(guard(pair.a, pair.b) == "");
  }
}

TEST_CASE("A guard is symmetric, and has nothing against a text itself") {
  std::vector<std::string> texts;
  for (const SemanticPair& pair : corpus()) {
    texts.push_back(pair.a);
    texts.push_back(pair.b);
  }
  for (const std::string& a : texts) {
    CHECK(guard(a, a) == "");
    CHECK(guard(a + " ", a) == "");
    for (const std::string& b : texts)
      if (guard(a, b) != guard(b, a)) FAIL_CHECK(a << " | " << b);
  }
}

TEST_CASE("A guard is symmetric on texts of random words, signs and broken bytes") {
  const std::string_view parts[] = {"not ", "Paris ",     "paris ", "5",        "5 km ", "\"",    "`",
                                    "'",    "un",         "safe ",  "unsafe ",  "from ", "to ",   ". ",
                                    "May ", "2024-01-02", "one ",   "hundred ", "and ",  "\xff",  "\xe4\xb8",
                                    "中",   "é",          "É",      "-",        "$",     "more ", "less ",
                                    "I ",   "C++ ",       "a.b ",   "the ",     "der ",  "\n"};
  pk::Rng rng(7);
  const auto text = [&] {
    std::string out;
    for (std::uint64_t n = rng.next() % 12; n > 0; --n) out += parts[rng.next() % std::size(parts)];
    return out;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = text(), b = text();
    if (guard(a, b) != guard(b, a) || guard(a, a) != "" || guard(a + " ", a) != "")
      FAIL_CHECK(a << " | " << b);
  }
}

TEST_CASE("A guard reads number words, groups of digits and units as what they are") {
  CHECK(guard("two hundred and fifty grams", "250 g") == "");
  CHECK(guard("Is 1,000,000 a lot?", "Is 1000000 a lot?") == "");
  CHECK(guard("Is 2.50 a lot?", "Is 2.5 a lot?") == "");
  CHECK(guard("Is $2 million a lot?", "Is 2,000,000 dollars a lot?") == "");
  CHECK(guard("the 2nd one", "the second one") == "");
  CHECK(guard("Is 10k a lot?", "Is 10000 a lot?") == "");
  CHECK(guard("Which one is it?", "Which is it?") == "");
  CHECK(guard("Is -5 cold?", "Is 5 cold?") == "numbers");
  CHECK(guard("x = 5", "x > 5") == "numbers");
}

TEST_CASE("A guard gives up on what is too long, and takes linear time up to there") {
  const std::string longest(pk::cache::k_guard_bytes_max, 'a');
  CHECK(guard(longest, longest + "b") == "length");
  CHECK(guard(longest + "b", longest + "b") == "");
  for (const std::string_view part : {"\"", "'a ", "`", "un", "a_b ", "5,", "not ", "„", "I'", "\xff"}) {
    std::string text;
    while (text.size() + part.size() < pk::cache::k_guard_bytes_max) text += part;
    CHECK(guard(text, "x" + text) == guard("x" + text, text));
  }
}
