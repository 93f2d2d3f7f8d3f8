#include "provider/cohere.h"

#include <fmt/format.h>

#include "provider/chat_read.h"
#include "provider/cohere_answer.h"
#include "provider/cohere_request.h"
#include "provider/embeddings.h"
#include "provider/wire_request.h"

namespace pk::provider {

namespace {

Result<WireRequest> encode_chat(const ClientCall& call) {
  PK_ASSIGN(const ChatRequest chat, read_chat(call.body));
  PK_ASSIGN(std::string body, cohere_chat_body(chat, call.facts.model, call.facts.stream));
  return json_request(base_and_prefix(call) + "/chat", std::move(body));
}

Result<WireRequest> encode_embeddings(const ClientCall& call) {
  PK_ASSIGN(const EmbedRequest embed, read_embeddings(call.body));
  return json_request(base_and_prefix(call) + "/embed", cohere_embed_body(embed, call.facts.model));
}

Result<WireRequest> encode(const ClientCall& call) {
  PK_ASSIGN(WireRequest request, encoded_by({encode_chat, encode_embeddings, passed_on}, call));
  if (!call.key.empty()) request.headers.emplace_back("Authorization", fmt::format("Bearer {}", call.key));
  return request;
}

}  // namespace

const Dialect k_cohere = {&encode, &cohere_decoder};

}  // namespace pk::provider
