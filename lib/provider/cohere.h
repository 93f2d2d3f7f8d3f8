// Cohere's API, version 2: chat completions as /v2/chat, embeddings as /v2/embed.
// Form: https://docs.cohere.com/v2/reference/chat, …/chat-stream, …/embed
#pragma once

#include "provider/dialect.h"

namespace pk::provider {

// Endpoints: chat_completions, embeddings, other. Base URL and prefix of the row are https://api.cohere.com
// and /v2; the key is a bearer.
//
// Requests: top_p is p, top_k is k, stop is stop_sequences; what OpenAI's form has and Cohere's has not is
// left out. Members that OpenAI's form does not have pass as they are (documents, safety_mode, k …). Text
// beside an assistant's tool calls is its tool plan, both ways. A named tool_choice offers that tool alone
// and requires it. Embeddings: input_type is search_document unless given. Errors: invalid for more than one
// choice, and for content of a kind that Cohere does not have.
//
// Answers: prompt and completion tokens are Cohere's `tokens`, else its billed units. Non-strict: Cohere's
// own finish reasons, thinking as `content_blocks`.
extern const Dialect k_cohere;

}  // namespace pk::provider
