#include "log/json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "log/joined.h"

namespace pk::log {

namespace {

// One field on its way out. The put_… functions below are named after the kinds of fields.def.
struct Put {
  std::string& out;
  const LogRecord& record;
  std::string_view name;
  BodyForm form;

  void null() { out += "null"; }
  void string(std::string_view text) { append_json_string(out, text); }
};

// Clocks are good to microseconds at best: more digits would be noise.
double shown_real(std::string_view name, double value) {
  constexpr double k_exact_below = 1e12;
  if (!name.ends_with("_ms") || !(std::abs(value) < k_exact_below)) return value;
  return std::round(value * 1000) / 1000;
}

void put_uuid(Put p, const Uuid& value) {
  p.string(value.text());
}
void put_nullable_uuid(Put p, const std::optional<Uuid>& value) {
  value ? p.string(value->text()) : p.null();
}
void put_time(Put p, std::int64_t value) {
  p.string(rfc3339(value));
}
void put_text(Put p, std::string_view value) {
  p.string(value);
}
void put_nullable_text(Put p, std::string_view value) {
  value.empty() ? p.null() : p.string(value);
}
void put_integer(Put p, std::int64_t value) {
  append_json_number(p.out, value);
}
void put_nullable_integer(Put p, const std::optional<std::int64_t>& value) {
  value ? put_integer(p, *value) : p.null();
}
void put_real(Put p, double value) {
  append_json_number(p.out, shown_real(p.name, value));
}
void put_nullable_real(Put p, const std::optional<double>& value) {
  value ? put_real(p, *value) : p.null();
}
void put_boolean(Put p, bool value) {
  p.out += value ? "true" : "false";
}
void put_endpoint(Put p, Endpoint value) {
  p.string(slug(value));
}
void put_state(Put p, State value) {
  p.string(slug(value));
}
void put_cache(Put p, Cache value) {
  p.string(slug(value));
}
void put_retry(Put p, Retry value) {
  p.string(slug(value));
}
void put_active(Put p, Active value) {
  p.string(slug(value));
}
void put_replay_block(Put p, ReplayBlock value) {
  put_nullable_text(p, slug(value));
}

void put_metadata(Put p, const Metadata& value) {
  append_json(p.out, value);
}

void put_attempt(Put p, const Attempt& attempt) {
  p.out += "{\"option\":";
  put_text(p, attempt.option);
  p.out += ",\"provider\":";
  put_nullable_text(p, attempt.provider);
  p.out += ",\"model\":";
  put_nullable_text(p, attempt.model);
  p.out += ",\"http_status\":";
  put_nullable_integer(p, attempt.http_status);
  p.out += ",\"error\":";
  put_nullable_text(p, attempt.error);
  p.out += ",\"latency_ms\":";
  append_json_number(p.out, shown_real("latency_ms", attempt.latency_ms));
  p.out += ",\"wait_ms\":";
  append_json_number(p.out, shown_real("wait_ms", attempt.wait_ms));
  p.out += '}';
}

void put_attempts(Put p, const std::vector<Attempt>& value) {
  p.out += '[';
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (i) p.out += ',';
    put_attempt(p, value[i]);
  }
  p.out += ']';
}

void put_content(Put p, const std::optional<Content>& value) {
  value ? append_json(p.out, *value, p.form) : p.null();
}

void put_derived_status(Put p, const kind::derived_status&) {
  // Slugs are letters and hyphens: nothing to escape.
  p.out += fmt::format("[\"{}\"]", fmt::join(status_slugs(p.record), "\",\""));
}

void put_derived_replayable(Put p, const kind::derived_replayable&) {
  put_boolean(p, p.record.replay_blocked_by == ReplayBlock::none);
}

void put_derived_feedback(Put p, const FeedbackSummary& value) {
  p.out += "{\"count\":";
  put_integer(p, value.count);
  p.out += ",\"weighted_average\":";
  put_nullable_real(p, value.weighted_average);
  p.out += '}';
}

void append_headers(std::string& out, const Headers& headers) {
  const auto first_of = [&](std::string_view name) {
    return std::find_if(headers.begin(), headers.end(),
                        [&](const auto& h) { return iequals(h.first, name); });
  };
  out += '{';
  bool any = false;
  for (auto at = headers.begin(); at != headers.end(); ++at) {
    if (first_of(at->first) != at) continue;
    std::string value = at->second;
    for (auto more = at + 1; more != headers.end(); ++more)
      if (iequals(more->first, at->first)) value.append(", ").append(more->second);
    if (std::exchange(any, true)) out += ',';
    append_json_string(out, at->first);
    out += ':';
    append_json_string(out, value);
  }
  out += '}';
}

// A valid JSON text on one line. Inside its strings there is no line break that is not escaped.
void append_on_one_line(std::string& out, std::string_view json) {
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t end = std::min(json.find_first_of("\r\n", at), json.size());
    out.append(json.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace

void append_json(std::string& out, const LogRecord& record, Field field, BodyForm form) {
  switch (field) {
#define PK_FIELD(number, name, kind) \
  case Field::name:                  \
    return put_##kind({out, record, #name, form}, record.name);
#include "log/fields.def"
  }
}

void append_json(std::string& out, const LogRecord& record, const FieldSet& fields, BodyForm form) {
  out += '{';
  bool any = false;
  for (const Field field : fields) {
    if (std::exchange(any, true)) out += ',';
    out.append("\"").append(field_name(field)).append("\":");
    append_json(out, record, field, form);
  }
  out += '}';
}

std::string cell(const LogRecord& record, Field field, BodyForm form) {
  if (field == Field::status) return fmt::format("{}", fmt::join(status_slugs(record), ","));
  std::string json;
  append_json(json, record, field, form);
  if (json == "null") return {};
  return json.starts_with('"') ? json_unquoted(json) : json;
}

void append_json(std::string& out, const Metadata& metadata) {
  out += '{';
  for (std::size_t i = 0; i < metadata.size(); ++i) {
    if (i) out += ',';
    append_json_string(out, metadata[i].first);
    out += ':';
    append_json_string(out, metadata[i].second);
  }
  out += '}';
}

void append_json(std::string& out, const Content& content, BodyForm form) {
  out += "{\"headers\":";
  append_headers(out, content.headers);
  out += ",\"body\":";
  append_body_json(out, content, form);
  out += '}';
}

void append_body_json(std::string& out, const Content& content, BodyForm form) {
  const std::string_view body = content.body;
  if (form == BodyForm::joined && is_event_stream(content)) {
    if (const auto message = joined_message(body)) {
      out += *message;
      return;
    }
  }
  if (is_json(body, k_shown_body_depth_max)) {
    append_on_one_line(out, trim(body));
  } else if (is_utf8(body)) {
    append_json_string(out, body);
  } else {
    out.append("{\"base64\":\"").append(base64(body)).append("\"}");
  }
}

}  // namespace pk::log
