// Cohere's answers in OpenAI's form.
#pragma once

#include <memory>

#include "provider/dialect.h"

namespace pk::provider {

// For chat completions, whole and streamed (message-start, content-delta, tool-plan-delta, tool-call-*,
// message-end), and embeddings; null for other endpoints. The finish reason ERROR is an error.
std::unique_ptr<Decoder> cohere_decoder(const AnswerFacts& facts);

}  // namespace pk::provider
