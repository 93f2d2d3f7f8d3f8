// The messages of a chat in Gemini's form: contents with parts. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "provider/chat_read.h"

namespace pk::provider {

struct GoogleContents {
  std::string system;    // {"parts":[…]}; "" without a system message
  std::string contents;  // a JSON array
};

// Turns of one role that follow each other become one; empty texts, which Gemini refuses, are left out, and
// turns that nothing is left of. With `signed_calls` the first function call of a turn
// has a thought signature, whatever the client kept. Errors: google_request.h.
Result<GoogleContents> google_contents(const ChatRequest& chat, bool signed_calls);

}  // namespace pk::provider
