#include "prompt_check.h"

#include <vector>

#include "prompt/lookup.h"
#include "provider/table.h"
#include "store/saved_prompts.h"

namespace pk::cmd {

namespace {

std::vector<config::ConfigRules::Provider> all_providers() {
  std::vector<config::ConfigRules::Provider> providers;
  for (const provider::Provider& one : provider::all()) providers.push_back({one.slug, one.needs_key});
  return providers;
}

}  // namespace

Result<config::Saved> saved_prompts(const store::Env& env) {
  PK_ASSIGN(auto list, store::list_prompts(env));
  config::Saved saved;
  for (config::SavedPrompt& prompt : list.entries) saved.add(std::move(prompt));
  return saved;
}

Result<void> check_prompt_text(const store::Env& env, std::string_view id_or_name, bool partial,
                               std::string_view text) {
  PK_ASSIGN(config::Saved saved, saved_prompts(env));
  config::SavedPrompt prompt;
  if (const config::SavedPrompt* known = saved.prompt(id_or_name))
    prompt = *known;
  else
    prompt.id = prompt.name = id_or_name;
  const std::int64_t version = prompt.newest() + 1;
  prompt.partial = partial;
  prompt.versions[version].text = text;
  const std::string id = prompt.id;
  saved.add(std::move(prompt));
  const config::SavedPrompt* checked = saved.prompt(id);
  return prompt::check(saved, {checked, version, checked->versions.at(version).text}, all_providers());
}

}  // namespace pk::cmd
