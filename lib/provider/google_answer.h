// Gemini's answers in OpenAI's form.
#pragma once

#include <memory>

#include "provider/dialect.h"

namespace pk::provider {

// For chat completions (whole: GenerateContentResponse; streamed: server-sent events of the same) and
// embeddings; null for other endpoints.
//
// completion_tokens are candidates and thoughts, prompt_tokens include cached ones and what tools fed in. A
// prompt that was blocked is an answer without content whose finish_reason is content_filter. Function calls
// get ids from the record's id and their place, unless Gemini gives some. Non-strict: Gemini's own finish
// reasons, thoughts and pictures as `content_blocks`, thought signatures as extra_content of the calls.
// Gemini's streams have no end mark: the end mark is written once every choice has its finish reason.
std::unique_ptr<Decoder> google_decoder(const AnswerFacts& facts);

}  // namespace pk::provider
