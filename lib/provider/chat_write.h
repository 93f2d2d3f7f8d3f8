// Writes answers in OpenAI's chat completion form, whole and as chunks of a stream, for dialects that read
// them in another one. Form: https://platform.openai.com/docs/api-reference/chat/object and …/chat/streaming
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "provider/chat_read.h"
#include "provider/dialect.h"
#include "provider/json_out.h"
#include "provider/usage.h"

namespace pk::provider {

// Calls without arguments that a stream may have open.
inline constexpr std::size_t k_empty_calls_max = 1024;
// Choices of one answer; a higher index counts as this one less one.
inline constexpr std::size_t k_choices_max = 128;

// One choice of a whole answer.
struct ChatChoice {
  std::int64_t index = 0;
  std::string content;
  std::vector<ChatToolCall> tool_calls;
  std::string finish_reason = "stop";
  std::string_view refusal = "null";  // JSON; "": the message has no such member
  // Non-strict only: the content in its blocks, a JSON array; "" where it is nothing but text.
  std::string content_blocks;
};

struct ChatResult {
  std::string id;     // the provider's; "" if it gives none
  std::string model;  // the provider's; "" if it names none
  std::vector<ChatChoice> choices;
  Usage usage;
  std::string usage_json = {};  // where a dialect has counts of its own: in place of what `usage` says
};

// The chat.completion object. Where the provider gives no id or model, those of `facts`.
std::string chat_completion(const AnswerFacts& facts, const ChatResult& answer);

// The message of a choice: its content is null beside tool calls, if it is "".
void append_assistant(JsonOut& out, const ChatChoice& choice, bool strict);

// {"prompt_tokens":…,"completion_tokens":…,"total_tokens":…, details where they are known}; counts that are
// not known are 0, as OpenAI's clients expect numbers. Only to be called where usage.known().
void append_usage(JsonOut& out, const Usage& usage);

// "chatcmpl-" and the id of the log record, for a provider that gives no id.
std::string chat_id(std::string_view record_id);

// The id of a tool call that the provider gives none for: from the record's id and the call's place in the
// answer, so that the same record gives the same ids.
std::string tool_call_id(std::string_view record_id, std::size_t index);

inline constexpr std::string_view k_chat_end_mark = "data: [DONE]\n\n";

// The chunks of one stream. Lives on one thread, one per answer. Each function appends whole events. The
// first chunk of a choice says the role.
class ChatChunks {
 public:
  // `choice_members` is what each choice has between its delta and its finish_reason: "\"logprobs\":null,".
  explicit ChatChunks(const AnswerFacts& facts, std::string_view choice_members = "");

  // What the provider calls its answer; "" is ignored. Chunks already written keep what they had.
  void name(std::string_view id, std::string_view model);

  // The first chunk of a choice, where the provider says that it begins before it has anything to say.
  void open(std::size_t choice, std::string& out);
  void text(std::size_t choice, std::string_view text, std::string& out);
  // A member `content_blocks` of the delta, a JSON array: nothing in strict form.
  void content_blocks(std::size_t choice, std::string_view json, std::string& out) {
    content(choice, "", json, out);
  }
  // Both in one chunk: `text` is a JSON string, "" for none; `blocks` "" for none.
  void content(std::size_t choice, std::string_view text, std::string_view blocks, std::string& out);
  // Call number `index` of the choice begins; `call.arguments` are its first, perhaps "". One that has none
  // when its choice is finished gets {}, since clients parse them.
  void tool_call(std::size_t choice, std::size_t index, const ChatToolCall& call, std::string& out);
  void tool_arguments(std::size_t choice, std::size_t index, std::string_view more, std::string& out);
  // `usage` is JSON, for clients that look for it beside the reason; "" for none.
  void finish(std::size_t choice, std::string_view reason, std::string& out, std::string_view usage = "");
  // Usage, where it was asked for and is known, and the end mark.
  void end(const Usage& usage, std::string& out);

 private:
  const std::string& head();
  void chunk(std::size_t choice, std::string_view delta, std::string_view reason, std::string_view usage,
             std::string& out);

  const bool m_strict;
  const bool m_include_usage;
  const std::int64_t m_now_s;
  const std::string m_provider;
  const std::string m_choice_members;
  std::string m_id;
  std::string m_model;
  std::string m_head;  // of every chunk; "" until it is needed
  std::bitset<k_choices_max> m_open;
  std::vector<std::pair<std::size_t, std::size_t>>
      m_empty_calls;  // choice and index: without arguments so far
};

// The member `tool_calls` of a message, nothing for none; {} for arguments that are empty, since clients
// parse them. Extra members only where not strict.
void append_tool_calls(JsonOut& out, const std::vector<ChatToolCall>& calls, bool strict);

}  // namespace pk::provider
