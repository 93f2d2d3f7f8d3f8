#include "provider/google_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "provider/answer_decoder.h"
#include "provider/chat_write.h"
#include "provider/data_url.h"
#include "provider/embeddings.h"

namespace pk::provider {

namespace {

// https://ai.google.dev/api/generate-content#FinishReason, and the reasons to block a prompt.
constexpr std::array<std::string_view, 10> k_filtered = {"SAFETY",
                                                         "RECITATION",
                                                         "BLOCKLIST",
                                                         "PROHIBITED_CONTENT",
                                                         "SPII",
                                                         "IMAGE_SAFETY",
                                                         "MODEL_ARMOR",
                                                         "IMAGE_PROHIBITED_CONTENT",
                                                         "IMAGE_RECITATION",
                                                         "JAILBREAK"};

std::string finish_reason(const std::string& word, bool has_calls, bool strict) {
  if (!strict && !word.empty()) return word;
  if (std::ranges::find(k_filtered, word) != k_filtered.end()) return "content_filter";
  if (word == "MAX_TOKENS") return "length";
  return has_calls ? "tool_calls" : "stop";
}

// Why there is no candidate; "" if nothing was blocked.
std::string block_reason(const JsonView& answer, bool strict) {
  const std::string word = answer["promptFeedback"]["blockReason"].text();
  return word.empty() || !strict ? word : "content_filter";
}

std::optional<std::int64_t> sum(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  return a || b ? std::optional(a.value_or(0) + b.value_or(0)) : std::nullopt;
}

Usage usage_of(const JsonView& metadata) {
  const auto count = [&](std::string_view name) { return metadata[name].count(k_tokens_max); };
  Usage usage;
  usage.prompt_tokens = sum(count("promptTokenCount"), count("toolUsePromptTokenCount"));
  usage.reasoning_tokens = count("thoughtsTokenCount");
  usage.completion_tokens = sum(count("candidatesTokenCount"), usage.reasoning_tokens);
  usage.cached_tokens = count("cachedContentTokenCount");
  usage.total_tokens =
      usage.prompt_tokens ? sum(usage.prompt_tokens, usage.completion_tokens) : count("totalTokenCount");
  return usage;
}

ChatToolCall call_of(const JsonView& part, std::string_view record_id, std::size_t index) {
  const JsonView function = part["functionCall"];
  ChatToolCall call;
  call.id = function["id"].text();
  if (call.id.empty()) call.id = tool_call_id(record_id, index);
  call.name = function["name"].text();
  call.arguments = function["args"].is_object() ? function["args"].json() : "{}";
  call.thought_signature = part["thoughtSignature"].text();
  return call;
}

std::string picture_url(const JsonView& data) {
  return data_url(data["mimeType"].text(), data["data"].text());
}

bool is_thought(const JsonView& part) {
  return part["thought"].is_true();
}

// ---- whole answers

void append_block(JsonOut& out, const JsonView& part) {
  const bool thought = is_thought(part);
  if (const JsonView text = part["text"]; text.is_string()) {
    const std::string_view kind = thought ? "thinking" : "text";
    out.begin_object().text("type", kind).json(kind, text.json()).end_object();
  } else if (const JsonView data = part["inlineData"]; data.is_object()) {
    out.begin_object().text("type", "image_url").begin_object("image_url");
    out.text("url", picture_url(data)).end_object().end_object();
  }
}

ChatChoice choice_of(const JsonView& candidate, std::size_t index, const AnswerFacts& facts,
                     std::size_t& calls) {
  ChatChoice choice;
  choice.index = static_cast<std::int64_t>(index);
  JsonOut blocks;
  blocks.begin_array();
  bool more_than_text = false;
  for (const JsonView part : candidate["content"]["parts"].items()) {
    if (part["text"].is_string() && !is_thought(part)) choice.content += part["text"].text();
    if (part["functionCall"].is_object()) choice.tool_calls.push_back(call_of(part, facts.id, calls++));
    more_than_text = more_than_text || is_thought(part) || part["inlineData"].is_object();
    append_block(blocks, part);
  }
  if (more_than_text) choice.content_blocks = blocks.end_array().take();
  choice.finish_reason =
      finish_reason(candidate["finishReason"].text(), !choice.tool_calls.empty(), facts.strict);
  return choice;
}

// ---- streams

class ChatDecoder final : public SseDecoder {
 public:
  explicit ChatDecoder(const AnswerFacts& facts) : SseDecoder(facts), m_chunks(facts) {}

 private:
  std::optional<std::string> translated(const JsonView& answer) override;
  void event(const JsonView& data, std::string& out) override;
  bool end(std::string& out) override;
  Usage usage() const override { return m_usage; }

  void take_candidate(const JsonView& candidate, std::size_t choice, std::string& out);
  void take_part(const JsonView& part, std::size_t choice, std::string& out);
  void finish_choice(std::size_t choice, const std::string& reason, std::string& out);

  ChatChunks m_chunks;
  Usage m_usage;
  std::size_t m_calls = 0;                              // in all choices
  std::array<std::size_t, k_choices_max> m_calls_of{};  // in each
  std::bitset<k_choices_max> m_begun;
  std::bitset<k_choices_max> m_finished;
};

std::optional<std::string> ChatDecoder::translated(const JsonView& answer) {
  ChatResult chat;
  chat.id = answer["responseId"].text();
  chat.model = answer["modelVersion"].text();
  chat.usage = usage_of(answer["usageMetadata"]);
  for (const JsonView candidate : answer["candidates"].items())
    chat.choices.push_back(choice_of(candidate, chat.choices.size(), facts(), m_calls));
  if (chat.choices.empty()) {
    const std::string reason = block_reason(answer, facts().strict);
    if (reason.empty()) return {};
    chat.choices.emplace_back().finish_reason = reason;
  }
  return chat_completion(facts(), chat);
}

void ChatDecoder::event(const JsonView& data, std::string& out) {
  m_chunks.name(data["responseId"].text(), data["modelVersion"].text());
  if (data["usageMetadata"].is_object()) m_usage = usage_of(data["usageMetadata"]);
  std::size_t place = 0;
  for (const JsonView candidate : data["candidates"].items()) {
    const auto index = candidate["index"].count(k_choices_max - 1);
    take_candidate(candidate, index ? static_cast<std::size_t>(*index) : std::min(place, k_choices_max - 1),
                   out);
    ++place;
  }
  if (const std::string reason = block_reason(data, facts().strict); !reason.empty() && place == 0)
    finish_choice(0, reason, out);
}

void ChatDecoder::take_candidate(const JsonView& candidate, std::size_t choice, std::string& out) {
  m_begun[choice] = true;
  for (const JsonView part : candidate["content"]["parts"].items()) take_part(part, choice, out);
  const std::string word = candidate["finishReason"].text();
  if (!word.empty()) finish_choice(choice, finish_reason(word, m_calls_of[choice] > 0, facts().strict), out);
}

void ChatDecoder::take_part(const JsonView& part, std::size_t choice, std::string& out) {
  if (part["functionCall"].is_object())
    return m_chunks.tool_call(choice, m_calls_of[choice]++, call_of(part, facts().id, m_calls++), out);
  if (part["text"].is_string() && !is_thought(part)) return m_chunks.text(choice, part["text"].text(), out);
  if (part["text"].is_string())
    m_chunks.content_blocks(
        choice, fmt::format(R"([{{"index":0,"delta":{{"thinking":{}}}}}])", part["text"].json()), out);
  if (part["inlineData"].is_object())
    m_chunks.content_blocks(
        choice,
        fmt::format(R"([{{"index":0,"delta":{{"type":"image_url","image_url":{{"url":{}}}}}}}])",
                    json_string(picture_url(part["inlineData"]))),
        out);
}

void ChatDecoder::finish_choice(std::size_t choice, const std::string& reason, std::string& out) {
  m_begun[choice] = true;
  if (!m_finished[choice]) m_chunks.finish(choice, reason, out);
  m_finished[choice] = true;
}

bool ChatDecoder::end(std::string& out) {
  const bool whole = m_finished.any() && m_finished == m_begun;
  if (whole) m_chunks.end(m_usage, out);
  return whole;
}

// ---- embeddings

Embeddings read_embeddings_answer(const JsonView& answer) {
  Embeddings found;
  if (const JsonView one = answer["embedding"]["values"]; one.is_array()) found.vectors.push_back(one);
  for (const JsonView embedding : answer["embeddings"].items()) found.vectors.push_back(embedding["values"]);
  found.usage = usage_of(answer["usageMetadata"]);
  return found;
}

}  // namespace

std::unique_ptr<Decoder> google_decoder(const AnswerFacts& facts) {
  if (facts.endpoint == log::Endpoint::chat_completions) return std::make_unique<ChatDecoder>(facts);
  if (facts.endpoint == log::Endpoint::embeddings) return embeddings_decoder(facts, read_embeddings_answer);
  return nullptr;
}

}  // namespace pk::provider
