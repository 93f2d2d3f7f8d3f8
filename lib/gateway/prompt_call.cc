#include "gateway/prompt_call.h"

#include <fmt/format.h>

#include <utility>

#include "base/percent.h"
#include "base/text.h"
#include "prompt/lookup.h"
#include "provider/body.h"

namespace pk::gateway {

namespace {

Refusal invalid(std::string message, std::vector<std::string> errors = {}) {
  Refusal refusal;
  refusal.message = std::move(message);
  refusal.errors = std::move(errors);
  return refusal;
}

Refusal refusal_of(config::ConfigProblem problem) {
  return invalid(std::move(problem.message), std::move(problem.errors));
}

BodyOrRefusal rendered(const CalledPrompt& prompt, std::string_view body, prompt::Caller caller) {
  prompt::ReadCall read = prompt::read_call(body, prompt.value, caller);
  if (read.problem) return refusal_of(*std::move(read.problem));
  prompt::Rendered done = prompt::render(prompt.value, read.call, prompt::partials_of(*prompt.saved));
  if (done.problem) return refusal_of(*std::move(done.problem));
  return std::move(done.body);
}

}  // namespace

std::optional<PromptRoute> prompt_route(std::string_view method, std::string_view path) {
  constexpr std::string_view k_prompts = "/v1/prompts/";
  if (method != "POST" || !path.starts_with(k_prompts)) return {};
  const std::string_view rest = path.substr(k_prompts.size());
  const std::size_t slash = rest.find('/');
  const std::string_view action =
      slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  if (slash == 0 || (action != "completions" && action != "render")) return {};
  return PromptRoute{percent_decoded(rest.substr(0, slash)), action == "render"};
}

log::Endpoint CalledPrompt::endpoint() const {
  return value.form == prompt::Form::chat ? log::Endpoint::chat_completions : log::Endpoint::completions;
}

std::string_view CalledPrompt::path() const {
  return value.form == prompt::Form::chat ? "/v1/chat/completions" : "/v1/completions";
}

PromptOrRefusal find_prompt(const config::Saved& saved, std::string_view reference) {
  const auto found = prompt::find_prompt(saved, reference);
  if (!found) {
    Refusal refusal = invalid(found.error().message);
    if (found.error().code == Errc::not_found) refusal.status = 404;
    return refusal;
  }
  prompt::ParsedTemplate parsed = prompt::parse_template(found->text);
  if (parsed.problem) return refusal_of(*std::move(parsed.problem));
  auto prompt = std::make_shared<CalledPrompt>();
  *prompt = {&saved, found->prompt->id, found->version, std::move(parsed.value)};
  return std::shared_ptr<const CalledPrompt>(std::move(prompt));
}

PromptOrRefusal find_target_prompt(const config::Saved& saved, std::string_view reference) {
  PromptOrRefusal found = find_prompt(saved, reference);
  if (auto* refusal = std::get_if<Refusal>(&found)) {
    refusal->status = 400;
    refusal->message = "prompt_id: " + refusal->message;
  } else if (const CalledPrompt& prompt = *std::get<0>(found); !prompt.value.config.empty()) {
    return invalid(
        fmt::format("prompt_id: the prompt {} names a config, which a target cannot go by", prompt.id));
  }
  return found;
}

BodyOrRefusal render_prompt(const CalledPrompt& prompt, std::string_view body) {
  if (trim(body).empty()) body = "{}";
  if (const auto facts = provider::BodyReader().read(body); !facts)
    return make_refusal(400, facts.error().message, "invalid_request_error");
  return rendered(prompt, body, prompt::Caller::route);
}

std::string rendered_body(std::string_view body) {
  return fmt::format("{{\"success\":true,\"data\":{}}}", body);
}

BodyOrRefusal render_target_prompt(const CalledPrompt& prompt, log::Endpoint endpoint,
                                   std::string_view body) {
  if (endpoint == prompt.endpoint()) return rendered(prompt, body, prompt::Caller::target);
  return invalid(fmt::format("prompt_id: the prompt {} answers requests to {}", prompt.id, prompt.path()));
}

}  // namespace pk::gateway
