// pk prompt: prompt templates and partials, kept in the ledger with all their versions.
#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/text.h"
#include "cli11.h"
#include "command.h"
#include "saved_command.h"
#include "saved_facts.h"
#include "store/saved_prompts.h"

namespace pk::cmd {

namespace {

struct LabelFlags {
  std::string prompt;
  std::string label;
  bool remove = false;
};

Result<store::SavedList<FactRow>> list(const store::Env& env) {
  const std::int64_t now_ms = SystemClock().wall_ms();
  return fact_rows(store::list_prompts(env), [&](const config::SavedPrompt& prompt) {
    return facts_of(prompt, prompt.newest(), Detail::list, now_ms);
  });
}

Result<std::optional<std::vector<Fact>>> show(const store::Env& env, const std::string& text) {
  const config::PromptReference wanted = config::prompt_reference(text);
  PK_ASSIGN(const auto prompt, store::find_prompt(env, wanted.prompt));
  const auto version = prompt ? prompt->version_of(wanted.version) : std::nullopt;
  if (!version) return std::optional<std::vector<Fact>>{};
  return std::optional(facts_of(*prompt, *version, Detail::show, SystemClock().wall_ms()));
}

Result<std::string> remove(store::Env& env, std::span<const std::string> ids) {
  PK_TRY(store::remove_prompts(env, ids));
  return std::string();
}

// Where no version is named the newest gets it: that is what one has just made.
Result<std::int64_t> version_to_label(const store::Env& env, const std::string& text) {
  const config::PromptReference wanted = config::prompt_reference(text);
  PK_ASSIGN(const auto prompt, store::find_prompt(env, wanted.prompt));
  if (!prompt) return store::not_there(store::SavedKind::prompt, wanted.prompt);
  const auto version = wanted.version.empty() ? prompt->newest() : prompt->version_of(wanted.version);
  if (!version)
    return Error{Errc::not_found,
                 fmt::format("prompt {} has no version '{}'", prompt->id, visible(wanted.version, false))};
  return *version;
}

Result<Exit> label(store::Env& env, const LabelFlags& flags) {
  const config::PromptReference wanted = config::prompt_reference(flags.prompt);
  if (flags.remove && !wanted.version.empty())
    return Error{Errc::invalid, "--rm takes a label away wherever it is; leave out the version"};
  std::int64_t version = 0;
  if (!flags.remove) {
    PK_ASSIGN(version, version_to_label(env, flags.prompt));
  }
  PK_TRY(store::label_prompt(env, wanted.prompt, flags.label, version));
  if (version != 0) std::cerr << fmt::format("{} is version {} now\n", flags.label, version);
  return Exit::done;
}

void add_label(CLI::App& group, Context& context) {
  auto flags = std::make_shared<LabelFlags>();
  CLI::App* command = group.add_subcommand("label", "Give a version a label, or publish it");
  command->add_option("ID[@VERSION]", flags->prompt, "Its id or name; without a version the newest")
      ->required()
      ->type_name("");
  command->add_option("LABEL", flags->label, "The label; published: what counts where no version is named")
      ->required()
      ->type_name("");
  command->add_flag("--rm", flags->remove, "Take the label away");
  command->callback([&context, flags] {
    context.run = [&context, flags] {
      return with_saved(context, store::SavedKind::prompt, flags->prompt,
                        [&](store::Env& env) { return label(env, *flags); });
    };
  });
}

}  // namespace

void add_prompt(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("prompt", "Keep prompt templates, checked and versioned");
  group->require_subcommand(1, 1);
  add_prompt_add(*group, context);
  add_saved_commands(*group, context,
                     {store::SavedKind::prompt, "ID[@VERSION]", prompt_columns(), list, show, {}, remove});
  add_prompt_edit(*group, context);
  add_label(*group, context);
  add_prompt_render(*group, context);
}

}  // namespace pk::cmd
