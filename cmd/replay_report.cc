#include "replay_report.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "replay/word_diff.h"
#include "terminal.h"
#include "view.h"
#include "words.h"

namespace pk::cmd {

namespace {

using log::LogRecord;
using replay::DiffPiece;
using replay::Verdict;

constexpr std::array<ListColumn, 16> k_columns = {{{"id", "", true},
                                                   {"replay_of", "Log", true},
                                                   {"verdict", "Replay", true},
                                                   {"http_status", "Status", true, true},
                                                   {"error", "", false},
                                                   {"provider", "", false},
                                                   {"model", "Model", true},
                                                   {"total_tokens", "", true},
                                                   {"tokens_change", "Tokens", true, true},
                                                   {"cost_usd", "", true},
                                                   {"cost_change_usd", "Cost", true, true},
                                                   {"latency_ms", "", true},
                                                   {"latency_change_ms", "Latency", true, true},
                                                   {"ttft_ms", "", false},
                                                   {"failed_assertions", "", false},
                                                   {"diff", "", false}}};

std::string number(double value) {
  std::string json;
  constexpr double k_exact = 1e6;
  append_json_number(json, std::round(value * k_exact) / k_exact);
  return json;
}
template <class T>
std::string nullable(const std::optional<T>& value) {
  return value ? number(static_cast<double>(*value)) : "null";
}
std::string nullable_text(const std::string& text) {
  return text.empty() ? "null" : json_string(text);
}

std::string signed_number(const std::optional<double>& change, std::string_view unit, int digits) {
  if (!change) return "";
  const std::string text = fmt::format("{:+.{}f}", *change, digits);
  const bool none = text.find_first_not_of("+-0.") == std::string::npos;
  return (none ? "0" : text) + std::string(unit);
}

std::string_view kind_name(DiffPiece::Kind kind) {
  switch (kind) {
    case DiffPiece::Kind::same:
      return "same";
    case DiffPiece::Kind::removed:
      return "removed";
    case DiffPiece::Kind::added:
      break;
  }
  return "added";
}

std::string calls_json(const std::vector<replay::ToolCall>& calls) {
  std::string json = "[";
  for (const replay::ToolCall& call : calls) {
    if (json.size() > 1) json += ',';
    json += "{\"name\":" + json_string(call.name) +
            ",\"arguments\":" + (is_json(call.arguments) ? call.arguments : json_string(call.arguments)) +
            "}";
  }
  return json + "]";
}

std::string diff_json(const replay::Comparison& comparison) {
  std::string json = "{\"text\":[";
  std::string_view between;
  for (const DiffPiece& piece : replay::word_diff(comparison.before.text, comparison.after.text)) {
    json += fmt::format("{}{{\"kind\":\"{}\",\"text\":{}}}", between, kind_name(piece.kind),
                        json_string(piece.text));
    between = ",";
  }
  return json + "],\"tool_calls\":{\"before\":" + calls_json(comparison.before.tool_calls) +
         ",\"after\":" + calls_json(comparison.after.tool_calls) + "}}";
}

std::string failures_json(const ReplayDone& done) {
  std::string json = "[";
  for (const std::string& failure : done.failed_assertions)
    json += (json.size() > 1 ? "," : "") + json_string(failure);
  return json + "]";
}

// ---- a page ----

Color color_of(Verdict verdict) {
  if (verdict == Verdict::same) return Color::green;
  return verdict == Verdict::changed ? Color::yellow : Color::red;
}

// Removed in red, added in green; without colours in brackets, as wdiff has them.
void append_text_diff(std::string& out, const replay::Comparison& comparison, bool color) {
  for (const DiffPiece& piece : replay::word_diff(comparison.before.text, comparison.after.text)) {
    const std::string text = visible(piece.text, true);
    if (piece.kind == DiffPiece::Kind::same)
      out += text;
    else if (piece.kind == DiffPiece::Kind::removed)
      out += color ? paint(Color::red, text, true) : "[-" + text + "-]";
    else
      out += color ? paint(Color::green, text, true) : "{+" + text + "+}";
  }
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
}

void append_call(std::string& out, char sign, const replay::ToolCall& call, bool color) {
  const Color tint = sign == '-' ? Color::red : sign == '+' ? Color::green : Color::plain;
  out +=
      paint(tint, fmt::format("{} {}({})", sign, visible(call.name, false), visible(call.arguments, false)),
            color) +
      "\n";
}

void append_call_diff(std::string& out, const replay::Comparison& comparison, bool color) {
  const auto& before = comparison.before.tool_calls;
  const auto& after = comparison.after.tool_calls;
  for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
    const bool both = i < before.size() && i < after.size();
    if (both && before[i] == after[i]) {
      append_call(out, ' ', after[i], color);
      continue;
    }
    if (i < before.size()) append_call(out, '-', before[i], color);
    if (i < after.size()) append_call(out, '+', after[i], color);
  }
}

void append_line(std::string& out, std::string_view label, const std::string& text, bool color) {
  constexpr std::size_t k_label = 12;
  if (!text.empty()) out += paint(Color::dim, pad(label, k_label), color) + text + "\n";
}

// "1,204 → 1,180 (-24)".
std::string beside(const std::string& before, const std::string& after, const std::string& change) {
  if (before.empty() && after.empty()) return "";
  const auto shown = [](const std::string& text) { return text.empty() ? std::string("?") : text; };
  return shown(before) + " → " + shown(after) + (change.empty() ? "" : " (" + change + ")");
}

template <class T>
std::string shown(const std::optional<T>& value, std::string_view unit, int digits) {
  return value ? fmt::format("{:.{}f}{}", static_cast<double>(*value), digits, unit) : "";
}

std::string status_of(const LogRecord& record) {
  return record.http_status ? fmt::format("{}", *record.http_status) : "";
}

void append_figures(std::string& out, const ReplayDone& done, bool color) {
  const LogRecord &before = done.original, &after = *done.replay;
  const replay::Comparison& comparison = done.comparison;
  append_line(out, "model", beside(visible(before.model, false), visible(after.model, false), ""), color);
  append_line(out, "status", beside(status_of(before), status_of(after), ""), color);
  append_line(out, "tokens",
              beside(shown(before.total_tokens, "", 0), shown(after.total_tokens, "", 0),
                     signed_number(comparison.tokens, "", 0)),
              color);
  append_line(out, "cost",
              beside(shown(before.cost_usd, " USD", 6), shown(after.cost_usd, " USD", 6),
                     signed_number(comparison.cost_usd, "", 6)),
              color);
  append_line(out, "latency",
              beside(milliseconds(before.latency_ms), milliseconds(after.latency_ms),
                     signed_number(comparison.latency_ms, " ms", 0)),
              color);
}

// In per cent of what it was; "" where nothing is known.
std::string percent(double before, double after) {
  constexpr double k_whole = 100;
  return before > 0 ? fmt::format("{:+.1f} %", (after - before) / before * k_whole) : "";
}

}  // namespace

std::span<const ListColumn> replay_columns() {
  return k_columns;
}

FactRow replay_row(const ReplayDone& done, bool diff) {
  const LogRecord none;
  const LogRecord& after = done.replay ? *done.replay : none;
  const replay::Comparison& change = done.comparison;
  const std::string verdict(done.replay ? slug(change.verdict) : slug(Verdict::failed));
  const std::string& error = done.replay ? after.error : done.error;
  return {{"id", done.replay ? json_string(after.id.text()) : "null", done.replay ? after.id.text() : ""},
          {"replay_of", json_string(done.original.id.text()), short_id(done.original.id)},
          {"verdict", json_string(verdict), verdict},
          {"http_status", nullable(after.http_status), status_of(after)},
          {"error", nullable_text(error), error},
          {"provider", nullable_text(after.provider), after.provider},
          {"model", nullable_text(after.model), after.model},
          {"total_tokens", nullable(after.total_tokens), shown(after.total_tokens, "", 0)},
          {"tokens_change", nullable(change.tokens), signed_number(change.tokens, "", 0)},
          {"cost_usd", nullable(after.cost_usd), shown(after.cost_usd, " USD", 6)},
          {"cost_change_usd", nullable(change.cost_usd), signed_number(change.cost_usd, "", 6)},
          {"latency_ms", done.replay ? number(after.latency_ms) : "null", ""},
          {"latency_change_ms", nullable(change.latency_ms), signed_number(change.latency_ms, " ms", 0)},
          {"ttft_ms", nullable(after.ttft_ms), ""},
          {"failed_assertions", failures_json(done), ""},
          {"diff", diff && done.replay ? diff_json(change) : "null", ""}};
}

std::string replay_page(const ReplayDone& done, const ReplayStyle& style) {
  std::string out;
  if (!done.replay) return out;
  const LogRecord& after = *done.replay;
  if (style.diff) {
    append_text_diff(out, done.comparison, style.color);
    append_call_diff(out, done.comparison, style.color);
  } else if (after.response) {
    append_body(out, *after.response, {style.color, log::BodyForm::joined, 0, style.columns}, 0);
  }
  if (!out.empty() && !out.ends_with('\n')) out += '\n';
  if (!out.empty()) out += '\n';
  append_line(out, "log", after.id.text(), style.color);
  append_line(out, "replay of", done.original.id.text(), style.color);
  append_line(out, "answer",
              paint(color_of(done.comparison.verdict), slug(done.comparison.verdict), style.color),
              style.color);
  append_line(out, "error", visible(after.error, false), style.color);
  append_figures(out, done, style.color);
  return out;
}

std::string replay_summary(std::span<const ReplayDone> all) {
  std::size_t same = 0, changed = 0, failed = 0;
  double tokens[2] = {}, cost[2] = {}, latency[2] = {};
  for (const ReplayDone& done : all) {
    const Verdict verdict = done.replay ? done.comparison.verdict : Verdict::failed;
    ++(verdict == Verdict::same ? same : verdict == Verdict::changed ? changed : failed);
    if (!done.replay) continue;
    if (done.comparison.tokens) tokens[0] += static_cast<double>(*done.original.total_tokens);
    if (done.comparison.tokens) tokens[1] += static_cast<double>(*done.replay->total_tokens);
    if (done.comparison.cost_usd) cost[0] += *done.original.cost_usd;
    if (done.comparison.cost_usd) cost[1] += *done.replay->cost_usd;
    latency[0] += done.original.latency_ms;
    latency[1] += done.replay->latency_ms;
  }
  std::string text =
      fmt::format("{} replayed: {} same, {} changed, {} failed", all.size(), same, changed, failed);
  std::string_view between = "; ";
  for (const auto& [name, sums] : {std::pair{"tokens", tokens}, {"cost", cost}, {"latency", latency}})
    if (const std::string share = percent(sums[0], sums[1]); !share.empty()) {
      text += fmt::format("{}{} {}", between, name, share);
      between = ", ";
    }
  return text;
}

}  // namespace pk::cmd
