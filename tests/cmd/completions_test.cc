#include "support/catch.h"
#include "support/run_pk.h"

namespace pk::test {

TEST_CASE("Each shell has its script") {
  const std::pair<const char*, const char*> shells[] = {
      {"bash", "complete "}, {"zsh", "#compdef pk"}, {"fish", "complete -c pk"}};
  for (const auto& [shell, mark] : shells) {
    CAPTURE(shell);
    const auto done = call_pk({.arguments = {"completions", shell}});
    CHECK(done.exit == 0);
    CHECK(done.out.find(mark) != std::string::npos);
    CHECK(done.err.empty());
  }
}

}  // namespace pk::test
