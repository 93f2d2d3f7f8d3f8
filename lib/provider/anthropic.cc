#include "provider/anthropic.h"

#include <algorithm>

#include "base/text.h"
#include "provider/anthropic_request.h"
#include "provider/anthropic_stream.h"
#include "provider/target.h"
#include "provider/wire_request.h"

namespace pk::provider {

namespace {

void set_header(log::Headers& headers, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  std::erase_if(headers, [&](const auto& header) { return iequals(header.first, name); });
  headers.emplace_back(name, value);
}

Result<WireRequest> encode(const ClientCall& call) {
  const bool translated = call.endpoint == log::Endpoint::chat_completions;
  ClientCall wire = call;
  if (translated) {
    wire.endpoint = log::Endpoint::messages;
    wire.query = "";
  }
  PK_ASSIGN(WireRequest request, passed_on(wire));
  request.headers = auth_headers(call.provider, call.key);
  set_header(request.headers, "anthropic-version", option(call.options, "anthropic_version"));
  set_header(request.headers, "anthropic-beta", option(call.options, "anthropic_beta"));
  if (!translated) return request;
  request.body_is_clients = false;
  request.headers.emplace_back("Content-Type", "application/json");
  PK_ASSIGN(request.body, chat_to_messages(call.body));
  return request;
}

std::unique_ptr<Decoder> decoder(const AnswerFacts& facts) {
  if (facts.endpoint != log::Endpoint::chat_completions) return nullptr;
  return std::make_unique<AnthropicDecoder>(facts);
}

}  // namespace

constinit const Dialect k_anthropic{encode, decoder, true};

}  // namespace pk::provider
