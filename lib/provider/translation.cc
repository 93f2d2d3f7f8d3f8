#include "provider/translation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/head_text.h"
#include "provider/decoder_chain.h"
#include "provider/messages_front.h"
#include "provider/refusal.h"
#include "provider/target.h"
#include "provider/wire_request.h"

namespace pk::provider {

namespace {

bool has_control(std::string_view text) {
  if (!has_low_control(text)) return text.find('\x7f') != std::string_view::npos;
  return std::ranges::any_of(
      text, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

// A key or an option from JSON may hold a line end: as a header it would begin another one.
Result<WireRequest> checked(Result<WireRequest> request) {
  if (!request) return request;
  for (const auto& [name, value] : request->headers)
    if (has_control(name) || has_control(value))
      return invalid(fmt::format("the value for the header {} holds control characters", name));
  return request;
}

Result<WireRequest> native_request(const ClientCall& call) {
  PK_ASSIGN(WireRequest request, passed_on(call));
  request.headers = auth_headers(call.provider, call.key);
  return request;
}

// The query of a messages call was meant for Anthropic (?beta=true).
Result<WireRequest> front_request(const ClientCall& call) {
  PK_ASSIGN(FrontBody front, front_body(call.provider, call.body));
  const ClientCall chat{call.provider,
                        log::Endpoint::chat_completions,
                        call.method,
                        "/v1/chat/completions",
                        "",
                        front.body,
                        front.facts,
                        call.custom_host,
                        call.key,
                        call.options,
                        call.now_ms};
  PK_ASSIGN(WireRequest request, wire_request(chat));
  if (!request.body_is_clients) return request;
  request.body = std::move(front.body);
  request.body_is_clients = false;
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

}  // namespace

Translation translation_of(const Provider& provider, log::Endpoint endpoint) {
  if (provider.dialect && provider.by_dialect.has(endpoint)) return Translation::dialect;
  if (endpoint == log::Endpoint::other || !path_of(provider, endpoint).empty()) return Translation::native;
  if (endpoint != log::Endpoint::messages) return Translation::not_offered;
  switch (translation_of(provider, log::Endpoint::chat_completions)) {
    case Translation::native:
      return Translation::front;
    case Translation::dialect:
      return Translation::front_and_dialect;
    default:
      return Translation::not_offered;
  }
}

Result<FrontBody> front_body(const Provider& provider, std::string_view messages) {
  FrontBody front;
  PK_ASSIGN(front.body, messages_to_chat(messages, provider.slug));
  PK_ASSIGN(front.facts, BodyReader().read(front.body));
  return front;
}

Result<WireRequest> wire_request(const ClientCall& call) {
  switch (translation_of(call.provider, call.endpoint)) {
    case Translation::native:
      return checked(native_request(call));
    case Translation::dialect:
      return checked(call.provider.dialect->encode(call));
    case Translation::front:
    case Translation::front_and_dialect:
      return front_request(call);
    case Translation::not_offered:
      break;
  }
  return invalid(fmt::format("{} is not supported by {}", reference_name(call.endpoint), call.provider.slug));
}

std::unique_ptr<Decoder> answer_decoder(const Provider& provider, const AnswerFacts& facts) {
  const Translation translation = translation_of(provider, facts.endpoint);
  if (translation == Translation::dialect) return provider.dialect->decoder(facts);
  if (translation == Translation::front) return messages_decoder(facts);
  if (translation != Translation::front_and_dialect) return nullptr;
  AnswerFacts inner = facts;
  inner.endpoint = log::Endpoint::chat_completions;
  inner.strict = true;
  inner.include_usage = true;  // a message always tells it
  inner.declines_usage = false;
  return compose(provider.dialect->decoder(inner), messages_decoder(facts));
}

}  // namespace pk::provider
