// A chat completion request as OpenAI's clients write it, read into plain values, for dialects that write it
// anew in their own form. Form: https://platform.openai.com/docs/api-reference/chat/create
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "provider/json_view.h"

namespace pk::provider {

// What takes room for its number and not for its size.
inline constexpr std::size_t k_chat_messages_max = 100'000;
inline constexpr std::size_t k_chat_parts_max = 100'000;  // and tool calls, of all messages
inline constexpr std::size_t k_chat_tools_max = 10'000;

enum class ChatRole : std::uint8_t { system, user, assistant, tool };

// One piece of a message's content.
struct ChatPart {
  enum class Kind : std::uint8_t {
    text,
    image,     // image_url
    audio,     // input_audio
    file,      // file
    thinking,  // an assistant's thinking, as answers in non-strict form carry it
    other,     // a kind that OpenAI's form does not have: `json`
  };
  Kind kind = Kind::text;
  std::string text;       // of text and thinking
  std::string url;        // of image, audio, file: a data: URL or another one; "" of a file given by its id
  std::string name;       // of a file: its name
  std::string file_id;    // of a file
  std::string signature;  // of thinking
  bool cached = false;    // has cache_control: the prompt up to here is worth keeping
  JsonView json;          // the part as it stands; absent for content that is a plain string
};

struct ChatToolCall {
  std::string id;
  std::string name;
  std::string arguments;  // a JSON object's text; "{}" where the client left it empty
  // What the provider wants to see again with the call: extra_content.google.thought_signature, or
  // function.thought_signature.
  std::string thought_signature;
};

struct ChatMessage {
  ChatRole role = ChatRole::user;
  std::vector<ChatPart> parts;
  std::vector<ChatToolCall> tool_calls;  // of an assistant
  std::string tool_call_id;              // of a tool
  std::string name;                      // the author's, or the tool's; "" if not given
};

// A function that the model may call. Views go into the body.
struct ChatTool {
  std::string name;      // "" where `json` is no function: a tool in the provider's own form
  JsonView description;  // a string, or absent
  JsonView parameters;   // an object, or absent
  JsonView strict;       // true, false or absent
  bool cached = false;
  JsonView json;  // the tool as it stands
};

struct ChatToolChoice {
  enum class Kind : std::uint8_t { not_given, automatic, none, required, named };
  Kind kind = Kind::not_given;
  std::string name;  // of named
};

struct ChatRequest {
  std::vector<ChatMessage> messages;
  std::vector<ChatTool> tools;
  ChatToolChoice tool_choice;
  JsonObject members;  // all of the body

  // A top-level member, the last one of twins; absent if it is not there.
  JsonView operator[](std::string_view name) const { return members[name]; }
  // max_completion_tokens, else max_tokens.
  JsonView max_tokens() const;
  // `stop` as its strings: one, several, none.
  std::vector<std::string> stops() const;
};

// Errors are invalid (limit for one too many), fit for a client, and name the place: "messages[2].content
// must be a string or an array of parts". `body` has passed BodyReader, and outlives the value.
Result<ChatRequest> read_chat(std::string_view body);

// Members that OpenAI's chat form has. What a body has beyond them is meant for the provider and goes to it
// as it is; of these, a dialect takes what its form can hold and leaves the rest out.
bool is_openai_chat_member(std::string_view name);

// The text of all text parts, joined by `between`.
std::string joined_text(const ChatMessage& message, std::string_view between = "");

}  // namespace pk::provider
