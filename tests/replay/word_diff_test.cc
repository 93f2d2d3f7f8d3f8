#include "replay/word_diff.h"

#include "base/rng.h"
#include "support/catch.h"

namespace pk::replay {

namespace {

using Kind = DiffPiece::Kind;

std::string shown(std::string_view before, std::string_view after) {
  std::string text;
  for (const DiffPiece& piece : word_diff(before, after))
    text += piece.kind == Kind::same      ? piece.text
            : piece.kind == Kind::removed ? "[-" + piece.text + "-]"
                                          : "{+" + piece.text + "+}";
  return text;
}

void check_whole(const std::string& before, const std::string& after) {
  std::string left, right;
  Kind last = Kind::same;
  bool first = true;
  for (const DiffPiece& piece : word_diff(before, after)) {
    CHECK_FALSE(piece.text.empty());
    CHECK((first || piece.kind != last));
    first = false;
    last = piece.kind;
    if (piece.kind != Kind::added) left += piece.text;
    if (piece.kind != Kind::removed) right += piece.text;
  }
  CHECK(left == before);
  CHECK(right == after);
}

}  // namespace

TEST_CASE("Texts are compared by their words") {
  CHECK(shown("the cat sat", "the dog sat") == "the [-cat-]{+dog+} sat");
  CHECK(shown("one two", "one two three") == "one two{+ three+}");
  CHECK(shown("a b", "") == "[-a b-]");
  CHECK(shown("", "a") == "{+a+}");
  CHECK(shown("", "").empty());
  CHECK(shown("same.", "same.") == "same.");
  CHECK(shown("Ça va, toi?", "Ça va, moi?") == "Ça va, [-toi-]{+moi+}?");
  CHECK(shown("x y z", "y z x") == "[-x -]y z{+ x+}");
}

TEST_CASE("The pieces put together are both texts, whatever these are") {
  Rng rng(3);
  for (int round = 0; round < 300; ++round) {
    std::string texts[2];
    for (std::string& text : texts)
      for (std::uint64_t n = rng.next() % 30; n > 0; --n) text += "ab \n.é"[rng.next() % 6];
    check_whole(texts[0], texts[1]);
  }
}

TEST_CASE("Texts that have nothing in common, however long, are one piece and another") {
  std::string before, after;
  for (int i = 0; i < 5'000; ++i) {
    before += "a" + std::to_string(i) + ".";
    after += "b" + std::to_string(i) + "!";
  }
  check_whole(before, after);
  CHECK(word_diff(before, after).size() == 2);
}

}  // namespace pk::replay
