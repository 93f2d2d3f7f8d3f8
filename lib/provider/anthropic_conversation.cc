#include "provider/anthropic_conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "provider/anthropic_content.h"
#include "provider/json_out.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

// The content of a system message: text alone has a place in `system`.
Result<void> append_system(JsonOut& out, const JsonView& content, const JsonView& cache_control) {
  if (has_words(content)) append_text_block(out, content, cache_control);
  for (const JsonView part : content.items()) {
    const auto [text, its_cache_control] = part.pick("text", "cache_control");
    if (!text.is_string()) return invalid("a system message can have text alone");
    if (has_words(text)) append_text_block(out, text, its_cache_control);
  }
  return {};
}

Result<void> append_tool_use(JsonOut& out, const JsonView& call) {
  const auto [id, function, cache_control] = call.pick("id", "function", "cache_control");
  if (!function.is_object()) return invalid("a tool call has no function");
  const auto [name, given] = function.pick("name", "arguments");
  // The arguments are JSON in a string. Some clients send "" for none.
  const std::string arguments = given.text();
  const bool none = trim(arguments).empty();
  if (!none && !JsonView::checked(arguments).is_object())
    return invalid("the arguments of a tool call are no JSON object");
  out.begin_object().text("type", "tool_use").given("id", id).given("name", name);
  out.json("input", none ? "{}" : arguments).given("cache_control", cache_control).end_object();
  return {};
}

// Whole blocks. Pieces of a stream that a client has kept, {"index","delta"}, are none.
bool are_own_blocks(const JsonView& content_blocks) {
  const JsonItems items = content_blocks.items();
  bool whole = !items.empty();
  for (const JsonView block : items) whole = whole && block["type"].is_string();
  return whole;
}

// Blocks that an answer of ours carried. Tool calls are not among them, or stand in tool_calls as well.
void append_own_blocks(JsonOut& out, const JsonView& content_blocks) {
  for (const JsonView block : content_blocks.items()) {
    const auto [type, text] = block.pick("type", "text");
    if (!type.is("tool_use") && (!type.is("text") || has_words(text))) out.json(block.json());
  }
}

// Nothing where there are no blocks: `blocks` is a JSON array.
void append_turn(JsonOut& out, std::string_view role, std::string_view blocks) {
  if (blocks != "[]") out.begin_object().text("role", role).json("content", blocks).end_object();
}

void append_text_turn(JsonOut& out, std::string_view role, const JsonView& text) {
  if (has_words(text)) append_turn(out, role, text.json());
}

Result<void> append_assistant(JsonOut& out, const JsonView& content, const JsonView& own,
                              const JsonView& calls, const JsonView& cache_control) {
  const bool has_own = are_own_blocks(own);
  if (content.is_string() && !has_own && calls.items().empty() && !cache_control.is_given()) {
    append_text_turn(out, "assistant", content);
    return {};
  }
  JsonOut blocks;
  blocks.begin_array();
  if (has_own)
    append_own_blocks(blocks, own);
  else
    PK_TRY(append_blocks(blocks, content));
  for (const JsonView call : calls.items()) PK_TRY(append_tool_use(blocks, call));
  append_turn(out, "assistant", blocks.end_array().str());
  return {};
}

Result<void> append_user(JsonOut& out, const JsonView& content, const JsonView& cache_control) {
  if (content.is_string() && !cache_control.is_given()) {
    append_text_turn(out, "user", content);
    return {};
  }
  JsonOut blocks;
  blocks.begin_array();
  if (!content.is_string())
    PK_TRY(append_blocks(blocks, content));
  else if (has_words(content))
    append_text_block(blocks, content, cache_control);
  append_turn(out, "user", blocks.end_array().str());
  return {};
}

Result<void> append_tool_result(JsonOut& out, const JsonView& id, const JsonView& content,
                                const JsonView& cache_control) {
  out.begin_object().text("type", "tool_result").json("tool_use_id", id.is_given() ? id.json() : "\"\"");
  if (content.is_string()) out.json("content", content.json());
  if (content.is_array()) {
    out.begin_array("content");
    PK_TRY(append_blocks(out, content));
    out.end_array();
  }
  out.given("cache_control", cache_control).end_object();
  return {};
}

// Goes through the messages. Tool results that follow each other stand in one turn.
class ConversationReader {
 public:
  ConversationReader() {
    m_system.begin_array();
    m_turns.begin_array();
  }

  Result<void> take(const JsonView& message) {
    // All in one step: each goes over the whole text.
    const auto [role, content, own, calls, id, cache_control] =
        message.pick("role", "content", "content_blocks", "tool_calls", "tool_call_id", "cache_control");
    if (role.is("system") || role.is("developer")) return append_system(m_system, content, cache_control);
    if (role.is("tool")) {
      open_results();
      return append_tool_result(m_turns, id, content, cache_control);
    }
    close_results();
    if (role.is("user")) return append_user(m_turns, content, cache_control);
    if (role.is("assistant")) return append_assistant(m_turns, content, own, calls, cache_control);
    return invalid(fmt::format("the role '{}' cannot be sent to anthropic", shown(role.text())));
  }

  Conversation conversation() && {
    close_results();
    m_turns.end_array();
    m_system.end_array();
    return {m_system.str() == "[]" ? std::string() : m_system.take(), m_turns.take()};
  }

 private:
  void open_results() {
    if (!std::exchange(m_in_results, true))
      m_turns.begin_object().text("role", "user").begin_array("content");
  }
  void close_results() {
    if (std::exchange(m_in_results, false)) m_turns.end_array().end_object();
  }

  JsonOut m_system, m_turns;
  bool m_in_results = false;
};

}  // namespace

Result<Conversation> read_conversation(const JsonView& messages) {
  if (!messages.is_array()) return invalid("`messages` must be an array");
  ConversationReader reader;
  std::size_t index = 0;
  for (const JsonView message : messages.items()) {
    if (auto taken = reader.take(message); !taken)
      return std::move(taken).error().within(fmt::format("messages[{}]", index));
    ++index;
  }
  return std::move(reader).conversation();
}

}  // namespace pk::provider
