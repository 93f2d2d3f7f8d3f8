#include "provider/answer_decoder.h"

#include <fmt/format.h>

#include "base/text.h"
#include "provider/errors.h"
#include "provider/json_out.h"

namespace pk::provider {

namespace {

constexpr int k_status_ok = 200;

bool carries_error(const JsonView& answer) {
  return answer["error"].is_object() || answer["error"].is_string();
}

std::string event_of(const std::string& json) {
  return fmt::format("data: {}\n\n", json);
}

}  // namespace

OwnFacts::OwnFacts(const AnswerFacts& facts)
    : m_facts(facts), m_provider(facts.provider), m_model(facts.model), m_id(facts.id) {}

AnswerFacts OwnFacts::view() const {
  AnswerFacts facts = m_facts;
  facts.provider = m_provider;
  facts.model = m_model;
  facts.id = m_id;
  return facts;
}

std::string AnswerDecoder::body(std::string_view upstream) {
  const JsonView answer = JsonView::checked(upstream);
  if (answer.is_absent() && trim(upstream).empty()) return unreadable("the answer has no body");
  if (answer.is_array() && carries_error(answer.first_element())) return upstream_error(answer.json());
  if (!answer.is_object()) return unreadable("the answer is no JSON object");
  if (carries_error(answer)) return upstream_error(answer.json());
  if (auto body = translated(answer)) return std::move(*body);
  // {"message":"…"} is all that some say.
  if (answer["message"].is_string()) return upstream_error(answer.json());
  return unreadable("the answer holds no result");
}

std::string AnswerDecoder::upstream_error(std::string_view json) {
  m_broken = error_text(json);
  if (m_broken.empty()) m_broken = "an error without words";
  return shape_error(facts().provider, k_status_ok, "application/json", json);
}

std::string AnswerDecoder::unreadable(std::string_view why) {
  m_broken = why;
  JsonOut out;
  out.begin_object().begin_object("error");
  out.text("message", fmt::format("{} error: {}", facts().provider, why)).text("type", "upstream_error");
  out.json("param", "null").json("code", "null").end_object();
  out.text("provider", facts().provider).end_object();
  return out.take();
}

void AnswerDecoder::upstream_error(std::string_view json, std::string& out) {
  if (!is_broken()) out += event_of(upstream_error(json));
}

void AnswerDecoder::unreadable(std::string_view why, std::string& out) {
  if (!is_broken()) out += event_of(unreadable(why));
}

void SseDecoder::feed(std::string_view bytes, std::string& out) {
  if (!m_any_event && m_head.size() < k_stream_head_bytes_max)
    m_head += bytes.substr(0, k_stream_head_bytes_max - m_head.size());
  m_splitter.feed(bytes, [&](const SseEvent& event) { take(event, out); });
}

void SseDecoder::take(const SseEvent& event, std::string& out) {
  m_any_event = true;
  const std::string_view data = trim(event.data);
  if (is_broken() || data == "[DONE]" || data.empty()) return;
  const JsonView json = JsonView::checked(data);
  if (!json.is_object()) return unreadable("an event of the stream is no JSON object", out);
  if (carries_error(json) || event.event == "error") return upstream_error(json.json(), out);
  this->event(json, out);
}

void SseDecoder::finish(std::string& out) {
  m_splitter.finish([&](const SseEvent& event) { take(event, out); });
  if (is_broken()) return;
  if (m_splitter.skipped() > 0) return unreadable("an event of the stream is too large", out);
  if (m_any_event) {
    if (!end(out)) cut_off(out);
    return;
  }
  const JsonView json = JsonView::checked(m_head);
  if (carries_error(json) || carries_error(json.first_element())) return upstream_error(m_head, out);
  unreadable("the stream holds no event", out);
}

void WholeDecoder::feed(std::string_view, std::string& out) {
  unreadable("a stream came where none was asked for", out);
}

void WholeDecoder::finish(std::string& out) {
  unreadable("a stream came where none was asked for", out);
}

}  // namespace pk::provider
