#include "store/compact_ask.h"

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("A question is taken once, and its answer read once") {
  const TempDir dir;
  REQUIRE_FALSE(take_ask(dir.path()));
  const std::string token = must(ask_to_compact(dir.path()));
  REQUIRE(is_unheard(dir.path(), token));
  REQUIRE_FALSE(take_answer(dir.path(), token));
  REQUIRE(take_ask(dir.path()) == token);
  REQUIRE_FALSE(take_ask(dir.path()));
  REQUIRE_FALSE(is_unheard(dir.path(), token));
  must(answer_ask(dir.path(), token, CompactReport{900, 200, std::chrono::microseconds(1500)}));
  REQUIRE_FALSE(take_answer(dir.path(), "another"));
  const auto answer = take_answer(dir.path(), token);
  REQUIRE(answer);
  REQUIRE(must(*answer).bytes_before == 900);
  REQUIRE(must(*answer).bytes_after == 200);
  REQUIRE(must(*answer).held == std::chrono::microseconds(1500));
  REQUIRE_FALSE(take_answer(dir.path(), token));
}

TEST_CASE("An error comes over with its code and words") {
  const TempDir dir;
  const std::string token = must(ask_to_compact(dir.path()));
  REQUIRE(take_ask(dir.path()) == token);
  must(answer_ask(dir.path(), token, Error{Errc::limit, "no space left on the disk"}));
  const auto answer = take_answer(dir.path(), token);
  REQUIRE(answer);
  REQUIRE_FALSE(*answer);
  REQUIRE(answer->error().code == Errc::limit);
  REQUIRE(answer->error().message == "no space left on the disk");
}

TEST_CASE("An answer to an earlier question is none, and a withdrawn question is not heard") {
  const TempDir dir;
  must(answer_ask(dir.path(), "earlier", CompactReport{1, 1, {}}));
  const std::string token = must(ask_to_compact(dir.path()));
  REQUIRE_FALSE(take_answer(dir.path(), token));
  withdraw_ask(dir.path());
  REQUIRE_FALSE(take_ask(dir.path()));
}

TEST_CASE("A file that is no question is removed and not answered") {
  const TempDir dir;
  write_file(dir.path() / "compact.ask", "rubbish");
  REQUIRE_FALSE(take_ask(dir.path()));
  REQUIRE_FALSE(std::filesystem::exists(dir.path() / "compact.ask"));
}

}  // namespace pk::store::test
