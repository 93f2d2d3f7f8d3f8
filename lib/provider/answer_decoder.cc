#include "provider/answer_decoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "provider/errors.h"
#include "provider/json_out.h"

namespace pk::provider {

namespace {

constexpr int k_status_ok = 200;
constexpr std::string_view k_json = "application/json";
constexpr std::string_view k_too_large = "an event of the stream is too large";

bool carries_error(const JsonView& answer) {
  const JsonView error = answer["error"];
  return error.is_object() || error.is_string();
}

std::string_view first_of(std::string_view given, std::string_view otherwise) {
  return given.empty() ? otherwise : given;
}

}  // namespace

OwnFacts::OwnFacts(const AnswerFacts& facts)
    : m_provider(facts.provider), m_model(facts.model), m_id(facts.id), m_facts(facts) {
  m_facts.provider = m_provider;
  m_facts.model = m_model;
  m_facts.id = m_id;
}

// ---- whole answers

std::string AnswerDecoder::body(std::string_view upstream) {
  const JsonView answer = document(upstream);
  const std::string_view no_answer = m_words.no_answer;
  if (trim(upstream).empty()) return unreadable(first_of(no_answer, "the answer has no body"));
  if (answer.is_array() && carries_error(answer.first_item())) return upstream_error(answer.json());
  if (!answer.is_object()) return unreadable(first_of(no_answer, "the answer is no JSON object"));
  if (carries_error(answer)) return upstream_error(answer.json());
  if (auto body = translated(answer)) return std::move(*body);
  // {"message":"…"} is all that some say.
  if (answer["message"].is_string()) return upstream_error(answer.json());
  return unreadable(first_of(no_answer, "the answer holds no result"));
}

JsonView AnswerDecoder::document(std::string_view text) {
  const JsonView json = JsonView::checked(text);
  if (!json.is_absent() || is_utf8(text)) return json;
  m_repaired = utf8_repaired(text);
  return JsonView::checked(m_repaired);
}

JsonView AnswerDecoder::event_document(std::string_view text) {
  if (text.find('\n') == std::string_view::npos) return document(text);
  m_line = text;
  std::ranges::replace(m_line, '\n', ' ');
  return document(m_line);
}

// ---- what went wrong

std::string AnswerDecoder::error_body(std::string_view json) const {
  return shape_error(facts().provider, k_status_ok, k_json, json);
}

std::string AnswerDecoder::error_body_of(std::string_view why) const {
  JsonOut out;
  out.begin_object().begin_object("error");
  out.text("message", fmt::format("{} error: {}", facts().provider, why)).text("type", "upstream_error");
  out.json("param", "null").json("code", "null").end_object();
  out.text("provider", facts().provider).end_object();
  return out.take();
}

void AnswerDecoder::append_error_event(std::string_view body, std::string& out) const {
  out.append("data: ").append(body).append("\n\n");
}

std::string AnswerDecoder::upstream_error(std::string_view json) {
  m_broken = error_text(json);
  if (m_broken.empty()) m_broken = "the provider reports an error without words";
  return error_body(json);
}

std::string AnswerDecoder::unreadable(std::string_view why) {
  m_broken = why;
  return error_body_of(why);
}

void AnswerDecoder::upstream_error(std::string_view json, std::string& out) {
  if (m_over) return;
  append_error_event(upstream_error(json), out);
  m_over = true;
}

void AnswerDecoder::unreadable(std::string_view why, std::string& out) {
  if (m_over) return;
  append_error_event(unreadable(why), out);
  m_over = true;
}

void AnswerDecoder::cut_off(std::string& out) {
  unreadable(first_of(m_words.cut_off, "the stream ended before the answer did"), out);
}

// ---- streams

void SseDecoder::feed(std::string_view bytes, std::string& out) {
  if (!m_any_event && m_head.size() < k_stream_head_bytes_max)
    m_head += bytes.substr(0, k_stream_head_bytes_max - m_head.size());
  m_splitter.feed(bytes, [&](const SseEvent& event) { take(event, out); });
}

void SseDecoder::take(const SseEvent& event, std::string& out) {
  m_any_event = true;
  if (is_over()) return;
  if (m_splitter.skipped() > 0) return unreadable(k_too_large, out);
  const std::string_view data = trim(event.data);
  if (data == "[DONE]") return end_mark(out);
  if (data.empty()) return;
  const JsonView json = event_document(data);
  // Most events are spared a walk: the word is rare.
  const bool has_error = data.find("error") != std::string_view::npos && carries_error(json);
  if (event.event == "error" || has_error) return upstream_error(json.is_absent() ? data : json.json(), out);
  if (!json.is_object())
    return unreadable(first_of(words().no_event, "an event of the stream is no JSON object"), out);
  this->event(json, out);
}

void SseDecoder::finish(std::string& out) {
  m_splitter.finish([&](const SseEvent& event) { take(event, out); });
  if (is_over()) return;
  if (m_splitter.skipped() > 0) return unreadable(k_too_large, out);
  if (m_any_event) {
    if (!end(out)) cut_off(out);
    return;
  }
  const JsonView json = JsonView::checked(m_head);
  if (carries_error(json) || carries_error(json.first_item())) return upstream_error(m_head, out);
  unreadable("the stream holds no event", out);
}

void WholeDecoder::feed(std::string_view, std::string& out) {
  unreadable("a stream came where none was asked for", out);
}

void WholeDecoder::finish(std::string& out) {
  unreadable("a stream came where none was asked for", out);
}

}  // namespace pk::provider
