#include "cmd/attempt_tree.h"

#include "support/catch.h"

namespace pk::cmd {

namespace {

using log::Attempt;

std::string tree(const std::vector<Attempt>& attempts, std::size_t columns = 80) {
  std::string out;
  append_attempt_tree(out, attempts, {false, columns, 2});
  return out;
}

}  // namespace

TEST_CASE("A single attempt is a line") {
  CHECK(tree({{"config", "demo", "demo-1", 200, "", 12, 0}}) == "  config  demo demo-1 · 200 · 12 ms\n");
  CHECK(tree({{"config", "demo", "", {}, "", 12, 0}}) == "  config  demo · no answer · 12 ms\n");
  CHECK(tree({{"config", "", "", 400, "", 0, 0}}) == "  config  400 · 0.0 ms\n");
  CHECK(tree({}).empty());
}

TEST_CASE("Retries stand under their option, with the wait before each") {
  CHECK(tree({{"config", "openai", "gpt-4o", 500, "no", 12, 0},
              {"config", "openai", "gpt-4o", 200, "", 80, 1000}}) ==
        "  config\n"
        "  ├─ openai gpt-4o · 500 · 12 ms · no\n"
        "  └─ openai gpt-4o · 200 · 80 ms · after waiting 1.00 s\n");
}

TEST_CASE("Nested strategies are indented, each option once") {
  CHECK(tree({{"config.targets[0].targets[0]", "a", "m", 500, "", 1, 0},
              {"config.targets[0].targets[0]", "a", "m", 500, "", 1, 1000},
              {"config.targets[0].targets[1]", "b", "m", 503, "", 1, 0},
              {"config.targets[1]", "c", "m", 200, "", 1, 0}}) ==
        "  config\n"
        "  ├─ targets[0]\n"
        "  │  ├─ targets[0]\n"
        "  │  │  ├─ a m · 500 · 1.0 ms\n"
        "  │  │  └─ a m · 500 · 1.0 ms · after waiting 1.00 s\n"
        "  │  └─ targets[1]  b m · 503 · 1.0 ms\n"
        "  └─ targets[1]  c m · 200 · 1.0 ms\n");
}

TEST_CASE("An error that does not fit takes lines of its own, within the tree") {
  const std::string error = "The server had an error while processing your request. Sorry about that!";
  CHECK(tree({{"config.targets[0]", "a", "m", 500, error, 1, 0},
              {"config.targets[1]", "b", "m", 500, error, 1, 0}},
             60) ==
        "  config\n"
        "  ├─ targets[0]  a m · 500 · 1.0 ms\n"
        "  │    The server had an error while processing your\n"
        "  │    request. Sorry about that!\n"
        "  └─ targets[1]  b m · 500 · 1.0 ms\n"
        "       The server had an error while processing your\n"
        "       request. Sorry about that!\n");
}

TEST_CASE("What came from outside is made visible, and colours are where they are on") {
  CHECK(tree({{"config", "demo", "m\x1b[2J", 500, "a\nb\x07", 1, 0}}) ==
        "  config  demo m\\u001b[2J · 500 · 1.0 ms · a\\u000ab\\u0007\n");
  std::string out;
  append_attempt_tree(out, {{"config", "demo", "m", 500, "no", 1, 0}}, {true, 80, 0});
  CHECK(out == "\x1b[1mconfig\x1b[0m  demo m · \x1b[31m500\x1b[0m · 1.0 ms · no\n");
}

}  // namespace pk::cmd
