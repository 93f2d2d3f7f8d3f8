// Requests in Bedrock's form. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/chat_read.h"
#include "provider/embeddings.h"

namespace pk::provider {

// The body of Converse and ConverseStream. Members that OpenAI's form does not have go into
// additionalModelRequestFields (top_k, thinking, anthropic_beta …), but for Converse's own (guardrailConfig,
// performanceConfig, requestMetadata …), which stay where they are. cache_control becomes a cache point.
// Left out: seed, penalties, logit_bias, logprobs, response_format; reasoning_effort except for OpenAI's
// models. tool_choice none leaves the tools out, unless the conversation has used some: Converse then insists
// on them, and those that the request does not bring are told by their names alone. Errors: invalid for more
// than one choice, for images and files that are given by a URL other than data: and s3:, and for content of
// a kind or a media type that Converse does not have.
Result<std::string> bedrock_chat_body(const ChatRequest& chat, std::string_view model);

// The body of InvokeModel for amazon.titan-embed-* (one input) and cohere.embed-* models; invalid for others.
Result<std::string> bedrock_embed_body(const EmbedRequest& embed, std::string_view model);

}  // namespace pk::provider
