#include "provider/bedrock_answer.h"

#include <fmt/format.h>

#include <map>

#include "provider/answer_decoder.h"
#include "provider/chat_write.h"
#include "provider/embeddings.h"
#include "provider/event_stream.h"

namespace pk::provider {

namespace {

// Blocks of one answer; calls in blocks beyond are not told apart.
constexpr std::int64_t k_blocks_max = 1'000'000;
constexpr std::size_t k_calls_max = 10'000;

std::string finish_reason(const std::string& word, bool strict) {
  if (!strict && !word.empty()) return word;
  if (word == "max_tokens" || word == "model_context_window_exceeded") return "length";
  if (word == "tool_use") return "tool_calls";
  if (word == "guardrail_intervened" || word == "content_filtered") return "content_filter";
  return "stop";
}

Usage usage_of(const JsonView& usage) {
  const auto count = [&](std::string_view name) { return usage[name].count(k_tokens_max); };
  Usage read;
  read.cached_tokens = count("cacheReadInputTokens");
  read.cache_write_tokens = count("cacheWriteInputTokens");
  read.prompt_tokens = count("inputTokens");
  if (read.prompt_tokens)
    *read.prompt_tokens += read.cached_tokens.value_or(0) + read.cache_write_tokens.value_or(0);
  read.completion_tokens = count("outputTokens");
  return read;
}

ChatToolCall call_of(const JsonView& tool_use, std::string_view record_id, std::size_t index) {
  ChatToolCall call;
  call.id = tool_use["toolUseId"].text();
  if (call.id.empty()) call.id = tool_call_id(record_id, index);
  call.name = tool_use["name"].text();
  if (tool_use["input"].is_object()) call.arguments = tool_use["input"].json();
  return call;
}

void append_thinking(JsonOut& blocks, const JsonView& reasoning) {
  blocks.begin_object().text("type", "thinking").text("thinking", reasoning["text"].text());
  blocks.given("signature", reasoning["signature"]).end_object();
}

ChatChoice choice_of(const JsonView& content, std::string_view record_id) {
  ChatChoice choice;
  JsonOut blocks;
  blocks.begin_array();
  bool thinks = false;
  for (const JsonView block : content.items()) {
    const JsonView text = block["text"];
    const JsonView reasoning = block["reasoningContent"]["reasoningText"];
    if (block["toolUse"].is_object())
      choice.tool_calls.push_back(call_of(block["toolUse"], record_id, choice.tool_calls.size()));
    choice.content += text.text();
    thinks = thinks || reasoning.is_object();
    if (reasoning.is_object()) append_thinking(blocks, reasoning);
    if (text.is_string()) blocks.begin_object().text("type", "text").json("text", text.json()).end_object();
  }
  if (thinks) choice.content_blocks = blocks.end_array().take();
  return choice;
}

class ChatDecoder final : public AnswerDecoder {
 public:
  explicit ChatDecoder(const AnswerFacts& facts) : AnswerDecoder(facts), m_chunks(facts) {}

  void feed(std::string_view bytes, std::string& out) override;
  void finish(std::string& out) override;
  Usage usage() const override { return m_usage; }

 private:
  std::optional<std::string> translated(const JsonView& answer) override;
  void take(const EventMessage& message, std::string& out);
  void take_failure(const EventMessage& message, std::string& out);
  void take_event(std::string_view type, const JsonView& data, std::string& out);
  void begin_block(const JsonView& data, std::string& out);
  void take_delta(const JsonView& data, std::string& out);
  void take_thinking(const JsonView& reasoning, std::int64_t block, std::string& out);
  void end(std::string& out);

  EventStreamReader m_reader;
  ChatChunks m_chunks;
  Usage m_usage;
  std::map<std::int64_t, std::size_t> m_calls;  // block → place among the calls
  bool m_any_message = false;
  bool m_stopped = false;  // messageStop came
};

std::optional<std::string> ChatDecoder::translated(const JsonView& answer) {
  const JsonView message = answer["output"]["message"];
  if (!message.is_object()) return {};
  ChatResult chat;
  chat.usage = usage_of(answer["usage"]);
  chat.choices.push_back(choice_of(message["content"], facts().id));
  chat.choices[0].finish_reason = finish_reason(answer["stopReason"].text(), facts().strict);
  return chat_completion(facts(), chat);
}

void ChatDecoder::feed(std::string_view bytes, std::string& out) {
  m_reader.feed(bytes, [&](const EventMessage& message) { take(message, out); });
  if (!m_reader.problem().empty()) unreadable(m_reader.problem(), out);
}

void ChatDecoder::finish(std::string& out) {
  if (is_over()) return;
  if (!m_any_message && !m_reader.is_inside()) return unreadable("the stream holds no event", out);
  if (!m_stopped || m_reader.is_inside()) return cut_off(out);
  end(out);
}

void ChatDecoder::take(const EventMessage& message, std::string& out) {
  m_any_message = true;
  if (is_over()) return;
  if (message.message_type != "event") return take_failure(message, out);
  const JsonView data = document(message.payload);
  if (!data.is_object()) return unreadable("an event of the stream is no JSON object", out);
  take_event(message.event_type, data, out);
}

void ChatDecoder::take_failure(const EventMessage& message, std::string& out) {
  const bool exception = message.message_type == "exception";
  std::string why = JsonView::checked(message.payload)["message"].text();
  if (!message.error_message.empty()) why = message.error_message;
  const std::string_view type = exception ? message.exception_type : message.error_code;
  JsonOut error;
  error.begin_object().begin_object("error").text("message", why.empty() ? std::string(type) : why);
  error.text("type", type).end_object().end_object();
  upstream_error(error.str(), out);
}

void ChatDecoder::take_event(std::string_view type, const JsonView& data, std::string& out) {
  if (type == "messageStart") {
    m_chunks.open(0, out);
  } else if (type == "contentBlockStart") {
    begin_block(data, out);
  } else if (type == "contentBlockDelta") {
    take_delta(data, out);
  } else if (type == "messageStop") {
    if (!m_stopped) m_chunks.finish(0, finish_reason(data["stopReason"].text(), facts().strict), out);
    m_stopped = true;
  } else if (type == "metadata") {
    m_usage = usage_of(data["usage"]);
    if (m_stopped) end(out);
  }
}

void ChatDecoder::begin_block(const JsonView& data, std::string& out) {
  const JsonView tool_use = data["start"]["toolUse"];
  const auto block = data["contentBlockIndex"].count(k_blocks_max);
  if (!tool_use.is_object() || !block || m_calls.size() == k_calls_max) return;
  const auto [at, is_new] = m_calls.try_emplace(*block, m_calls.size());
  if (is_new) m_chunks.tool_call(0, at->second, call_of(tool_use, facts().id, at->second), out);
}

void ChatDecoder::take_delta(const JsonView& data, std::string& out) {
  const JsonView delta = data["delta"];
  const std::int64_t block = data["contentBlockIndex"].count(k_blocks_max).value_or(0);
  m_chunks.text(0, delta["text"].text(), out);
  if (const auto call = m_calls.find(block); call != m_calls.end())
    m_chunks.tool_arguments(0, call->second, delta["toolUse"]["input"].text(), out);
  if (delta["reasoningContent"].is_object()) take_thinking(delta["reasoningContent"], block, out);
}

void ChatDecoder::take_thinking(const JsonView& reasoning, std::int64_t block, std::string& out) {
  JsonOut blocks;
  blocks.begin_array().begin_object().number("index", block).begin_object("delta");
  for (const auto& [from, to] : {std::pair("text", "thinking"), std::pair("signature", "signature")})
    if (reasoning[from].is_string()) blocks.json(to, reasoning[from].json());
  m_chunks.content_blocks(0, blocks.end_object().end_object().end_array().str(), out);
}

void ChatDecoder::end(std::string& out) {
  m_chunks.end(m_usage, out);
  set_over();
}

// Titan: {"embedding":[…],"inputTextTokenCount":n}. Cohere: {"embeddings":[[…],…]}, or
// {"embeddings":{"float":…}}.
Embeddings read_embeddings_answer(const JsonView& answer) {
  Embeddings found;
  if (answer["embedding"].is_array()) found.vectors.push_back(answer["embedding"]);
  const JsonView list = answer["embeddings"];
  for (const JsonView vector : (list.is_object() ? list["float"] : list).items())
    found.vectors.push_back(vector);
  found.usage.prompt_tokens = answer["inputTextTokenCount"].count(k_tokens_max);
  return found;
}

}  // namespace

std::unique_ptr<Decoder> bedrock_decoder(const AnswerFacts& facts) {
  if (facts.endpoint == log::Endpoint::chat_completions) return std::make_unique<ChatDecoder>(facts);
  if (facts.endpoint == log::Endpoint::embeddings) return embeddings_decoder(facts, read_embeddings_answer);
  return nullptr;
}

}  // namespace pk::provider
