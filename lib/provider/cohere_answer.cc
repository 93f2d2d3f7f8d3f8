#include "provider/cohere_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "provider/answer_decoder.h"
#include "provider/chat_write.h"
#include "provider/embeddings.h"

namespace pk::provider {

namespace {

std::string finish_reason(const std::string& word, bool strict) {
  if (!strict && !word.empty()) return word;
  if (word == "MAX_TOKENS" || word == "TIMEOUT" || word == "ERROR_LIMIT") return "length";
  if (word == "TOOL_CALL") return "tool_calls";
  if (word == "ERROR_TOXIC") return "content_filter";
  return "stop";
}

bool is_error(const std::string& word) {
  return word == "ERROR";
}

Usage usage_of(const JsonView& usage) {
  const auto count = [&](std::string_view name) {
    const auto tokens = usage["tokens"][name].count(k_tokens_max);
    return tokens ? tokens : usage["billed_units"][name].count(k_tokens_max);
  };
  Usage read;
  read.prompt_tokens = count("input_tokens");
  read.completion_tokens = count("output_tokens");
  read.cached_tokens = usage["cached_tokens"].count(k_tokens_max);
  return read;
}

ChatToolCall call_of(const JsonView& json, std::string_view record_id, std::size_t index) {
  ChatToolCall call;
  call.id = json["id"].text();
  if (call.id.empty()) call.id = tool_call_id(record_id, index);
  call.name = json["function"]["name"].text();
  call.arguments = json["function"]["arguments"].text();
  return call;
}

void take_content(const JsonView& content, ChatChoice& choice) {
  JsonOut blocks;
  blocks.begin_array();
  bool thinks = false;
  for (const JsonView block : content.items()) {
    choice.content += block["text"].text();
    thinks = thinks || block["thinking"].is_string();
    for (const std::string_view kind : {"thinking", "text"})
      if (block[kind].is_string())
        blocks.begin_object().text("type", kind).json(kind, block[kind].json()).end_object();
  }
  if (thinks) choice.content_blocks = blocks.end_array().take();
}

class ChatDecoder final : public SseDecoder {
 public:
  explicit ChatDecoder(const AnswerFacts& facts) : SseDecoder(facts), m_chunks(facts) {}

 private:
  std::optional<std::string> translated(const JsonView& answer) override;
  void event(const JsonView& data, std::string& out) override;
  bool end(std::string& out) override {
    if (m_ended) m_chunks.end(m_usage, out);
    return m_ended;
  }
  Usage usage() const override { return m_usage; }

  void take_delta(const JsonView& data, std::string& out);
  void take_end(const JsonView& delta, std::string& out);

  ChatChunks m_chunks;
  Usage m_usage;
  std::size_t m_calls = 0;  // begun
  bool m_ended = false;
};

std::optional<std::string> ChatDecoder::translated(const JsonView& answer) {
  const JsonView message = answer["message"];
  const std::string word = answer["finish_reason"].text();
  if (!message.is_object() || is_error(word)) return {};
  ChatResult chat;
  chat.id = answer["id"].text();
  chat.usage = usage_of(answer["usage"]);
  ChatChoice& choice = chat.choices.emplace_back();
  choice.content = message["tool_plan"].text();
  take_content(message["content"], choice);
  for (const JsonView call : message["tool_calls"].items())
    choice.tool_calls.push_back(call_of(call, facts().id, choice.tool_calls.size()));
  choice.finish_reason = finish_reason(word, facts().strict);
  return chat_completion(facts(), chat);
}

void ChatDecoder::event(const JsonView& data, std::string& out) {
  const std::string type = data["type"].text();
  if (type == "message-start") {
    m_chunks.name(data["id"].text(), "");
    m_chunks.open(0, out);
  } else if (type == "message-end") {
    take_end(data["delta"], out);
  } else {
    take_delta(data["delta"]["message"], out);
  }
}

// Which of the events it is shows by what it holds: none has two of these.
void ChatDecoder::take_delta(const JsonView& message, std::string& out) {
  const JsonView content = message["content"];
  m_chunks.text(0, message["tool_plan"].text(), out);
  m_chunks.text(0, content["text"].text(), out);
  if (const JsonView thinking = content["thinking"]; thinking.is_string() && thinking.json() != "\"\"")
    m_chunks.content_blocks(0, fmt::format(R"([{{"index":0,"delta":{{"thinking":{}}}}}])", thinking.json()),
                            out);
  const JsonView call = message["tool_calls"];
  if (!call.is_object()) return;
  if (call["function"]["name"].is_string()) {
    m_chunks.tool_call(0, m_calls, call_of(call, facts().id, m_calls), out);
    ++m_calls;
  } else {
    m_chunks.tool_arguments(0, std::max<std::size_t>(m_calls, 1) - 1, call["function"]["arguments"].text(),
                            out);
  }
}

void ChatDecoder::take_end(const JsonView& delta, std::string& out) {
  const std::string word = delta["finish_reason"].text();
  if (is_error(word)) {
    const std::string why = delta["error"].text();
    return unreadable(why.empty() ? "the model failed" : why, out);
  }
  m_usage = usage_of(delta["usage"]);
  if (!m_ended) m_chunks.finish(0, finish_reason(word, facts().strict), out);
  m_ended = true;
}

Embeddings read_embeddings_answer(const JsonView& answer) {
  Embeddings found;
  for (const JsonView vector : answer["embeddings"]["float"].items()) found.vectors.push_back(vector);
  found.usage = usage_of(answer["meta"]);
  return found;
}

}  // namespace

std::unique_ptr<Decoder> cohere_decoder(const AnswerFacts& facts) {
  if (facts.endpoint == log::Endpoint::chat_completions) return std::make_unique<ChatDecoder>(facts);
  if (facts.endpoint == log::Endpoint::embeddings) return embeddings_decoder(facts, read_embeddings_answer);
  return nullptr;
}

}  // namespace pk::provider
