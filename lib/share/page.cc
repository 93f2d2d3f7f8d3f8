#include "share/page.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"
#include "base/time_text.h"
#include "log/joined.h"
#include "log/json.h"
#include "log/words.h"
#include "share/conversation.h"
#include "share/file.h"
#include "share/html.h"
#include "share/parts_html.h"
#include "share/style.h"
#include "share/timeline.h"

namespace pk::share {

namespace {

using log::LogRecord;
using log::milliseconds;
using log::thousands;

// "2026-03-01 09:30:00 UTC"
std::string time_words(std::int64_t ms) {
  std::string text = rfc3339(ms).substr(0, 19);
  text[10] = ' ';
  return text + " UTC";
}

std::string path_words(const LogRecord& record) {
  const std::string_view words = log::endpoint_words(record.endpoint);
  return words.empty() ? record.method + " " + record.path : std::string(words);
}

std::string model_words(const LogRecord& record) {
  if (!record.model.empty()) return record.model;
  return record.requested_model.empty() ? path_words(record) : record.requested_model;
}

std::string tag(std::string_view tone, std::string_view words) {
  return fmt::format("<span class=\"tag {}\">{}</span> ", tone, escaped(words));
}

std::string state_tags(const LogRecord& record) {
  std::string tags;
  if (record.http_status && (*record.http_status < 200 || *record.http_status > 299))
    tags += tag("bad", fmt::format("{}", *record.http_status));
  if (record.state != log::State::complete)
    tags += tag("warn", log::slug(record.state));
  else if (!record.ok && tags.empty())
    tags += tag("bad", "failed");
  if (record.stream) tags += tag("", "streamed");
  if (!record.tracked) tags += tag("", "not tracked");
  return tags;
}

std::string status_tags(const LogRecord& record) {
  std::string tags;
  const auto tries =
      fmt::format("{} {}", record.retry_attempts, record.retry_attempts == 1 ? "Try" : "Tries");
  if (record.cache == log::Cache::hit) tags += tag("good", "Cache Hit");
  if (record.cache == log::Cache::semantic_hit) tags += tag("good", "Cache Semantic Hit");
  if (record.cache == log::Cache::miss) tags += tag("", "Cache Miss");
  if (record.cache == log::Cache::refreshed) tags += tag("", "Cache Refreshed");
  if (record.retry == log::Retry::success) tags += tag("warn", "Retry Success on " + tries);
  if (record.retry == log::Retry::failed) tags += tag("bad", "Retry Failed on " + tries);
  if (record.fallback == log::Active::active) tags += tag("", "Fallback Active");
  if (record.loadbalance == log::Active::active) tags += tag("", "Loadbalancer Active");
  return tags;
}

std::string metadata_tags(const LogRecord& record) {
  std::string tags;
  for (const auto& [name, value] : record.metadata) tags += tag("", name + "=" + value);
  return tags;
}

std::string versioned(const std::string& id, const std::optional<std::int64_t>& version) {
  return version ? fmt::format("{} version {}", id, *version) : id;
}

class Page {
 public:
  Page(const LogRecord& record, const PageNotes& notes) : m_record(record), m_notes(notes) {}

  std::string run() {
    begin(model_words(m_record) + " · " + path_words(m_record));
    top();
    title();
    figures();
    if (!m_record.error.empty()) m_out += "<p class=\"note bad\">" + escaped(m_record.error) + "</p>\n";
    append_timeline_html(m_out, timeline_of(m_record));
    facts();
    if (m_record.request || m_record.response)
      contents();
    else
      no_content();
    attempts();
    record();
    return end();
  }

  static std::string dead() {
    const LogRecord none;
    const PageNotes no_notes;
    Page page(none, no_notes);
    page.begin("Nothing is shared here");
    page.m_out +=
        "<div class=\"dead\"><h1>Nothing is shared here</h1>\n<p class=\"quiet\">This link is unknown, was "
        "revoked, or is over. Ask whoever sent it for a new one.</p></div>\n";
    page.m_out += "</main>\n</body>\n</html>\n";
    return std::move(page.m_out);
  }

 private:
  void begin(const std::string& name) {
    m_out += "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    m_out += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", k_page_policy);
    m_out +=
        "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n";
    m_out += fmt::format("<title>{} · pk</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
                         escaped(name), k_style);
  }

  std::string end() {
    m_out += "</main>\n</body>\n</html>\n";
    return sealed(std::move(m_out));
  }

  void top() {
    m_out += "<div class=\"top\"><span>A log shared from pk";
    if (m_notes.redacted) m_out += ", with addresses, keys and named patterns masked";
    m_out += "</span>";
    if (m_notes.expires_at) m_out += "<span>This link ends " + time_words(*m_notes.expires_at) + "</span>";
    m_out += "</div>\n";
  }

  void title() {
    m_out += "<div class=\"title\"><h1>" + escaped(model_words(m_record)) + "</h1>";
    m_out += "<span class=\"quiet\">" + escaped(path_words(m_record)) + "</span>";
    m_out += fmt::format("<time class=\"quiet\" datetime=\"{}\">{}</time>", rfc3339(m_record.created_at),
                         time_words(m_record.created_at));
    m_out += "<span>" + state_tags(m_record) + "</span></div>\n";
  }

  void figure(std::string_view name, const std::string& value, const std::string& more = {}) {
    m_out += fmt::format("<div><dt>{}</dt><dd>{}", name, escaped(value));
    if (!more.empty()) m_out += " <span class=\"quiet\">" + escaped(more) + "</span>";
    m_out += "</dd></div>";
  }

  void figures() {
    m_out += "<dl class=\"figures\">";
    figure("Tokens", m_record.total_tokens ? thousands(*m_record.total_tokens) : "unknown", token_parts());
    figure("Cost", m_record.cost_usd ? log::cents(*m_record.cost_usd) : "unknown",
           m_record.saved_usd && *m_record.saved_usd > 0 ? "saved " + log::cents(*m_record.saved_usd) : "");
    figure("Latency", milliseconds(m_record.latency_ms),
           m_record.ttft_ms ? "first token after " + milliseconds(*m_record.ttft_ms) : "");
    if (m_record.feedback.count > 0)
      figure("Feedback",
             m_record.feedback.weighted_average ? fmt::format("{:+.1f}", *m_record.feedback.weighted_average)
                                                : "–",
             fmt::format("of {}", m_record.feedback.count));
    m_out += "</dl>\n";
  }

  std::string token_parts() const {
    std::string parts;
    const auto add = [&](const std::optional<std::int64_t>& count, std::string_view name) {
      if (count) parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", thousands(*count), name);
    };
    add(m_record.prompt_tokens, "in");
    add(m_record.completion_tokens, "out");
    add(m_record.cached_tokens, "cached");
    add(m_record.reasoning_tokens, "reasoning");
    return parts;
  }

  // `value` is HTML.
  void fact(std::string_view name, const std::string& value) {
    if (!value.empty()) m_out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, value);
  }

  void facts() {
    const LogRecord& r = m_record;
    m_out += "<dl class=\"facts\">\n";
    fact("Provider", escaped(r.provider));
    if (r.requested_model != r.model) fact("Asked for", escaped(r.requested_model));
    fact("Status", status_tags(r));
    fact("User", escaped(r.user));
    fact("Metadata", metadata_tags(r));
    fact("Config", escaped(versioned(r.config_id, r.config_version)));
    if (!r.config_id.empty()) fact("Answered", escaped(r.last_used_option));
    fact("Prompt", escaped(versioned(r.prompt_id, r.prompt_version)));
    fact("Virtual key", escaped(r.virtual_key));
    fact("API key", escaped(r.api_key));
    fact("Id", "<span class=\"mono\">" + r.id.text() + "</span>");
    if (r.trace_id != r.id.text()) fact("Trace", "<span class=\"mono\">" + escaped(r.trace_id) + "</span>");
    fact("Span", escaped(r.span_name));
    if (r.replay_of) fact("Replay of", "<span class=\"mono\">" + r.replay_of->text() + "</span>");
    m_out += "</dl>\n";
  }

  void open_block(std::string_view name, std::string_view detail, bool open) {
    m_out += fmt::format("<details class=\"block\"{}><summary>{}", open ? " open" : "", name);
    if (!detail.empty()) m_out += fmt::format(" <span class=\"quiet\">{}</span>", escaped(detail));
    m_out += "</summary><div class=\"inside\">\n";
  }
  void close_block() { m_out += "</div></details>\n"; }

  void contents() {
    std::vector<Turn> turns;
    if (m_record.request) turns = request_turns(*m_record.request);
    if (m_record.response)
      for (Turn& turn : response_turns(*m_record.response)) turns.push_back(std::move(turn));
    if (!turns.empty()) {
      open_block("Conversation", "", true);
      append_conversation_html(m_out, turns);
      close_block();
    }
    body("Request", m_record.request, turns.empty());
    body("Response", m_record.response, turns.empty());
    headers();
  }

  void body(std::string_view name, const log::kind::content& content, bool open) {
    if (!content) return;
    std::string shown = content->body;
    if (log::is_event_stream(*content)) shown = log::joined_message(shown).value_or(std::move(shown));
    open_block(name, human_bytes(content->body.size()), open);
    if (shown.empty())
      m_out += "<p class=\"quiet\">empty</p>\n";
    else if (!is_utf8(shown))
      m_out += "<p class=\"quiet\">Not text: as base64 in the record below.</p>\n";
    else {
      m_out += "<pre class=\"json\">";
      append_json_html(m_out, shown);
      m_out += "</pre>\n";
    }
    close_block();
  }

  void headers() {
    open_block("Headers", "secrets are masked", false);
    for (const auto& [name, content] :
         {std::pair("Request", &m_record.request), {"Response", &m_record.response}}) {
      if (!*content || (*content)->headers.empty()) continue;
      m_out += fmt::format("<h3>{}</h3><table>\n", name);
      for (const auto& [header, value] : (*content)->headers)
        m_out += "<tr><td>" + escaped(header) + "</td><td>" + escaped(value) + "</td></tr>\n";
      m_out += "</table>\n";
    }
    close_block();
  }

  void attempts() {
    if (m_record.attempts.empty()) return;
    open_block("Attempts", fmt::format("{}", m_record.attempts.size()), false);
    m_out += "<table>\n";
    for (const log::Attempt& one : m_record.attempts) {
      m_out += "<tr><td class=\"mono\">" + escaped(one.option) + "</td><td>" + escaped(one.provider) + " " +
               escaped(one.model) + "</td><td>";
      m_out += one.http_status ? fmt::format("{}", *one.http_status) : "no answer";
      m_out += fmt::format("</td><td>{}{}</td><td>", milliseconds(one.latency_ms),
                           one.wait_ms > 0 ? " after waiting " + milliseconds(one.wait_ms) : "");
      m_out += escaped(one.error) + "</td></tr>\n";
    }
    m_out += "</table>\n";
    close_block();
  }

  void no_content() {
    m_out += "<p class=\"note\">";
    if (!m_record.tracked)
      m_out +=
          "This call asked not to be tracked (<code>x-portkey-debug: false</code>). Its numbers, ids, "
          "metadata "
          "and status were kept; headers, bodies and the text of errors were not.";
    else if (m_record.state == log::State::interrupted)
      m_out +=
          "pk ended before this call was whole. What was known when it began is here; the rest was lost.";
    else
      m_out += "Only the statistics of this log are left: its headers and bodies were pruned, or never kept.";
    m_out += "</p>\n";
  }

  void record() {
    std::string json;
    log::append_json(json, m_record, log::FieldSet::all());
    open_block("Record as JSON", "what pk logs show and pk replay read from this page", false);
    m_out += fmt::format("<pre class=\"json\" id=\"{}\">", k_record_id);
    append_quoted_markup(m_out, json);
    m_out += "</pre>\n";
    close_block();
  }

  const LogRecord& m_record;
  const PageNotes& m_notes;
  std::string m_out;
};

}  // namespace

std::string page_html(const LogRecord& record, const PageNotes& notes) {
  return Page(record, notes).run();
}

std::string dead_page_html() {
  return Page::dead();
}

}  // namespace pk::share
