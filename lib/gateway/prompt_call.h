// Calls of prompts, by their own routes and by targets of configs: which one is meant, and the request that
// it comes to. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/saved.h"
#include "gateway/replies.h"
#include "log/record.h"
#include "prompt/render.h"

namespace pk::gateway {

// POST /v1/prompts/ID/completions, or …/render.
struct PromptRoute {
  std::string reference;  // "pp-…" or a name, a version behind an "@"; escapes undone
  bool render_only = false;
};
std::optional<PromptRoute> prompt_route(std::string_view method, std::string_view path);

// One version of a prompt, read. Good as long as what is saved.
struct CalledPrompt {
  const config::Saved* saved = nullptr;
  std::string id;
  std::int64_t version = 1;
  prompt::Template value;

  // What it is rendered to, and where that goes.
  log::Endpoint endpoint() const;
  std::string_view path() const;
};

using PromptOrRefusal = std::variant<std::shared_ptr<const CalledPrompt>, Refusal>;
// 404 if there is none such, 400 for one that cannot be read.
PromptOrRefusal find_prompt(const config::Saved& saved, std::string_view reference);
// The same for a target of a config, always 400: the config is wrong then.
PromptOrRefusal find_target_prompt(const config::Saved& saved, std::string_view reference);

using BodyOrRefusal = std::variant<std::string, Refusal>;
// The body of the request that the prompt comes to with what `body`, that of a call, brings: a JSON object,
// or nothing. 400 for anything else.
BodyOrRefusal render_prompt(const CalledPrompt& prompt, std::string_view body);
// The answer to a call of …/render.
std::string rendered_body(std::string_view body);
// The same for a target of a config, whose request went to `endpoint`: to that of the prompt, or it is
// refused.
BodyOrRefusal render_target_prompt(const CalledPrompt& prompt, log::Endpoint endpoint, std::string_view body);

}  // namespace pk::gateway
