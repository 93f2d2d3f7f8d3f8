// Requests in Cohere's form. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/chat_read.h"
#include "provider/embeddings.h"

namespace pk::provider {

// The body of /v2/chat. Errors: cohere.h.
Result<std::string> cohere_chat_body(const ChatRequest& chat, std::string_view model, bool stream);

// The body of /v2/embed.
std::string cohere_embed_body(const EmbedRequest& embed, std::string_view model);

}  // namespace pk::provider
