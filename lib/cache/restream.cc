#include "cache/restream.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "log/joined.h"
#include "log/node.h"

namespace pk::cache {

namespace {

using log::Member;
using log::Node;

constexpr std::size_t k_piece_bytes = 500;  // of a text, as hosted Portkey cuts it

Error no_stream(std::string_view why) {
  return Error{Errc::invalid, "the stored answer has no stream: " + std::string(why)};
}

// Calls `f` with the pieces of a text, none of them cut inside a character.
template <class F>
void in_pieces(std::string_view text, F f) {
  while (!text.empty()) {
    std::string_view piece = utf8_front(text, k_piece_bytes);
    if (piece.empty()) piece = text.substr(0, k_piece_bytes);  // bytes that are no UTF-8
    f(piece);
    text.remove_prefix(piece.size());
  }
}

Node object(std::initializer_list<std::pair<std::string_view, Node>> members) {
  Node node = Node::object();
  for (const auto& [name, value] : members) node.members.push_back({std::string(name), value});
  return node;
}

Node number(std::size_t value) {
  return Node::literal(std::to_string(value));
}

// Chat and text completions: https://platform.openai.com/docs/api-reference/chat-streaming
class Chunks {
 public:
  explicit Chunks(Node whole) : m_whole(std::move(whole)), m_head(Node::object()) {
    for (const Member& member : m_whole.members)
      if (member.name != "choices" && member.name != "usage") m_head.members.push_back(member);
    if (m_head.text_of("object") == "chat.completion")
      m_head.at("object") = Node::text("chat.completion.chunk");
  }

  Result<std::string> write(bool include_usage) && {
    const Node* choices = m_whole.find("choices");
    if (!choices || !choices->is_array()) return no_stream("it has no choices");
    std::size_t index = 0;
    for (const Node& choice : choices->items) {
      if (!choice.is_object()) return no_stream("a choice is no object");
      m_index = choice.find("index") ? *choice.find("index") : number(index);
      ++index;
      if (const Node* message = choice.find("message"))
        write_message(choice, *message);
      else
        write_text(choice);
    }
    const Node* usage = m_whole.find("usage");
    if (include_usage && usage && !usage->is_null()) {
      Node chunk = m_head;
      chunk.at("choices") = Node::array();
      chunk.at("usage") = *usage;
      event(chunk);
    }
    m_out += "data: [DONE]\n\n";
    return std::move(m_out);
  }

 private:
  void event(const Node& chunk) {
    m_out += "data: ";
    chunk.write(m_out);
    m_out += "\n\n";
  }

  // `choice` but for its index, which every chunk has.
  void chunk(Node choice) {
    Node chunk = m_head;
    Node& choices = chunk.at("choices");
    choices = Node::array();
    choice.members.insert(choice.members.begin(), {"index", m_index});
    if (!choice.find("finish_reason")) choice.at("finish_reason") = Node();
    choices.items.push_back(std::move(choice));
    event(chunk);
  }

  void delta(std::string_view name, Node value) {
    Node choice = object({{"delta", object({{name, std::move(value)}})}});
    chunk(std::move(choice));
  }

  void write_message(const Node& choice, const Node& message) {
    Node first = Node::object();
    first.at("role") = message.find("role") ? *message.find("role") : Node::text("assistant");
    const Node* content = message.find("content");
    if (content) first.at("content") = is_text(*content) ? Node::text("") : Node();
    Node opening = object({{"delta", std::move(first)}});
    if (const Node* logprobs = choice.find("logprobs"); logprobs && !logprobs->is_null())
      opening.at("logprobs") = *logprobs;
    chunk(std::move(opening));
    for (const Member& member : message.members) write_part(member.name, member.node);
    close(choice, object({{"delta", Node::object()}}));
  }

  static bool is_text(const Node& node) { return node.kind == Node::Kind::text; }

  void write_part(std::string_view name, const Node& value) {
    if (name == "role" || value.is_null()) return;
    if (name == "tool_calls" && value.is_array()) return write_calls(value);
    if (name == "content" || name == "refusal" || name == "reasoning" || name == "reasoning_content") {
      if (is_text(value))
        return in_pieces(value.value,
                         [&](std::string_view piece) { delta(name, Node::text(std::string(piece))); });
    }
    delta(name, value);
  }

  void write_calls(const Node& calls) {
    std::size_t index = 0;
    for (const Node& call : calls.items) {
      const std::size_t at = index++;
      Node opening = call;
      std::string arguments;
      if (Node* function = opening.find("function"); function && function->is_object()) {
        arguments = function->text_of("arguments");
        function->at("arguments") = Node::text("");
      }
      opening.erase("index");
      opening.members.insert(opening.members.begin(), {"index", number(at)});
      call_delta(std::move(opening));
      in_pieces(arguments, [&](std::string_view piece) {
        Node function = object({{"arguments", Node::text(std::string(piece))}});
        call_delta(object({{"index", number(at)}, {"function", std::move(function)}}));
      });
    }
  }

  void call_delta(Node call) {
    Node calls = Node::array();
    calls.items.push_back(std::move(call));
    delta("tool_calls", std::move(calls));
  }

  void write_text(const Node& choice) {
    Node logprobs = choice.find("logprobs") ? *choice.find("logprobs") : Node();
    in_pieces(choice.text_of("text"), [&](std::string_view piece) {
      chunk(
          object({{"text", Node::text(std::string(piece))}, {"logprobs", std::exchange(logprobs, Node())}}));
    });
    close(choice, object({{"text", Node::text("")}}));
  }

  // The last chunk of a choice, with all else that it says.
  void close(const Node& choice, Node last) {
    for (const Member& member : choice.members) {
      const std::string& name = member.name;
      if (name == "index" || name == "message" || name == "text" || name == "logprobs") continue;
      last.at(name) = member.node;
    }
    chunk(std::move(last));
  }

  Node m_whole;
  Node m_head;  // what every chunk says
  Node m_index;
  std::string m_out;
};

// https://docs.anthropic.com/en/docs/build-with-claude/streaming
class MessageEvents {
 public:
  Result<std::string> write(Node message) && {
    const Node* content = message.find("content");
    if (!content || !content->is_array()) return no_stream("it has no content");
    const std::vector<Node> blocks = content->items;
    const Node usage = message.find("usage") ? *message.find("usage") : Node::object();
    Node end = Node::object();
    for (const std::string_view name : {"stop_reason", "stop_sequence"}) {
      end.at(name) = message.at(name);
      message.at(name) = Node();
    }
    message.at("content") = Node::array();
    if (Node* tokens = message.at("usage").find("output_tokens")) *tokens = Node::literal("0");
    event("message_start", {{"message", std::move(message)}});
    for (std::size_t i = 0; i < blocks.size(); ++i) write_block(i, blocks[i]);
    event("message_delta", {{"delta", std::move(end)}, {"usage", usage}});
    event("message_stop", {});
    return std::move(m_out);
  }

 private:
  void event(std::string_view type, std::initializer_list<std::pair<std::string_view, Node>> members) {
    Node node = object(members);
    node.members.insert(node.members.begin(), {"type", Node::text(std::string(type))});
    m_out.append("event: ").append(type).append("\ndata: ");
    node.write(m_out);
    m_out += "\n\n";
  }

  void delta(std::size_t index, std::string_view type, std::string_view name, Node value) {
    Node delta = object({{"type", Node::text(std::string(type))}, {name, std::move(value)}});
    event("content_block_delta", {{"index", number(index)}, {"delta", std::move(delta)}});
  }

  void text_deltas(std::size_t index, std::string_view type, std::string_view name, std::string_view text) {
    in_pieces(text,
              [&](std::string_view piece) { delta(index, type, name, Node::text(std::string(piece))); });
  }

  void write_block(std::size_t index, const Node& block) {
    const std::string_view type = block.text_of("type");
    const bool is_use = type.ends_with("tool_use") && block.find("input");
    Node start = block;
    if (type == "text") start.at("text") = Node::text("");
    if (type == "text") start.erase("citations");
    if (type == "thinking") start.at("thinking") = Node::text("");
    if (type == "thinking" && block.find("signature")) start.at("signature") = Node::text("");
    if (is_use) start.at("input") = Node::object();
    event("content_block_start", {{"index", number(index)}, {"content_block", std::move(start)}});
    if (type == "text") write_text(index, block);
    if (type == "thinking") {
      text_deltas(index, "thinking_delta", "thinking", block.text_of("thinking"));
      text_deltas(index, "signature_delta", "signature", block.text_of("signature"));
    }
    if (is_use) {
      std::string input;
      block.find("input")->write(input);
      if (input != "{}") text_deltas(index, "input_json_delta", "partial_json", input);
    }
    event("content_block_stop", {{"index", number(index)}});
  }

  void write_text(std::size_t index, const Node& block) {
    text_deltas(index, "text_delta", "text", block.text_of("text"));
    const Node* citations = block.find("citations");
    if (!citations) return;
    for (const Node& citation : citations->items) delta(index, "citations_delta", "citation", citation);
  }

  std::string m_out;
};

}  // namespace

Result<std::string> stream_of(log::Endpoint endpoint, std::string_view body, bool include_usage) {
  std::optional<Node> whole = Node::parse(body);
  if (!whole || !whole->is_object()) return no_stream("it is no JSON object");
  switch (endpoint) {
    case log::Endpoint::chat_completions:
    case log::Endpoint::completions:
      return Chunks(*std::move(whole)).write(include_usage);
    case log::Endpoint::messages:
      return MessageEvents().write(*std::move(whole));
    default:
      return no_stream("its route has none");
  }
}

Result<std::string> whole_of(log::Endpoint endpoint, std::string_view events) {
  const bool known = endpoint == log::Endpoint::chat_completions || endpoint == log::Endpoint::completions ||
                     endpoint == log::Endpoint::messages || endpoint == log::Endpoint::responses;
  std::optional<std::string> whole = known ? log::joined_message(events) : std::nullopt;
  if (!whole) return Error{Errc::invalid, "the stored stream says nothing that can be put together"};
  return *std::move(whole);
}

}  // namespace pk::cache
