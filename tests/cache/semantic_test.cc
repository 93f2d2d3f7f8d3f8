#include "cache/semantic.h"

#include <cmath>
#include <thread>

#include "cache/fixture.h"
#include "cache/vector_index.h"
#include "support/ngram_embedder.h"

namespace pk::cache::test {

namespace {

Question question(std::string words, std::uint8_t partition = 1) {
  Question made;
  made.words = std::move(words);
  made.partition.fill(partition);
  return made;
}

Entry entry(const Question& of, std::vector<float> embedding, std::int64_t created_ms = k_now_ms) {
  Entry made = entry_of(1);
  made.created_ms = created_ms;
  made.expires_ms = created_ms + 60'000;
  made.partition = of.partition;
  made.words = of.words;
  made.embedding = std::move(embedding);
  return made;
}

// A unit vector at that cosine to (1, 0).
std::vector<float> at_cosine(double cosine) {
  return {static_cast<float>(cosine), static_cast<float>(std::sqrt(1 - cosine * cosine))};
}

}  // namespace

TEST_CASE("A near question is a hit, one that is further than the threshold is named all the same") {
  Semantic semantic{Semantic::Options{}};
  CHECK_FALSE(semantic.nearest(question("is it so"), {1, 0}, k_now_ms));
  semantic.add(key_of(1), entry(question("is it so"), {1, 0}));
  const auto hit = semantic.nearest(question("is it so?"), at_cosine(0.96), k_now_ms);
  REQUIRE(hit);
  CHECK(hit->key == key_of(1));
  CHECK(hit->log_id == entry_of(1).log_id);
  CHECK(hit->verdict == "hit");
  CHECK(std::abs(hit->score - 0.96) < 1e-4);
  const auto far = semantic.nearest(question("is it so?"), at_cosine(0.94), k_now_ms);
  CHECK(far->verdict == "below-threshold");
  CHECK_FALSE(semantic.nearest(question("is it so?", 2), {1, 0}, k_now_ms));
}

TEST_CASE("A guard turns the nearest away, and the next one that agrees is the hit") {
  Semantic semantic{Semantic::Options{}};
  semantic.add(key_of(1), entry(question("is 5 km far"), {1, 0}));
  const auto refused = semantic.nearest(question("is 50 km far"), {1, 0}, k_now_ms);
  CHECK(refused->verdict == "numbers");
  CHECK(refused->key == key_of(1));
  CHECK(semantic.matches(question("is 50 km far"), {1, 0}).empty());
  semantic.add(key_of(2), entry(question("is 50 km far?"), at_cosine(0.97)));
  const auto hit = semantic.nearest(question("is 50 km far"), {1, 0}, k_now_ms);
  CHECK(hit->verdict == "hit");
  CHECK(hit->key == key_of(2));
  CHECK(semantic.matches(question("is 50 km far"), {1, 0}) == std::vector<Key>{key_of(2)});
}

TEST_CASE("What is over, removed or made anew is not found") {
  Semantic semantic{Semantic::Options{}};
  const Question asked = question("is it so");
  const Entry made = entry(asked, {1, 0});
  semantic.add(key_of(1), made);
  CHECK(semantic.nearest(asked, {1, 0}, made.expires_ms - 1));
  CHECK_FALSE(semantic.nearest(asked, {1, 0}, made.expires_ms));
  semantic.add(key_of(1), entry(asked, {0, 1}));
  CHECK(semantic.size() == 1);
  CHECK(semantic.nearest(asked, {1, 0}, k_now_ms)->verdict == "below-threshold");
  semantic.remove(key_of(1));
  semantic.remove(key_of(1));
  CHECK(semantic.size() == 0);
  CHECK_FALSE(semantic.nearest(asked, {1, 0}, k_now_ms));
}

TEST_CASE("Entries without a vector, or with one of other dimensions, are passed over") {
  Semantic semantic{Semantic::Options{}};
  const Question asked = question("is it so");
  semantic.add(key_of(1), entry(asked, {}));
  CHECK(semantic.size() == 0);
  semantic.add(key_of(2), entry(asked, {1, 0}));
  semantic.add(key_of(3), entry(asked, {1, 0, 0}));
  semantic.add(key_of(4), entry(question("x", 7), {0, 0}));
  CHECK(semantic.size() == 1);
  CHECK_FALSE(semantic.nearest(asked, {1, 0, 0}, k_now_ms));
}

TEST_CASE("Where there is no room what is over goes, then the oldest") {
  Semantic::Options options;
  options.entries_max = 3;
  Semantic semantic{options};
  for (std::uint8_t i = 1; i <= 5; ++i)
    semantic.add(key_of(i), entry(question("q", i), {1, 0}, k_now_ms + (i == 1 ? 100 : i)));
  CHECK(semantic.size() == 3);
  CHECK(semantic.nearest(question("q", 1), {1, 0}, k_now_ms));
  CHECK_FALSE(semantic.nearest(question("q", 2), {1, 0}, k_now_ms));
  CHECK_FALSE(semantic.nearest(question("q", 3), {1, 0}, k_now_ms));
  semantic.add(key_of(9), entry(question("q", 9), {1, 0}, k_now_ms + 3'600'000));
  CHECK(semantic.size() == 1);

  options.vector_bytes_max = 2 * VectorIndex::vector_bytes(2);
  Semantic small{options};
  for (std::uint8_t i = 1; i <= 3; ++i) small.add(key_of(i), entry(question("q", i), {1, 0}));
  CHECK(small.size() == 2);
}

TEST_CASE("Questions of another embedder are another partition") {
  const auto facts = chat(R"({"messages":[{"role":"user","content":"hi"}]})");
  Semantic::Options options;
  const auto plain = Semantic(options).question(facts);
  options.embedder = "a";
  const auto of_a = Semantic(options).question(facts);
  options.embedder = "b";
  const auto of_b = Semantic(options).question(facts);
  CHECK(plain->words == of_a->words);
  CHECK(plain->partition == question_of(facts)->partition);
  CHECK(plain->partition != of_a->partition);
  CHECK(of_a->partition != of_b->partition);
}

TEST_CASE("Many threads may ask while others add and remove") {
  Semantic::Options options;
  options.entries_max = 400;
  Semantic semantic{options};
  const pk::test::NgramEmbedder embedder(32);
  const auto work = [&](std::uint8_t of) {
    for (int i = 0; i < 400; ++i) {
      const Question asked = question("question " + std::to_string(of) + " " + std::to_string(i), of % 2);
      Key key = key_of(of);
      key[1] = static_cast<std::uint8_t>(i);
      semantic.add(key, entry(asked, embedder.embed(asked.words)));
      (void)semantic.nearest(asked, embedder.embed(asked.words), k_now_ms);
      (void)semantic.matches(asked, embedder.embed(asked.words));
      if (i % 3 == 0) semantic.remove(key);
    }
  };
  std::vector<std::thread> threads;
  for (std::uint8_t i = 1; i <= 4; ++i) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
  CHECK(semantic.size() <= 400);
  CHECK(semantic.size() > 0);
}

}  // namespace pk::cache::test
