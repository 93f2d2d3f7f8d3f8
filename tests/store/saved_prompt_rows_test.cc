#include "store/saved_prompt_rows.h"

#include <functional>

#include "store/fixture.h"
#include "store/saved_rows.h"

namespace pk::store::test {
namespace {

const StoredPrompt k_prompt{"pp-main-000001", "Main", true, 3, k_now_ms, k_now_ms + 5, "{{x}} \xff"};
const PromptLabels k_labels{{"production", 2}, {"published", 300}};

// Every row that is shorter, longer or has a bit changed is damage, and says whose.
void check_damage(const std::string& row, const std::function<Result<void>(std::string_view row)>& read) {
  must(read(row));
  const auto is_damage = [&](std::string_view bytes) {
    const Result<void> done = read(bytes);
    return !done && done.error().code == Errc::corrupt &&
           done.error().message == "prompt pp-main-000001 is damaged: pk prompt rm removes it";
  };
  for (std::size_t size = 0; size < row.size(); ++size) REQUIRE(is_damage(row.substr(0, size)));
  REQUIRE(is_damage(row + '\0'));
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string changed = row;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    REQUIRE(is_damage(changed));
  }
}

}  // namespace

TEST_CASE("A version of a prompt and its labels come back as they were") {
  CHECK(must(read_prompt(version_key(k_prompt.id, 3), row_of(k_prompt))) == k_prompt);
  CHECK(must(read_prompt_labels(version_key(k_prompt.id, 0), row_of(k_prompt.id, k_labels))) == k_labels);
  CHECK(must(read_prompt_labels(version_key("pp-a", 0), row_of("pp-a", {}))).empty());
}

TEST_CASE("A damaged row of a prompt is noticed and named") {
  const std::string key = version_key(k_prompt.id, 3), labels = version_key(k_prompt.id, 0);
  check_damage(row_of(k_prompt), [&](std::string_view row) { return check_prompt_row(key, row); });
  check_damage(row_of(k_prompt.id, k_labels),
               [&](std::string_view row) { return check_prompt_row(labels, row); });
}

TEST_CASE("A row under another key is damage") {
  CHECK_FALSE(read_prompt(version_key(k_prompt.id, 4), row_of(k_prompt)));
  CHECK_FALSE(read_prompt(version_key("pp-main-000002", 3), row_of(k_prompt)));
  CHECK_FALSE(read_prompt("pp-main-000001", row_of(k_prompt)));
  CHECK_FALSE(check_prompt_row("", ""));
  CHECK_FALSE(check_prompt_row(version_key(k_prompt.id, 0), row_of(k_prompt)));
}

}  // namespace pk::store::test
