#include "view.h"

#include <fmt/format.h>

#include <algorithm>

#include "attempt_tree.h"
#include "base/text.h"
#include "base/time_text.h"
#include "log/joined.h"
#include "pretty.h"
#include "terminal.h"
#include "words.h"

namespace pk::cmd {

namespace {

using log::LogRecord;

constexpr std::size_t k_name_columns = 10;
constexpr std::size_t k_indent = 2;

void append_fact(std::string& out, const ViewStyle& style, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += paint(Color::dim, pad(name, k_name_columns), style.color) + " " + std::string(value) + "\n";
}

std::string painted(const Cell& cell, bool color) {
  std::string out;
  for (const Span& span : cell) out += paint(span.color, span.text, color);
  return out;
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (word.empty()) continue;
    if (!out.empty()) out += " · ";
    out += word;
  }
  return out;
}

std::string when(const LogRecord& record, const ViewStyle& style) {
  std::string text = rfc3339(record.created_at);
  text[10] = ' ';
  text.replace(text.size() - 1, 1, " UTC");
  return fmt::format("{} ({})", text, relative_time(record.created_at, style.now_ms));
}

std::string tokens(const LogRecord& record) {
  const auto part = [](const std::optional<std::int64_t>& n, std::string_view name) {
    return n ? thousands(*n) + std::string(name) : std::string();
  };
  return joined_words({part(record.total_tokens, " in all"), part(record.prompt_tokens, " prompt"),
                       part(record.completion_tokens, " completion"), part(record.cached_tokens, " cached"),
                       part(record.reasoning_tokens, " reasoning")});
}

std::string cost(const LogRecord& record) {
  if (!record.cost_usd) return {};
  return joined_words({cents(*record.cost_usd),
                       record.saved_usd && *record.saved_usd > 0 ? cents(*record.saved_usd) + " saved" : ""});
}

// Which record the answer comes from, or which was the nearest.
std::string cached(const LogRecord& record) {
  if (!record.cache_neighbour) return {};
  const bool hit = record.cache == log::Cache::hit || record.cache == log::Cache::semantic_hit;
  return joined_words({(hit ? "answer of " : "nearest is ") + record.cache_neighbour->text(),
                       record.cache_score ? fmt::format("score {:.3f}", *record.cache_score) : "",
                       hit ? "" : visible(record.cache_verdict, false)});
}

// The pauses between attempts are nobody's work: here they stand apart from the gateway's own time.
std::string time_taken(const LogRecord& record) {
  double waited_ms = 0;
  for (const log::Attempt& attempt : record.attempts) waited_ms += attempt.wait_ms;
  return joined_words({milliseconds(record.latency_ms),
                       record.ttft_ms ? "first token after " + milliseconds(*record.ttft_ms) : "",
                       milliseconds(record.upstream_ms) + " upstream",
                       waited_ms > 0 ? milliseconds(waited_ms) + " waiting" : "",
                       milliseconds(std::max(record.gateway_ms - waited_ms, 0.0)) + " gateway"});
}

std::string metadata(const LogRecord& record) {
  std::string out;
  for (const auto& [name, value] : record.metadata)
    out += (out.empty() ? "" : " ") + visible(name + "=" + value, false);
  return out;
}

std::string replay(const LogRecord& record) {
  const std::string of = record.replay_of ? "replay of " + record.replay_of->text() : "";
  const bool blocked = record.replay_blocked_by != log::ReplayBlock::none;
  return joined_words(
      {of, blocked ? fmt::format("cannot be replayed ({})", log::slug(record.replay_blocked_by)) : ""});
}

std::string feedback(const LogRecord& record) {
  if (record.feedback.count == 0) return {};
  const std::string average =
      record.feedback.weighted_average ? fmt::format("{:.2f}", *record.feedback.weighted_average) : "–";
  return fmt::format("{} (weighted average {})", record.feedback.count, average);
}

void append_head(std::string& out, const LogRecord& record, const ViewStyle& style) {
  const std::string model = record.model.empty() ? record.requested_model : record.model;
  const bool other_model = !record.requested_model.empty() && record.requested_model != model;
  out += paint(Color::bold, record.id.text(), style.color) + "\n";
  append_fact(out, style, "model",
              visible(other_model ? model + " (asked for " + record.requested_model + ")" : model, false));
  append_fact(out, style, "provider", visible(joined_words({record.provider, record.virtual_key}), false));
  append_fact(out, style, "path",
              joined_words({friendly_path(record), visible(record.method + " " + record.path, false),
                            record.stream ? "streamed" : ""}));
  append_fact(out, style, "time", when(record, style));
  append_fact(out, style, "http", record.http_status ? fmt::format("{}", *record.http_status) : "");
  append_fact(out, style, "status", painted(status_cell(record), style.color));
  append_fact(out, style, "cached", cached(record));
  append_fact(out, style, "error", paint(Color::red, visible(record.error, false), style.color));
  append_fact(out, style, "tokens", tokens(record));
  append_fact(out, style, "cost", cost(record));
  append_fact(out, style, "took", time_taken(record));
  append_fact(out, style, "user", visible(record.user, false));
  append_fact(out, style, "metadata", metadata(record));
  append_fact(out, style, "trace", visible(joined_words({record.trace_id, record.span_name}), false));
  append_fact(out, style, "config",
              visible(joined_words({record.config_version ? fmt::format("{} version {}", record.config_id,
                                                                        *record.config_version)
                                                          : record.config_id,
                                    record.last_used_option == "config" ? "" : record.last_used_option}),
                      false));
  append_fact(
      out, style, "prompt",
      visible(record.prompt_version ? fmt::format("{} version {}", record.prompt_id, *record.prompt_version)
                                    : record.prompt_id,
              false));
  append_fact(out, style, "api key", visible(record.api_key, false));
  append_fact(out, style, "feedback", feedback(record));
  append_fact(out, style, "replay", replay(record));
}

void append_content(std::string& out, std::string_view title, const log::kind::content& content,
                    const LogRecord& record, const ViewStyle& style) {
  out += "\n" + paint(Color::bold, title, style.color) + "\n";
  if (!content) {
    out += std::string(k_indent, ' ') +
           (record.tracked ? "not kept" : "not kept: the request asked not to be tracked") + "\n";
    return;
  }
  for (const auto& [name, value] : content->headers)
    out += std::string(k_indent, ' ') + paint(Color::blue, visible(name, false), style.color) + ": " +
           visible(value, false) + "\n";
  if (!content->headers.empty() && !content->body.empty()) out += "\n";
  append_body(out, *content, style, k_indent);
}

}  // namespace

void append_body(std::string& out, const log::Content& content, const ViewStyle& style, std::size_t indent) {
  if (style.bodies == log::BodyForm::joined && log::is_event_stream(content))
    if (const auto message = log::joined_message(content.body))
      return append_pretty(out, *message, style.color, indent);
  append_pretty(out, content.body, style.color, indent);
}

void append_view(std::string& out, const LogRecord& record, const ViewStyle& style) {
  append_head(out, record, style);
  if (!record.attempts.empty()) {
    out += "\n" + paint(Color::bold, "Attempts", style.color) + "\n";
    append_attempt_tree(out, record.attempts, {style.color, style.columns, k_indent});
  }
  append_content(out, "Request", record.request, record, style);
  append_content(out, "Response", record.response, record, style);
}

}  // namespace pk::cmd
