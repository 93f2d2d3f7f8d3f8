#include "store/saved_prompts.h"

#include "config/saved.h"
#include "store/fixture.h"
#include "store/saved_load.h"
#include "store/saved_rows.h"
#include "store/verify.h"

namespace pk::store::test {
namespace {

const std::string k_text =
    R"({"messages": [{"role": "user", "content": "{{x}}"}], "seed": 12345678901234567890})";

config::SavedPrompt found(const std::shared_ptr<Env>& env, std::string_view id_or_name) {
  auto prompt = must(find_prompt(*env, id_or_name));
  REQUIRE(prompt);
  return *std::move(prompt);
}

void damage(const std::shared_ptr<Env>& env, const std::string& key) {
  WriteTxn txn = must(WriteTxn::begin(*env));
  std::string row(*must(txn.get(Table::prompts, key)));
  row.back() = static_cast<char>(row.back() ^ 1);
  must(txn.put(Table::prompts, key, row));
  must(txn.commit());
}

Errc code_of(const Result<void>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

}  // namespace

TEST_CASE("The first prompt of a name is version 1, a second one of it is version 2 of the same id") {
  const TempDir dir;
  const auto env = open_env(dir);
  const StoredPrompt first = must(add_prompt(*env, "Greet people", false, k_text, k_now_ms));
  CHECK(first.id.starts_with("pp-greet-people-"));
  CHECK(first.version == 1);
  const StoredPrompt second = must(add_prompt(*env, "Greet people", false, "{}", k_now_ms + 9));
  CHECK(second.id == first.id);
  CHECK(second.version == 2);
  CHECK(second.created_at == k_now_ms);
  const config::SavedPrompt all = found(env, "Greet people");
  CHECK(all == found(env, first.id));
  CHECK(all.versions.at(1) == config::PromptVersion{k_now_ms, k_text});
  CHECK(all.versions.at(2) == config::PromptVersion{k_now_ms + 9, "{}"});
  CHECK_FALSE(all.partial);
  CHECK(must(saved_changes(*env)) == 2);
  for (const char* none : {"greet people", "", "pp-", "pp-x-000001"})
    CHECK_FALSE(must(find_prompt(*env, none)));
}

TEST_CASE("A partial stays a partial, a prompt a prompt") {
  const TempDir dir;
  const auto env = open_env(dir);
  must(add_prompt(*env, "tail", true, "bye", k_now_ms));
  CHECK(found(env, "tail").partial);
  const auto other = add_prompt(*env, "tail", false, "{}", k_now_ms);
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Errc::invalid);
  CHECK(must(add_prompt(*env, "tail", true, "", k_now_ms)).version == 2);
}

TEST_CASE("An edit follows the version that it began with, or is refused") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::string id = must(add_prompt(*env, "a", false, "1", k_now_ms)).id;
  CHECK(must(follow_prompt(*env, id, 1, "2", k_now_ms)).version == 2);
  CHECK(follow_prompt(*env, id, 1, "3", k_now_ms).error().code == Errc::unauthorized);
  CHECK(follow_prompt(*env, "pp-gone-000001", 1, "3", k_now_ms).error().code == Errc::not_found);
  CHECK(found(env, id).newest() == 2);
}

TEST_CASE("Labels move and go, and name versions that are there") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::string id = must(add_prompt(*env, "a", false, "1", k_now_ms)).id;
  must(add_prompt(*env, "a", false, "2", k_now_ms));
  must(label_prompt(*env, "a", "production", 1));
  must(label_prompt(*env, id, "published", 1));
  CHECK(found(env, id).version_of("production") == 1);
  CHECK(found(env, id).published() == 1);
  must(label_prompt(*env, id, "production", 2));
  CHECK(found(env, id).version_of("production") == 2);
  must(label_prompt(*env, id, "published", 0));
  CHECK(found(env, id).published() == 2);
  CHECK(code_of(label_prompt(*env, id, "published", 0)) == Errc::not_found);
  CHECK(code_of(label_prompt(*env, id, "x", 3)) == Errc::not_found);
  CHECK(code_of(label_prompt(*env, "none", "x", 1)) == Errc::not_found);
  CHECK(code_of(label_prompt(*env, id, "12", 1)) == Errc::invalid);
  CHECK(code_of(label_prompt(*env, id, "latest", 1)) == Errc::invalid);
  for (std::size_t i = 1; i < config::k_labels_max; ++i)
    must(label_prompt(*env, id, "l" + std::to_string(i), 1));
  CHECK(code_of(label_prompt(*env, id, "more", 1)) == Errc::limit);
  CHECK(must(verify(*env)).damaged == 0);
}

TEST_CASE("Prompts are listed by name, removed with all versions and labels, all or none") {
  const TempDir dir;
  const auto env = open_env(dir);
  must(add_prompt(*env, "b", false, "1", k_now_ms));
  const std::string a = must(add_prompt(*env, "a", true, "1", k_now_ms)).id;
  must(label_prompt(*env, "b", "x", 1));
  const auto list = must(list_prompts(*env));
  REQUIRE(list.entries.size() == 2);
  CHECK(list.entries[0].id == a);
  CHECK(list.entries[1].labels.at("x") == 1);
  CHECK(code_of(remove_prompts(*env, std::vector<std::string>{"a", "none"})) == Errc::not_found);
  CHECK(must(list_prompts(*env)).entries.size() == 2);
  must(remove_prompts(*env, std::vector<std::string>{a, "b"}));
  CHECK(must(list_prompts(*env)).entries.empty());
  const ReadTxn txn = must(ReadTxn::begin(*env));
  CHECK(must(txn.entries(Table::prompts)) == 0);
}

TEST_CASE("What is too long, badly named or too much is refused") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::string most(config::k_prompt_bytes_max, 'x');
  must(add_prompt(*env, "a", true, most, k_now_ms));
  CHECK(add_prompt(*env, "a", true, most + "x", k_now_ms).error().code == Errc::invalid);
  for (const char* name : {"", "pp-a", "a@1", "a/b", "{{a}}", ">a"})
    CHECK(add_prompt(*env, name, true, "x", k_now_ms).error().code == Errc::invalid);
  WriteTxn txn = must(WriteTxn::begin(*env));
  for (std::int64_t version = 2; version < 256; ++version) {
    const StoredPrompt prompt{"pp-b-000001", "b", true, version, k_now_ms, k_now_ms, most};
    must(txn.put(Table::prompts, version_key(prompt.id, version), row_of(prompt)));
  }
  must(txn.commit());
  CHECK(add_prompt(*env, "b", true, most, k_now_ms).error().code == Errc::limit);
}

TEST_CASE("A damaged version is left out and named, the others are read; by its id it can be removed") {
  const TempDir dir;
  const auto env = open_env(dir);
  const std::string id = must(add_prompt(*env, "a", false, "1", k_now_ms)).id;
  must(add_prompt(*env, "a", false, "2", k_now_ms));
  damage(env, version_key(id, 1));
  const auto list = must(list_prompts(*env));
  REQUIRE(list.entries.size() == 1);
  CHECK(list.entries[0].versions.size() == 1);
  CHECK(list.damage == std::vector<std::string>{"prompt " + id + " is damaged: pk prompt rm removes it"});
  CHECK(find_prompt(*env, id).error().code == Errc::corrupt);
  CHECK(must(verify(*env)).damaged == 1);
  const auto parse = [](std::string_view) { return pk::config::ParsedConfig(); };
  const LoadedSaved loaded = must(load_saved(*env, parse));
  CHECK(loaded.problems == list.damage);
  CHECK(loaded.saved.prompt("a")->version_of("") == 2);
  damage(env, version_key(id, 2));
  CHECK(add_prompt(*env, "a", false, "3", k_now_ms).error().code == Errc::corrupt);
  must(remove_prompts(*env, std::vector<std::string>{id}));
  CHECK(must(verify(*env)).damaged == 0);
}

TEST_CASE("A ledger from before there were prompts has none, and gets their table when it is written") {
  const TempDir dir;
  {
    const auto env = open_env(dir);
    WriteTxn txn = must(WriteTxn::begin(*env));
    REQUIRE(mdb_drop(txn.raw(), *env->table(Table::prompts), 1) == 0);
    must(txn.commit());
  }
  {
    const auto env = open_env(dir, Mode::read_only);
    CHECK_FALSE(env->table(Table::prompts));
    CHECK(must(list_prompts(*env)).entries.empty());
    CHECK_FALSE(must(find_prompt(*env, "a")));
    CHECK(must(verify(*env)).damaged == 0);
    const auto parse = [](std::string_view) { return pk::config::ParsedConfig(); };
    CHECK(must(load_saved(*env, parse)).problems.empty());
  }
  const auto env = open_env(dir);
  CHECK(must(add_prompt(*env, "a", false, "1", k_now_ms)).version == 1);
}

}  // namespace pk::store::test
