// Anthropic's messages in front of providers that speak OpenAI's chat completions, so that Anthropic clients
// can use them and fall back to them. https://docs.anthropic.com/en/api/messages
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/dialect.h"

namespace pk::provider {

// The request body of a message as one of a chat completion. `messages` has passed BodyReader::read; `slug`
// is the provider that it is for. Pure; values that need no change keep their bytes.
// - system and messages: messages_conversation.h;
// - max_tokens → max_tokens, but max_completion_tokens for openai and azure-openai, whose newer models refuse
//   the old name; stop_sequences → stop, but not an empty one; metadata.user_id → user; temperature, top_p,
//   stream stay;
// - a stream asks for its usage (stream_options.include_usage): a message always tells it. Not of mistral-ai,
//   which tells it unasked and refuses the option;
// - tools → functions, tool_choice any → required, auto, none, a tool → its function;
//   disable_parallel_tool_use → parallel_tool_calls false;
// - a JSON schema in output_format or output_config.format → response_format, strict where it can be
//   (strict_schema.h);
// - thinking, top_k and every other member is dropped: OpenAI-shaped providers refuse what they do not know.
// Errors: invalid, with a text for the client: messages that are no array, tools that Anthropic runs itself,
// mcp_servers, and what append_turn refuses; the index of message or tool stands before it.
Result<std::string> messages_to_chat(std::string_view messages, std::string_view slug);

// Turns the chat completion, whole or streamed, into the message (messages_answer.h). Never null. To be
// composed with a dialect's own decoder (decoder_chain.h) where the provider has one.
std::unique_ptr<Decoder> messages_decoder(const AnswerFacts& facts);

}  // namespace pk::provider
