#include "prompt/lookup.h"

#include <fmt/format.h>

#include "prompt/mustache.h"
#include "prompt/render.h"
#include "prompt/renderer.h"
#include "prompt/template.h"

namespace pk::prompt {

namespace {

Result<Found> find_any(const config::Saved& saved, std::string_view reference, std::string_view what) {
  const config::PromptReference wanted = config::prompt_reference(reference);
  const config::SavedPrompt* prompt = saved.prompt(wanted.prompt);
  if (!prompt) return Error{Errc::not_found, fmt::format("there is no {} {}", what, quoted(wanted.prompt))};
  const auto version = prompt->version_of(wanted.version);
  if (!version)
    return Error{Errc::not_found,
                 fmt::format("{} {} has no version {}", what, prompt->id, quoted(wanted.version))};
  return Found{prompt, *version, prompt->versions.at(*version).text};
}

std::string key_of(const Found& found) {
  return fmt::format("{}@{}", found.prompt->id, found.version);
}

Result<Partial> find_partial(const config::Saved& saved, std::string_view reference) {
  PK_ASSIGN(const Found found, find_any(saved, reference, "partial"));
  if (!found.prompt->partial)
    return Error{Errc::invalid, fmt::format("{} is a prompt of its own, not a partial", found.prompt->id)};
  return Partial{key_of(found), found.text};
}

Error one_line(const config::ConfigProblem& problem) {
  std::string text = problem.message;
  std::string_view between = ": ";
  for (const std::string& error : problem.errors) {
    text.append(between).append(error);
    between = "; ";
  }
  return {Errc::invalid, std::move(text)};
}

}  // namespace

Result<Found> find_prompt(const config::Saved& saved, std::string_view reference) {
  PK_ASSIGN(const Found found, find_any(saved, reference, "prompt"));
  if (found.prompt->partial)
    return Error{Errc::invalid, fmt::format("{} is a partial, which is part of prompts", found.prompt->id)};
  return found;
}

FindPartial partials_of(const config::Saved& saved) {
  return [&saved](std::string_view reference) { return find_partial(saved, reference); };
}

Result<void> check(const config::Saved& saved, const Found& found,
                   std::span<const config::ConfigRules::Provider> providers) {
  if (found.prompt->partial) return check_partials(found.text, key_of(found), partials_of(saved));
  const ParsedTemplate parsed = parse_template(found.text, providers);
  if (parsed.problem) return one_line(*parsed.problem);
  return check_partials(parsed.value, partials_of(saved));
}

}  // namespace pk::prompt
