// What stands between a client's request and a provider's form: asked by whoever sends requests, so that it
// need not know the dialects. Pure.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "provider/dialect.h"
#include "provider/table.h"

namespace pk::provider {

enum class Translation : std::uint8_t {
  native,             // the body passes byte for byte, the answer too
  dialect,            // the provider's dialect makes the request and reads the answer
  front,              // messages: the provider gets a chat completion
  front_and_dialect,  // messages: first a chat completion, that through the dialect
  not_offered,        // reference_name() has the words for it
};

// What a request to this endpoint needs. `other` is always offered.
Translation translation_of(const Provider& provider, log::Endpoint endpoint);

// The request as it goes upstream, for every provider but the built-in one: address, key, body. Where the
// body passes it is not copied (body_is_clients). The option huggingface_base_url is honoured.
// Errors: invalid with a text for the client, "embed is not supported by anthropic" too; limit for a URL that
// is too long. A header with control characters in it (from a key or an option) is invalid.
Result<WireRequest> wire_request(const ClientCall& call);

// What turns the answer into the client's form; null where it passes as it is. For messages in front of
// another form the usage of a stream is always asked of the inner decoder, and its words are OpenAI's. Valid
// for the built-in provider too, whose answers are chat completions.
std::unique_ptr<Decoder> answer_decoder(const Provider& provider, const AnswerFacts& facts);

// The chat completion that a message becomes, and its facts: what wire_request() sends for it, and what the
// built-in provider answers.
struct FrontBody {
  std::string body;
  BodyFacts facts;
};
// Errors: as messages_to_chat().
Result<FrontBody> front_body(const Provider& provider, std::string_view messages);

}  // namespace pk::provider
