#include "store/saved_ids.h"

#include "store/fixture.h"

namespace pk::store::test {

TEST_CASE("An id is the kind's prefix, the name as a slug, and six digits") {
  CHECK(saved_id(SavedKind::config, "Two Regions", 0x3fa29c) == "pc-two-regions-3fa29c");
  CHECK(saved_id(SavedKind::virtual_key, "main", 0xff000001) == "vk-main-000001");
  CHECK(saved_id(SavedKind::api_key, "ci", 0) == "pk-ci-000000");
}

TEST_CASE("A slug has lower-case letters, digits and single hyphens, and an end") {
  const std::pair<const char*, const char*> cases[] = {
      {"main", "main"},
      {"Two  Regions (EU)", "two-regions-eu"},
      {"--a--b--", "a-b"},
      {"a_b.c", "a-b-c"},
      {"Ünïcode", "n-code"},
      {"日本", "unnamed"},
      {"", "unnamed"},
      {"1234567890123456789012345678901234567890", "12345678901234567890123456789012"},
      {"1234567890123456789012345678901 x", "1234567890123456789012345678901"},
  };
  for (const auto& [name, slug] : cases) CHECK(slug_of_name(name) == slug);
}

TEST_CASE("The longest id is as long as it may be") {
  CHECK(saved_id(SavedKind::config, std::string(k_saved_name_bytes_max, 'x'), 1).size() ==
        k_saved_id_bytes_max);
}

TEST_CASE("Good names are taken as they are") {
  for (const SavedKind kind : {SavedKind::config, SavedKind::virtual_key, SavedKind::api_key}) {
    must(check_saved_name(kind, "main"));
    must(check_saved_name(kind, "Open-AI_2.prod"));
    must(check_saved_name(kind, std::string(k_saved_name_bytes_max, 'x')));
    must(check_saved_name(kind, "pcx"));
  }
  must(check_saved_name(SavedKind::config, "Zwei Regionen für später / 日本"));
  must(check_saved_name(SavedKind::api_key, "ana@example.org"));
}

TEST_CASE("Bad names are refused in one line that says why") {
  using namespace std::string_literals;
  const auto refused = [](SavedKind kind, const std::string& name, const char* why) {
    const Result<void> checked = check_saved_name(kind, name);
    CAPTURE(name);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Errc::invalid);
    CHECK(checked.error().message.find(why) != std::string::npos);
    CHECK(checked.error().message.find('\n') == std::string::npos);
    CHECK(checked.error().message.size() < 300);
  };
  for (const SavedKind kind : {SavedKind::config, SavedKind::virtual_key, SavedKind::api_key}) {
    refused(kind, "", "empty");
    refused(kind, std::string(k_saved_name_bytes_max + 1, 'x'), "128 bytes");
    refused(kind, std::string(100'000, 'x'), "128 bytes");
    refused(kind, "a\xff", "UTF-8");
    refused(kind, "a\nb", "control");
    refused(kind, "a\0b"s, "control");
    refused(kind, "\x1b[31mred", "control");
    refused(kind, " a", "space");
    refused(kind, "a ", "space");
    for (const char* id : {"pc-a", "pp-a", "vk-a", "pk-a"}) refused(kind, id, "as an id does");
  }
  refused(SavedKind::config, "main@2", "@");
  for (const char* name : {"a/b", "a b", "@a", "-a", ".a", "ä", "a:b"})
    refused(SavedKind::virtual_key, name, "letters, digits");
}

TEST_CASE("What is not there is said with the command that lists what is") {
  const Error error = not_there(SavedKind::virtual_key, "x\n" + std::string(500, 'y'));
  CHECK(error.code == Errc::not_found);
  CHECK(error.message.starts_with("there is no virtual key 'x\\u000a"));
  CHECK(error.message.ends_with("see pk provider list"));
  CHECK(error.message.size() < 200);
}

}  // namespace pk::store::test
