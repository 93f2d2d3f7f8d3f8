// OpenAI's message content as Anthropic's content blocks. Pure.
// https://platform.openai.com/docs/api-reference/chat/create, https://docs.anthropic.com/en/api/messages
#pragma once

#include "base/result.h"
#include "provider/json_out.h"
#include "provider/json_view.h"

namespace pk::provider {

// Appends the blocks that `content` stands for: a string is one text block, an array a block for each
// part, null nothing; nor does a blank text, which Anthropic refuses. Parts:
// - text and refusal → text; image_url → image by URL or base64, a pdf as document; file → document (by URL,
//   base64, plain text or file id);
// - Anthropic's own blocks (image with a source, document, thinking, tool_result …) as they stand.
// `cache_control` of a part is kept. Errors: invalid for a part that Anthropic has no block for (audio), for
// a data: URL that is not base64, and for a content of another type; they name the part's type.
Result<void> append_blocks(JsonOut& out, const JsonView& content);

// Whether it is a text with more in it than space.
bool has_words(const JsonView& text);

// A text block. `text` is a string and keeps its bytes; `cache_control` may be absent.
void append_text_block(JsonOut& out, const JsonView& text, const JsonView& cache_control = {});

}  // namespace pk::provider
