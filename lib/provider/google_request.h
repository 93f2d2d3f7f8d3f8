// Requests in Gemini's form. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/chat_read.h"
#include "provider/embeddings.h"

namespace pk::provider {

// The body of generateContent and streamGenerateContent. `model` decides what reasoning_effort becomes, as
// https://ai.google.dev/gemini-api/docs/openai#thinking has it: a thinkingBudget for gemini-2.5, a
// thinkingLevel from gemini-3 on, nothing for others. Tool results find their function's name by the id of an
// earlier call. A function call without a thought signature gets, from gemini-3 on, the one that Google names
// for calls of other models: https://ai.google.dev/gemini-api/docs/thought-signatures
// Errors: invalid for a tool result that belongs to no call, a file that is known by its id only, and a part
// of a kind that Gemini does not have.
Result<std::string> google_chat_body(const ChatRequest& chat, std::string_view model);

// The body of batchEmbedContents. taskType, title and other members of Gemini's own go into each request.
std::string google_embed_body(const EmbedRequest& embed, std::string_view model);

}  // namespace pk::provider
