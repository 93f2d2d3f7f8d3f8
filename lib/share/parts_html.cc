#include "share/parts_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "log/words.h"
#include "share/html.h"

namespace pk::share {

namespace {

using log::milliseconds;

constexpr std::size_t k_summary_bytes = 80;

std::string_view class_of(TimeSpan::Kind kind) {
  switch (kind) {
    case TimeSpan::Kind::gateway:
      return "gateway";
    case TimeSpan::Kind::cache:
      return "cache";
    case TimeSpan::Kind::wait:
      return "wait";
    case TimeSpan::Kind::provider:
      return "provider";
  }
  return "";
}

std::string_view words_of(TimeSpan::Kind kind) {
  switch (kind) {
    case TimeSpan::Kind::gateway:
      return "Gateway";
    case TimeSpan::Kind::cache:
      return "Answered from the cache";
    case TimeSpan::Kind::wait:
      return "Waited";
    case TimeSpan::Kind::provider:
      return "Provider";
  }
  return "";
}

// Where a moment lies on the bar. Broken figures stay inside it.
double percent(double ms, double total_ms) {
  const double share = ms / total_ms * 100;
  return share > 0 ? std::min(share, 100.0) : 0;
}

void append_outcome(std::string& out, const log::Attempt& attempt) {
  const bool good = attempt.http_status && *attempt.http_status < 400 && attempt.error.empty();
  out += fmt::format("<span class=\"tag {}\">{}</span> ", good ? "good" : "bad",
                     attempt.http_status ? fmt::format("{}", *attempt.http_status) : "no answer");
  out += escaped(attempt.provider);
  if (!attempt.model.empty()) out += " · " + escaped(attempt.model);
}

std::string time_of(const Lane& lane) {
  std::string words;
  for (const TimeSpan& span : lane.spans)
    words += (words.empty() ? "" : " + ") + milliseconds(span.length_ms);
  return words;
}

void append_lane(std::string& out, const Lane& lane, const Timeline& timeline) {
  out += fmt::format("<div class=\"lane\"><span class=\"lane-label\" style=\"padding-left:{}px\">{}",
                     12 * std::min<std::size_t>(lane.depth, 8), escaped(lane.label));
  out += "</span><span class=\"lane-what\">";
  if (lane.attempt) append_outcome(out, *lane.attempt);
  out += "</span><span class=\"lane-bar\">";
  for (const TimeSpan& span : lane.spans)
    out += fmt::format("<i class=\"bar {}\" style=\"left:{:.3f}%;width:{:.3f}%\" title=\"{}: {}\"></i>",
                       class_of(span.kind), percent(span.start_ms, timeline.total_ms),
                       percent(span.length_ms, timeline.total_ms), words_of(span.kind),
                       milliseconds(span.length_ms));
  if (timeline.first_token_ms)
    out += fmt::format("<i class=\"first-token\" style=\"left:{:.3f}%\" title=\"First token after {}\"></i>",
                       percent(*timeline.first_token_ms, timeline.total_ms),
                       milliseconds(*timeline.first_token_ms));
  out += "</span><span class=\"lane-time\">" + time_of(lane) + "</span>";
  if (lane.attempt && !lane.attempt->error.empty())
    out += "<span class=\"lane-error bad\">" + escaped(lane.attempt->error) + "</span>";
  out += "</div>\n";
}

// What each colour stands for, with its sum.
void append_legend(std::string& out, const Timeline& timeline) {
  std::map<TimeSpan::Kind, double> sums;
  for (const Lane& lane : timeline.lanes)
    for (const TimeSpan& span : lane.spans) sums[span.kind] += span.length_ms;
  out += "<figcaption class=\"legend\">";
  for (const auto& [kind, ms] : sums)
    out += fmt::format("<span><i class=\"{}\"></i>{} {}</span>", class_of(kind), words_of(kind),
                       milliseconds(ms));
  if (timeline.first_token_ms)
    out += fmt::format("<span><i class=\"mark\"></i>First token after {}</span>",
                       milliseconds(*timeline.first_token_ms));
  out += "</figcaption>\n";
}

// A value that is a text is shown as one.
void append_value(std::string& out, const std::string& json) {
  out += "<pre class=\"json\">";
  if (json.starts_with('"') && is_json(json))
    append_escaped(out, utf8_front(json_unquoted(json), k_shown_bytes_max));
  else
    append_json_html(out, json);
  out += "</pre>";
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : utf8_front(text, k_summary_bytes)) line += c == '\n' || c == '\t' ? ' ' : c;
  return line + (text.size() > k_summary_bytes ? "…" : "");
}

void append_fold(std::string& out, std::string_view title, std::string_view detail, const std::string& value,
                 bool is_text) {
  out +=
      fmt::format("<details class=\"fold\"><summary><span class=\"tag\">{}</span> <code>{}</code></summary>",
                  title, escaped(one_line(detail)));
  if (is_text)
    out += "<div class=\"words\">" + escaped(utf8_front(value, k_shown_bytes_max)) + "</div>";
  else
    append_value(out, value);
  out += "</details>\n";
}

void append_part(std::string& out, const Part& part) {
  switch (part.kind) {
    case Part::Kind::text:
      out += "<div class=\"words\">" + escaped(utf8_front(part.text, k_shown_bytes_max)) + "</div>\n";
      break;
    case Part::Kind::reasoning:
      append_fold(out, "Reasoning", part.text, part.text, true);
      break;
    case Part::Kind::call:
      append_fold(out, "Tool call", part.text + "(" + part.json + ")", part.json, false);
      break;
    case Part::Kind::result:
      append_fold(out, "Tool result", part.json, part.json, false);
      break;
    case Part::Kind::media:
      out += "<span class=\"media\"><b>" + escaped(part.text) + "</b> " + escaped(one_line(part.json)) +
             "</span>\n";
      break;
    case Part::Kind::json:
      append_value(out, part.json);
      break;
  }
}

// The class of a role that the page has a colour for.
std::string_view tone_of(const std::string& role) {
  if (role == "assistant" || role == "answer") return " said";
  return role == "error" ? " failed" : "";
}

}  // namespace

void append_timeline_html(std::string& out, const Timeline& timeline) {
  out += "<figure class=\"timeline\">\n";
  for (const Lane& lane : timeline.lanes) append_lane(out, lane, timeline);
  append_legend(out, timeline);
  out += "</figure>\n";
}

void append_conversation_html(std::string& out, const std::vector<Turn>& turns) {
  const std::size_t end = out.size() + k_shown_bytes_max;
  std::size_t shown = 0;
  for (const Turn& turn : turns) {
    if (shown == k_turns_shown_max || out.size() > end) break;
    ++shown;
    out += fmt::format("<section class=\"turn{}\"><h3>{}</h3>\n", tone_of(turn.role), escaped(turn.role));
    for (const Part& part : turn.parts) append_part(out, part);
    if (turn.parts.empty()) out += "<p class=\"quiet\">empty</p>\n";
    out += "</section>\n";
  }
  if (shown < turns.size())
    out += fmt::format("<p class=\"quiet\">and {} more turns, in the record below</p>\n",
                       log::thousands(static_cast<std::int64_t>(turns.size() - shown)));
}

}  // namespace pk::share
