#include "store/saved_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "store/saved_api_keys.h"
#include "store/saved_configs.h"
#include "store/saved_prompts.h"
#include "store/saved_virtual_keys.h"

namespace pk::store {

namespace {

void report(LoadedSaved& loaded, std::vector<std::string> problems) {
  std::ranges::move(problems, std::back_inserter(loaded.problems));
}

Result<void> load_configs(const Env& env, const ParseConfig& parse, LoadedSaved& loaded) {
  PK_ASSIGN(SavedList<StoredConfig> list, list_configs(env));
  report(loaded, std::move(list.damage));
  for (const StoredConfig& stored : list.entries) {
    config::ParsedConfig parsed = parse(stored.json);
    if (!parsed.problem) {
      loaded.saved.add(config::SavedConfig{stored.id, stored.name, stored.version, std::move(parsed.config)});
      continue;
    }
    std::string text = fmt::format("config {} cannot be used: {}", stored.id, parsed.problem->message);
    for (const std::string& error : parsed.problem->errors) text += "; " + error;
    loaded.problems.push_back(std::move(text));
  }
  return {};
}

// As texts: what one says is looked at when it is called.
Result<void> load_prompts(const Env& env, LoadedSaved& loaded) {
  PK_ASSIGN(SavedList<config::SavedPrompt> list, list_prompts(env));
  report(loaded, std::move(list.damage));
  for (config::SavedPrompt& prompt : list.entries) loaded.saved.add(std::move(prompt));
  return {};
}

Result<void> load_virtual_keys(const Env& env, LoadedSaved& loaded) {
  PK_ASSIGN(SavedList<StoredVirtualKey> list, list_virtual_keys(env));
  report(loaded, std::move(list.damage));
  std::optional<Result<SecretKey>> file;  // read for the first that needs it
  for (const StoredVirtualKey& stored : list.entries) {
    if (!stored.sealed.empty() && !file) {
      file.emplace(SecretKey::load(env.dir()));
      if (!*file) loaded.problems.push_back("virtual keys cannot be used: " + file->error().message);
    }
    if (stored.sealed.empty()) {
      loaded.saved.add(plain_virtual_key(stored));
    } else if (*file) {
      Result<config::VirtualKey> key = open_virtual_key(env.dir(), stored, **file);
      if (key)
        loaded.saved.add(*std::move(key));
      else
        loaded.problems.push_back(key.error().message);
    }
  }
  return {};
}

Result<void> load_api_keys(const Env& env, LoadedSaved& loaded) {
  PK_ASSIGN(SavedList<StoredApiKey> list, list_api_keys(env));
  if (!list.damage.empty()) loaded.saved.require_api_keys();
  report(loaded, std::move(list.damage));
  for (StoredApiKey& stored : list.entries) loaded.saved.add(stored.hash, std::move(stored.key));
  return {};
}

}  // namespace

Result<LoadedSaved> load_saved(const Env& env, const ParseConfig& parse) {
  LoadedSaved loaded;
  // Read first: what changes while the rest is read is noticed the next time the counter is asked.
  PK_ASSIGN(loaded.changes, saved_changes(env));
  PK_TRY(load_configs(env, parse, loaded));
  PK_TRY(load_prompts(env, loaded));
  PK_TRY(load_virtual_keys(env, loaded));
  PK_TRY(load_api_keys(env, loaded));
  return loaded;
}

Result<std::uint64_t> saved_changes(const Env& env) {
  PK_ASSIGN(const ReadTxn txn, ReadTxn::begin(env));
  return change_count(txn);
}

}  // namespace pk::store
