// The messages of a chat in Converse's form. Pure.
// Form: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "provider/chat_read.h"

namespace pk::provider {

struct BedrockContent {
  std::string system;    // a JSON array of blocks; "" without a system message
  std::string messages;  // a JSON array
  bool uses_tools = false;
  std::vector<std::string> tool_names;  // of the calls, each once, in their order
};

// Messages of one role that follow each other become one; empty texts, which Converse refuses, are left out.
// Errors: bedrock_request.h.
Result<BedrockContent> bedrock_content(const ChatRequest& chat);

// What is worth caching up to here.
inline constexpr std::string_view k_bedrock_cache_point = R"({"cachePoint":{"type":"default"}})";

}  // namespace pk::provider
