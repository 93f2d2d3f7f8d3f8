#include "log/joined.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/sse.h"
#include "base/text.h"
#include "log/node.h"

namespace pk::log {

namespace {

// Chat and text completions: each chunk is laid over those before it.
// https://platform.openai.com/docs/api-reference/chat-streaming
class Completion {
 public:
  static bool knows(const Node& event) { return event.find("choices") || event.find("error"); }

  void take(Node&& event) {
    event.erase("obfuscation");  // padding of random length
    merge(m_whole, std::move(event));
  }

  Node result() && {
    if (Node* object = m_whole.find("object"); object && object->value == "chat.completion.chunk")
      *object = Node::text("chat.completion");
    if (Node* choices = m_whole.find("choices")) {
      const auto by_index = [](const Node& a, const Node& b) {
        return a.index_of("index") < b.index_of("index");
      };
      std::stable_sort(choices->items.begin(), choices->items.end(), by_index);
      for (Node& choice : choices->items) finish_choice(choice);
    }
    return std::move(m_whole);
  }

 private:
  static void finish_choice(Node& choice) {
    for (Member& member : choice.members)
      if (member.name == "delta") member.name = "message";
    Node* message = choice.find("message");
    Node* calls = message ? message->find("tool_calls") : nullptr;
    if (!calls) return;
    for (Node& call : calls->items) call.erase("index");  // an unstreamed message has it not
  }

  Node m_whole = Node::object();
};

// https://docs.anthropic.com/en/docs/build-with-claude/streaming
class AnthropicMessage {
 public:
  static bool knows(const Node& event) {
    const std::string_view type = event.text_of("type");
    return type.starts_with("message_") || type.starts_with("content_block_") ||
           (type == "error" && event.find("error"));
  }

  void take(Node&& event) {
    const std::string type(event.text_of("type"));
    if (type == "message_start" && event.at("message").is_object())
      m_message = std::move(event.at("message"));
    if (type == "content_block_start") start_block(event);
    if (type == "content_block_delta") grow_block(event);
    if (type == "message_delta") change_message(event);
    if (type == "error") m_message.at("error") = std::move(event.at("error"));
  }

  Node result() && {
    if (m_blocks.empty()) return std::move(m_message);
    Node& content = m_message.at("content");
    content = Node::array();
    for (Block& block : m_blocks) {
      if (!block.json.empty()) block.node.at("input") = input(std::move(block.json));
      if (block.node.is_object()) content.items.push_back(std::move(block.node));
    }
    return std::move(m_message);
  }

 private:
  struct Block {
    Node node;
    std::string json;  // a tool's input as far as it came
  };

  void change_message(Node& event) {
    if (Node* delta = event.find("delta"); delta && delta->is_object()) merge(m_message, std::move(*delta));
    if (Node* usage = event.find("usage"); usage && usage->is_object())
      merge(m_message.at("usage"), std::move(*usage));
  }

  Block* block(const Node& event) {
    const auto index = event.index_of("index");
    if (!index || *index >= k_node_items_max) return nullptr;
    if (m_blocks.size() <= *index) m_blocks.resize(*index + 1);
    return &m_blocks[*index];
  }

  void start_block(Node& event) {
    if (Block* at = block(event)) at->node = std::move(event.at("content_block"));
  }

  void grow_block(Node& event) {
    Block* at = block(event);
    Node* delta = event.find("delta");
    if (!at || !delta) return;
    const std::string_view type = delta->text_of("type");
    if (type == "text_delta") at->node.at("text").append_text(delta->text_of("text"));
    if (type == "thinking_delta") at->node.at("thinking").append_text(delta->text_of("thinking"));
    if (type == "signature_delta") at->node.at("signature").append_text(delta->text_of("signature"));
    if (type == "input_json_delta") at->json += delta->text_of("partial_json");
    if (type == "citations_delta") add_citation(at->node.at("citations"), std::move(delta->at("citation")));
  }

  static void add_citation(Node& list, Node&& citation) {
    if (!list.is_array()) list = Node::array();
    list.items.push_back(std::move(citation));
  }

  static Node input(std::string json) {
    return is_json(json, k_node_depth_max) ? Node::literal(std::move(json)) : Node::text(std::move(json));
  }

  Node m_message = Node::object();
  std::vector<Block> m_blocks;
};

// The last event has the response whole; the others matter only if it never came.
// https://platform.openai.com/docs/api-reference/responses-streaming
class Response {
 public:
  static bool knows(const Node& event) {
    const std::string_view type = event.text_of("type");
    return type.starts_with("response.") || type == "error";
  }

  void take(Node&& event) {
    const std::string type(event.text_of("type"));
    if (Node* response = event.find("response"); response && response->is_object()) {
      m_response = std::move(*response);
      m_whole = type == "response.completed" || type == "response.incomplete" || type == "response.failed";
    } else if (type == "error") {
      event.erase("type");
      Node* error = event.find("error");
      m_response.at("error") = std::move(error ? *error : event);
    } else if (type.ends_with(".delta")) {
      grow(type, event);
    } else if (type.starts_with("response.output_item.")) {
      if (Node* at = item(event)) *at = std::move(event.at("item"));
    } else if (type.starts_with("response.content_part.") ||
               type.starts_with("response.reasoning_summary_part.")) {
      if (Node* at = part(event)) *at = std::move(event.at("part"));
    }
  }

  Node result() && {
    if (m_whole || m_output.items.empty()) return std::move(m_response);
    m_response.at("output") = std::move(m_output);
    return std::move(m_response);
  }

 private:
  Node* item(const Node& event) {
    const auto index = event.index_of("output_index");
    return index ? m_output.item(*index) : nullptr;
  }

  Node* part(const Node& event) {
    Node* at = item(event);
    const auto content = event.index_of("content_index"), summary = event.index_of("summary_index");
    if (!at || (!content && !summary)) return nullptr;
    return content ? at->at("content").item(*content) : at->at("summary").item(*summary);
  }

  void grow(std::string_view type, const Node& event) {
    Node* at = part(event);
    const std::string_view more = event.text_of("delta");
    if (at && type.find("_text.") != std::string_view::npos) at->at("text").append_text(more);
    if (at && type == "response.refusal.delta") at->at("refusal").append_text(more);
    if (type != "response.function_call_arguments.delta") return;
    if (Node* call = item(event)) call->at("arguments").append_text(more);
  }

  Node m_response = Node::object();
  Node m_output = Node::array();
  bool m_whole = false;
};

// One of the three, by the first event that one of them knows.
class Joiner {
 public:
  void take(std::string_view data) {
    auto event = data.starts_with('{') ? Node::parse(data) : std::nullopt;
    if (!event) return;
    if (m_form == Form::none) m_form = form_of(*event);
    if (m_form == Form::response && Response::knows(*event)) m_response.take(*std::move(event));
    if (m_form == Form::anthropic && AnthropicMessage::knows(*event)) m_anthropic.take(*std::move(event));
    if (m_form == Form::completion && Completion::knows(*event)) m_completion.take(*std::move(event));
  }

  std::optional<Node> result() && {
    switch (m_form) {
      case Form::none:
        return {};
      case Form::response:
        return std::move(m_response).result();
      case Form::anthropic:
        return std::move(m_anthropic).result();
      case Form::completion:
        return std::move(m_completion).result();
    }
    return {};
  }

 private:
  enum class Form { none, response, anthropic, completion };

  static Form form_of(const Node& event) {
    if (AnthropicMessage::knows(event)) return Form::anthropic;
    if (Response::knows(event)) return Form::response;
    return Completion::knows(event) ? Form::completion : Form::none;
  }

  Form m_form = Form::none;
  Response m_response;
  AnthropicMessage m_anthropic;
  Completion m_completion;
};

}  // namespace

std::optional<std::string> joined_message(std::string_view events) {
  Joiner joiner;
  SseSplitter splitter;
  const auto take = [&](const SseEvent& event) { joiner.take(event.data); };
  splitter.feed(events, take);
  splitter.finish(take);
  const auto whole = std::move(joiner).result();
  if (!whole) return {};
  std::string out;
  whole->write(out);
  return out;
}

bool is_event_stream(const Content& content) {
  const auto is_type = [](const auto& header) { return iequals(header.first, "content-type"); };
  const auto type = std::find_if(content.headers.begin(), content.headers.end(), is_type);
  using Type = std::optional<std::string_view>;
  return is_event_stream(type == content.headers.end() ? Type{} : Type{type->second}, content.body);
}

bool is_event_stream(std::optional<std::string_view> content_type, std::string_view body) {
  if (content_type) return istarts_with(trim(*content_type), "text/event-stream");
  return body.starts_with("data:") || body.starts_with("event:") || body.starts_with(": ");
}

}  // namespace pk::log
