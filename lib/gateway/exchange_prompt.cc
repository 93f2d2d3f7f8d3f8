// The beginning of an exchange that calls a prompt: from here on it is the request that the prompt comes to.
#include <utility>

#include "gateway/exchange.h"

namespace pk::gateway {

Exchange::Step Exchange::take_prompt() {
  if (!m_prompt_route) return {};
  PromptOrRefusal found = find_prompt(*m_rules->plan.saved, m_prompt_route->reference);
  if (auto* refusal = std::get_if<Refusal>(&found)) return std::move(*refusal);
  m_prompt = std::get<std::shared_ptr<const CalledPrompt>>(std::move(found));
  m_endpoint = m_prompt->endpoint();
  m_recorder.prompt(m_prompt->id, m_prompt->version, m_endpoint);
  BodyOrRefusal rendered = render_prompt(*m_prompt, m_request.body);
  if (auto* refusal = std::get_if<Refusal>(&rendered)) return std::move(*refusal);
  m_request.body = std::get<std::string>(std::move(rendered));
  return {};
}

// Who is asked where neither the request's headers nor a target of the config that they name say so.
void Exchange::ask_as_prompt(PlanAsk& ask) const {
  if (!m_prompt || ask.names_provider()) return;
  ask.provider = m_prompt->value.provider;
  ask.virtual_key = m_prompt->value.virtual_key;
  if (ask.config.empty())
    ask.config = m_prompt->value.config;
  else
    ask.named_by_prompt = ask.names_provider();
}

Task<void> Exchange::answer_rendered() {
  http::Headers headers{{"content-type", "application/json"}};
  append_gateway_headers(headers, m_recorder.record());
  std::erase_if(headers, [](const auto& header) { return header.first == "x-pk-log-id"; });
  const std::string body = rendered_body(m_request.body);
  co_await answer(200, std::move(headers), body);
}

}  // namespace pk::gateway
