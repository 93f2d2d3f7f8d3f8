#include "provider/anthropic_conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "provider/anthropic_content.h"

namespace pk::provider {

namespace {

Error invalid(std::string message) {
  return Error{Errc::invalid, std::move(message)};
}

// The content of a system message: text alone has a place in `system`.
Result<void> append_system(ArrayWriter& out, const JsonObject& message) {
  const std::string_view content = message.raw("content");
  if (is_string(content)) {
    if (content != "\"\"") append_text_block(out, content, message);
    return {};
  }
  for (const std::string_view item : json_items(content)) {
    const JsonObject part(item);
    const std::string_view text = part.raw("text");
    if (!is_string(text)) return invalid("a system message can have text alone");
    append_text_block(out, text, part);
  }
  return {};
}

// The arguments are JSON in a string. Some clients send "" for none.
Result<std::string> input_of(const JsonObject& function) {
  std::string arguments = function.text("arguments");
  if (trim(arguments).empty()) return std::string("{}");
  if (!JsonObject(arguments).ok()) return invalid("the arguments of a tool call are no JSON object");
  return arguments;
}

Result<void> append_tool_use(ArrayWriter& blocks, const JsonObject& call) {
  const JsonObject function(call.raw("function"));
  if (!function.ok()) return invalid("a tool call has no function");
  PK_ASSIGN(const std::string input, input_of(function));
  ObjectWriter block(blocks.next());
  block.text("type", "tool_use");
  block.copy(call, "id");
  block.copy(function, "name");
  block.raw("input", input);
  block.copy(call, "cache_control");
  block.end();
  return {};
}

// Whole blocks. Pieces of a stream that a client has kept, {"index","delta"}, are none.
bool are_own_blocks(std::string_view content_blocks) {
  const auto items = json_items(content_blocks);
  return !items.empty() && std::ranges::all_of(items, [](std::string_view item) {
    return is_string(JsonObject(item).raw("type"));
  });
}

// Blocks that an answer of ours carried. Tool calls are not among them, or stand in tool_calls as well.
void append_own_blocks(ArrayWriter& blocks, std::string_view content_blocks) {
  for (const std::string_view item : json_items(content_blocks))
    if (JsonObject(item).text("type") != "tool_use") blocks.next() += item;
}

Result<void> append_assistant(ArrayWriter& turns, const JsonObject& message) {
  const std::string_view calls = message.raw("tool_calls"), own = message.raw("content_blocks");
  std::string content;
  ArrayWriter blocks(content);
  const bool has_own = are_own_blocks(own);
  if (has_own)
    append_own_blocks(blocks, own);
  else
    PK_TRY(append_blocks(blocks, message.raw("content")));
  for (const std::string_view call : json_items(calls)) PK_TRY(append_tool_use(blocks, JsonObject(call)));
  blocks.end();
  const bool plain = json_items(calls).empty() && !has_own && is_string(message.raw("content")) &&
                     !message.has("cache_control");
  ObjectWriter turn(turns.next());
  turn.text("role", "assistant");
  turn.raw("content", plain ? message.raw("content") : content);
  turn.end();
  return {};
}

Result<void> append_user(ArrayWriter& turns, const JsonObject& message) {
  const std::string_view given = message.raw("content");
  std::string content;
  if (is_string(given) && !message.has("cache_control")) {
    content = given;
  } else {
    ArrayWriter blocks(content);
    if (is_string(given))
      append_text_block(blocks, given, message);
    else
      PK_TRY(append_blocks(blocks, given));
    blocks.end();
  }
  ObjectWriter turn(turns.next());
  turn.text("role", "user");
  turn.raw("content", content);
  turn.end();
  return {};
}

Result<void> append_tool_result(ArrayWriter& results, const JsonObject& message) {
  std::string content;
  if (is_array(message.raw("content"))) {
    ArrayWriter blocks(content);
    PK_TRY(append_blocks(blocks, message.raw("content")));
    blocks.end();
  } else if (is_string(message.raw("content"))) {
    content = message.raw("content");
  }
  ObjectWriter block(results.next());
  block.text("type", "tool_result");
  block.raw("tool_use_id", message.has("tool_call_id") ? message.raw("tool_call_id") : "\"\"");
  if (!content.empty()) block.raw("content", content);
  block.copy(message, "cache_control");
  block.end();
  return {};
}

void append_results(ArrayWriter& turns, std::string& results) {
  if (results.empty()) return;
  results += ']';
  ObjectWriter turn(turns.next());
  turn.text("role", "user");
  turn.raw("content", results);
  turn.end();
  results.clear();
}

// Goes through the messages and holds tool results back until another kind of message comes.
class ConversationReader {
 public:
  Result<void> take(const JsonObject& message) {
    const std::string role = message.text("role");
    if (role == "tool") return take_result(message);
    if (role == "system" || role == "developer") return append_system(m_system, message);
    append_results(m_turns, m_results);
    m_result.reset();
    if (role == "user") return append_user(m_turns, message);
    if (role == "assistant") return append_assistant(m_turns, message);
    return invalid(
        fmt::format("the role '{}' cannot be sent to anthropic", visible(utf8_front(role, 64), false)));
  }

  Conversation conversation() && {
    append_results(m_turns, m_results);
    m_turns.end();
    m_system.end();
    return {m_system.empty() ? std::string() : std::move(m_system_text), std::move(m_turns_text)};
  }

 private:
  Result<void> take_result(const JsonObject& message) {
    if (!m_result) m_result.emplace(m_results);
    return append_tool_result(*m_result, message);
  }

  std::string m_system_text, m_turns_text;
  std::string m_results;  // an array that is not closed yet
  ArrayWriter m_system{m_system_text}, m_turns{m_turns_text};
  std::optional<ArrayWriter> m_result;
};

}  // namespace

Result<Conversation> read_conversation(std::string_view messages) {
  if (!is_array(messages)) return invalid("`messages` must be an array");
  ConversationReader reader;
  std::size_t index = 0;
  for (const std::string_view item : json_items(messages)) {
    if (auto taken = reader.take(JsonObject(item)); !taken)
      return std::move(taken).error().within(fmt::format("messages[{}]", index));
    ++index;
  }
  return std::move(reader).conversation();
}

}  // namespace pk::provider
