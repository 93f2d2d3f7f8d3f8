// Google's Gemini API (generativelanguage.googleapis.com): chat completions as generateContent, embeddings as
// batchEmbedContents. Form: https://ai.google.dev/api/generate-content and …/api/embeddings
#pragma once

#include "provider/dialect.h"

namespace pk::provider {

// Endpoints: chat_completions, embeddings, other. The key goes in x-goog-api-key, never into the URL. Base
// URL and prefix of the row are https://generativelanguage.googleapis.com and /v1beta; a custom host replaces
// the first. The client's query is not passed on where the path is not the client's.
//
// What the form cannot hold is left out: logit_bias, logprobs, user, store, metadata and the like. Members
// that OpenAI's form does not have pass as they are (safety_settings, cachedContent, labels …; snake case is
// taken too); generationConfig is merged, its members win.
extern const Dialect k_google;

}  // namespace pk::provider
