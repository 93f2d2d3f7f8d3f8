// Bedrock's answers in OpenAI's form.
#pragma once

#include <memory>

#include "provider/dialect.h"

namespace pk::provider {

// For chat completions and embeddings; null for other endpoints. A whole answer is JSON; a streamed one comes
// as application/vnd.amazon.eventstream (event_stream.h) and goes to the client as text/event-stream.
//
// prompt_tokens include what was read from and written to the cache, which Bedrock counts beside inputTokens.
// An exception within a stream is an error event. The end mark follows `metadata`, or the end of the stream
// where a messageStop came. Non-strict: Bedrock's own stop reasons; thinking, with its signature, as
// `content_blocks`.
std::unique_ptr<Decoder> bedrock_decoder(const AnswerFacts& facts);

}  // namespace pk::provider
