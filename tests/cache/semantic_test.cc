#include "cache/semantic.h"

#include "cache/fixture.h"

namespace pk::cache::test {

TEST_CASE("The nearest of the partition is found, and what is over does not count") {
  Semantic semantic{Semantic::Options{}};
  const auto question = question_of(chat(R"({"messages":[{"role":"user","content":"hello there"}]})"));
  REQUIRE(question);
  CHECK_FALSE(semantic.nearest(*question, {1, 0}, k_now_ms));
  Entry entry = entry_of(1);
  entry.partition = question->partition;
  entry.words = question->words;
  entry.embedding = {1, 0};
  semantic.add(key_of(1), entry);
  CHECK(semantic.nearest(*question, {1, 0}, k_now_ms)->key == key_of(1));
  CHECK_FALSE(semantic.nearest(*question, {1, 0}, entry.expires_ms));
  CHECK(semantic.matches(*question, {1, 0}) == std::vector<Key>{key_of(1)});
  CHECK(semantic.matches(*question, {0, 1}).empty());
  semantic.remove(key_of(1));
  CHECK(semantic.size() == 0);
}

}  // namespace pk::cache::test
