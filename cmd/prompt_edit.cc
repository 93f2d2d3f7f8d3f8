// pk prompt edit: the newest version in an editor; what it leaves is the next one.
#include <fmt/format.h>

#include <iostream>

#include "base/clock.h"
#include "command.h"
#include "pretty.h"
#include "prompt_check.h"
#include "saved_command.h"
#include "store/saved_prompts.h"

namespace pk::cmd {

namespace {

// A partial's every byte counts.
std::string for_a_person(const config::SavedPrompt& prompt) {
  const std::string& given = prompt.versions.at(prompt.newest()).text;
  return prompt.partial ? given : laid_out(given);
}

Result<void> save(const Context& context, const config::SavedPrompt& base, const std::string& text) {
  PK_ASSIGN(const auto env, store::Env::open(context.data, store::Mode::read_write));
  if (Result<void> checked = check_prompt_text(*env, base.id, base.partial, text); !checked)
    return Error{Errc::invalid, std::move(checked).error().message};
  PK_ASSIGN(const store::StoredPrompt next,
            store::follow_prompt(*env, base.id, base.newest(), text, SystemClock().wall_ms()));
  std::cerr << fmt::format("{} is at version {} now\n", next.id, next.version);
  return {};
}

}  // namespace

void add_prompt_edit(CLI::App& group, Context& context) {
  const auto find = [&context](const store::Env& env, const std::string& id) -> Result<SavedText> {
    PK_ASSIGN(const auto base, store::find_prompt(env, id));
    if (!base) return store::not_there(store::SavedKind::prompt, id);
    return SavedText{
        for_a_person(*base), base->partial ? "partial.txt" : "prompt.json", config::k_prompt_bytes_max,
        [&context, base = *base](const std::string& after) { return save(context, base, after); }};
  };
  add_saved_edit(group, context, store::SavedKind::prompt,
                 "Edit a prompt template; what is saved is its next version", find);
}

}  // namespace pk::cmd
