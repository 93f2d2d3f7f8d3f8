#include "provider/chat_write.h"

#include <fmt/format.h>

#include <algorithm>

namespace pk::provider {

namespace {

void append_detail(JsonOut& out, std::string_view name, const std::optional<std::int64_t>& count) {
  if (count) out.number(name, *count);
}

void append_call_members(JsonOut& out, const ChatToolCall& call, std::string_view arguments, bool strict) {
  out.text("id", call.id).text("type", "function").begin_object("function");
  out.text("name", call.name).text("arguments", arguments).end_object();
  if (strict || call.thought_signature.empty()) return;
  out.begin_object("extra_content").begin_object("google");
  out.text("thought_signature", call.thought_signature).end_object().end_object();
}

void append_choice(JsonOut& out, const ChatChoice& choice, bool strict) {
  out.begin_object().number("index", choice.index);
  append_assistant(out.key("message"), choice, strict);
  out.json("logprobs", "null").text("finish_reason", choice.finish_reason).end_object();
}

std::string first_of(std::string_view given, std::string_view otherwise) {
  return std::string(given.empty() ? otherwise : given);
}

}  // namespace

std::string chat_id(std::string_view record_id) {
  return fmt::format("chatcmpl-{}", record_id);
}

std::string tool_call_id(std::string_view record_id, std::size_t index) {
  std::string id = "call_";
  std::ranges::copy_if(record_id, std::back_inserter(id), [](char c) { return c != '-'; });
  return fmt::format("{}_{}", id, index);
}

void append_usage(JsonOut& out, const Usage& usage) {
  out.begin_object()
      .number("prompt_tokens", usage.prompt_tokens.value_or(0))
      .number("completion_tokens", usage.completion_tokens.value_or(0))
      .number("total_tokens", usage.total());
  if (usage.cached_tokens || usage.cache_write_tokens) {
    out.begin_object("prompt_tokens_details");
    append_detail(out, "cached_tokens", usage.cached_tokens);
    append_detail(out, "cache_write_tokens", usage.cache_write_tokens);
    out.end_object();
  }
  if (usage.reasoning_tokens)
    out.begin_object("completion_tokens_details")
        .number("reasoning_tokens", *usage.reasoning_tokens)
        .end_object();
  out.end_object();
}

void append_tool_calls(JsonOut& out, const std::vector<ChatToolCall>& calls, bool strict) {
  if (calls.empty()) return;
  out.begin_array("tool_calls");
  for (const ChatToolCall& call : calls) {
    out.begin_object();
    append_call_members(out, call, call.arguments.empty() ? "{}" : call.arguments, strict);
    out.end_object();
  }
  out.end_array();
}

void append_assistant(JsonOut& out, const ChatChoice& choice, bool strict) {
  out.begin_object().text("role", "assistant").key("content");
  if (choice.content.empty() && !choice.tool_calls.empty())
    out.json("null");
  else
    out.text(choice.content);
  if (!choice.refusal.empty()) out.json("refusal", choice.refusal);
  append_tool_calls(out, choice.tool_calls, strict);
  if (!strict && !choice.content_blocks.empty()) out.json("content_blocks", choice.content_blocks);
  out.end_object();
}

std::string chat_completion(const AnswerFacts& facts, const ChatResult& answer) {
  JsonOut out;
  out.begin_object().text("id", first_of(answer.id, chat_id(facts.id)));
  out.text("object", "chat.completion").number("created", facts.now_s);
  out.text("model", first_of(answer.model, facts.model)).text("provider", facts.provider);
  out.begin_array("choices");
  for (const ChatChoice& choice : answer.choices) append_choice(out, choice, facts.strict);
  out.end_array();
  if (!answer.usage_json.empty())
    out.json("usage", answer.usage_json);
  else if (answer.usage.known())
    append_usage(out.key("usage"), answer.usage);
  out.end_object();
  return out.take();
}

ChatChunks::ChatChunks(const AnswerFacts& facts, std::string_view choice_members)
    : m_strict(facts.strict),
      m_include_usage(facts.include_usage),
      m_now_s(facts.now_s),
      m_provider(facts.provider),
      m_choice_members(choice_members),
      m_id(chat_id(facts.id)),
      m_model(facts.model) {}

void ChatChunks::name(std::string_view id, std::string_view model) {
  if ((id.empty() || id == m_id) && (model.empty() || model == m_model)) return;
  if (!id.empty()) m_id = id;
  if (!model.empty()) m_model = model;
  m_head.clear();
}

const std::string& ChatChunks::head() {
  if (!m_head.empty()) return m_head;
  JsonOut head;
  head.begin_object().text("id", m_id).text("object", "chat.completion.chunk");
  head.number("created", m_now_s).text("model", m_model).text("provider", m_provider);
  head.begin_array("choices");
  m_head = "data: " + head.take();
  return m_head;
}

// `delta` is the members of the delta, without braces.
void ChatChunks::chunk(std::size_t choice, std::string_view delta, std::string_view reason,
                       std::string_view usage, std::string& out) {
  choice = std::min(choice, k_choices_max - 1);
  out.append(head()).append(R"({"index":)");
  append_json_number(out, static_cast<std::int64_t>(choice));
  out += R"(,"delta":{)";
  if (!m_open[choice]) out += delta.empty() ? R"("role":"assistant")" : R"("role":"assistant",)";
  m_open[choice] = true;
  out.append(delta).append("},").append(m_choice_members).append(R"("finish_reason":)");
  if (reason.empty())
    out += "null";
  else
    append_json_string(out, reason);
  out += "}]";
  if (!usage.empty()) out.append(R"(,"usage":)").append(usage);
  out += "}\n\n";
}

void ChatChunks::open(std::size_t choice, std::string& out) {
  if (!m_open[std::min(choice, k_choices_max - 1)]) chunk(choice, R"("content":"")", "", "", out);
}

void ChatChunks::text(std::size_t choice, std::string_view text, std::string& out) {
  if (!text.empty()) content(choice, json_string(text), "", out);
}

void ChatChunks::content(std::size_t choice, std::string_view text, std::string_view blocks,
                         std::string& out) {
  if (m_strict) blocks = "";
  if (text.empty() && blocks.empty()) return;
  std::string delta;
  if (!text.empty()) delta.append(R"("content":)").append(text);
  if (!text.empty() && !blocks.empty()) delta += ',';
  if (!blocks.empty()) delta.append(R"("content_blocks":)").append(blocks);
  chunk(choice, delta, "", "", out);
}

void ChatChunks::tool_call(std::size_t choice, std::size_t index, const ChatToolCall& call,
                           std::string& out) {
  JsonOut delta;
  delta.begin_array().begin_object().number("index", static_cast<std::int64_t>(index));
  append_call_members(delta, call, call.arguments, m_strict);
  delta.end_object().end_array();
  chunk(choice, fmt::format(R"("tool_calls":{})", delta.str()), "", "", out);
  if (call.arguments.empty() && m_empty_calls.size() < k_empty_calls_max)
    m_empty_calls.emplace_back(choice, index);
}

void ChatChunks::tool_arguments(std::size_t choice, std::size_t index, std::string_view more,
                                std::string& out) {
  if (more.empty()) return;
  std::erase(m_empty_calls, std::pair(choice, index));
  std::string delta = fmt::format(R"("tool_calls":[{{"index":{},"function":{{"arguments":)", index);
  append_json_string(delta, more);
  chunk(choice, delta + "}}]", "", "", out);
}

void ChatChunks::finish(std::size_t choice, std::string_view reason, std::string& out,
                        std::string_view usage) {
  open(choice, out);
  const auto empty_calls = m_empty_calls;
  for (const auto& [its_choice, index] : empty_calls)
    if (its_choice == choice) tool_arguments(choice, index, "{}", out);
  chunk(choice, "", reason, usage, out);
}

void ChatChunks::end(const Usage& usage, std::string& out) {
  if (m_include_usage && usage.known()) {
    JsonOut counts;
    append_usage(counts, usage);
    fmt::format_to(std::back_inserter(out), "{}],\"usage\":{}}}\n\n", head(), counts.str());
  }
  out += k_chat_end_mark;
}

}  // namespace pk::provider
