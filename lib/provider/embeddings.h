// Embedding requests and answers in OpenAI's form, read and written for dialects that have another one.
// Form: https://platform.openai.com/docs/api-reference/embeddings/create
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "provider/dialect.h"
#include "provider/json_view.h"
#include "provider/usage.h"

namespace pk::provider {

inline constexpr std::size_t k_embedding_inputs_max = 10'000;

struct EmbedRequest {
  std::vector<std::string> inputs;                    // one or more
  JsonView dimensions;                                // absent if not given
  std::vector<std::pair<std::string, JsonView>> own;  // members that OpenAI's form does not have, in order
};

// Errors are invalid, fit for a client: an input that is neither a string nor an array of strings (tokens
// belong to OpenAI's own models), or none. `body` has passed BodyReader, and outlives the value.
Result<EmbedRequest> read_embeddings(std::string_view body);

// Whether the body asks for vectors in base64, as OpenAI's clients for JavaScript do by themselves, and then
// expect them.
bool wants_base64(std::string_view body);

// The list object. `vectors` are JSON arrays of numbers, in the order of the inputs; with `facts.base64` they
// are written as 32 bit floats, little end first. Usage that is not known is null.
std::string embedding_list(const AnswerFacts& facts, std::string_view model,
                           const std::vector<JsonView>& vectors, const Usage& usage);

// What a provider's answer holds: vectors in the order of the inputs.
struct Embeddings {
  std::vector<JsonView> vectors;
  Usage usage;
};

// Turns answers into the list object; `read` finds what it holds in the provider's form. An answer without
// vectors, or with one that is no array, is none. Never null.
std::unique_ptr<Decoder> embeddings_decoder(const AnswerFacts& facts,
                                            Embeddings (*read)(const JsonView& answer));

}  // namespace pk::provider
