#include "provider/google.h"

#include <fmt/format.h>

#include "provider/chat_read.h"
#include "provider/embeddings.h"
#include "provider/google_answer.h"
#include "provider/google_request.h"
#include "provider/wire_request.h"

namespace pk::provider {

namespace {

// ".../models/gemini-2.5-flash"; names may come with their collection: "models/x", "tunedModels/x".
Result<std::string> model_url(const ClientCall& call) {
  std::string_view model = call.facts.model;
  std::string_view collection = "models";
  for (const std::string_view known : {"models", "tunedModels"}) {
    if (!model.starts_with(known) || model.substr(known.size(), 1) != "/") continue;
    collection = known;
    model.remove_prefix(known.size() + 1);
    break;
  }
  PK_ASSIGN(const std::string segment, model_segment(model, call.provider.slug));
  return fmt::format("{}/{}/{}", base_and_prefix(call), collection, segment);
}

Result<WireRequest> encode_chat(const ClientCall& call) {
  PK_ASSIGN(const std::string url, model_url(call));
  PK_ASSIGN(const ChatRequest chat, read_chat(call.body));
  PK_ASSIGN(std::string body, google_chat_body(chat, call.facts.model));
  const std::string_view verb = call.facts.stream ? ":streamGenerateContent?alt=sse" : ":generateContent";
  return json_request(fmt::format("{}{}", url, verb), std::move(body));
}

Result<WireRequest> encode_embeddings(const ClientCall& call) {
  PK_ASSIGN(const std::string url, model_url(call));
  PK_ASSIGN(const EmbedRequest embed, read_embeddings(call.body));
  return json_request(url + ":batchEmbedContents", google_embed_body(embed, call.facts.model));
}

Result<WireRequest> encode(const ClientCall& call) {
  PK_ASSIGN(WireRequest request, encoded_by({encode_chat, encode_embeddings, passed_on}, call));
  if (!call.key.empty()) request.headers.emplace_back("x-goog-api-key", call.key);
  return request;
}

}  // namespace

const Dialect k_google = {&encode, &google_decoder};

}  // namespace pk::provider
