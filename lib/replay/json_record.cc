#include "replay/json_record.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "config/json_value.h"
#include "gateway/replay.h"

namespace pk::replay {

namespace {

using config::json_elements;
using config::json_members;
using config::json_plain;
using config::JsonMember;
using config::JsonValue;
namespace kind = log::kind;

// The readers below are named after the kinds of fields.def. False: of the wrong kind.

bool read_text(const JsonValue& value, std::string& into) {
  if (!value.is_string()) return false;
  into = json_plain(value);
  return true;
}
bool read_nullable_text(const JsonValue& value, std::string& into) {
  return read_text(value, into);
}

bool read_uuid(const JsonValue& value, Uuid& into) {
  const auto id = value.is_string() ? Uuid::parse(json_plain(value)) : std::nullopt;
  if (id) into = *id;
  return id.has_value();
}
bool read_nullable_uuid(const JsonValue& value, std::optional<Uuid>& into) {
  return read_uuid(value, into.emplace());
}

bool read_time(const JsonValue& value, std::int64_t& into) {
  const auto time = value.is_string() ? parse_rfc3339(json_plain(value)) : std::nullopt;
  if (time) into = *time;
  return time.has_value();
}

bool read_integer(const JsonValue& value, std::int64_t& into) {
  const auto number = value.is_number() ? parse_int(value.text) : std::nullopt;
  if (number) into = *number;
  return number.has_value();
}
bool read_nullable_integer(const JsonValue& value, std::optional<std::int64_t>& into) {
  return read_integer(value, into.emplace());
}

bool read_real(const JsonValue& value, double& into) {
  const auto number = config::json_number(value);
  if (number) into = *number;
  return number.has_value();
}
bool read_nullable_real(const JsonValue& value, std::optional<double>& into) {
  return read_real(value, into.emplace());
}

bool read_boolean(const JsonValue& value, bool& into) {
  into = value.text == "true";
  return value.kind == JsonToken::truth;
}

// Enums count from 0 without a gap; slug() gives "" for no value's text only of ReplayBlock::none.
template <class Enum>
bool read_slug(const JsonValue& value, Enum last, Enum& into) {
  if (!value.is_string()) return false;
  const std::string text = json_plain(value);
  for (int i = 0; i <= static_cast<int>(last); ++i)
    if (slug(static_cast<Enum>(i)) == text) {
      into = static_cast<Enum>(i);
      return true;
    }
  return false;
}
bool read_endpoint(const JsonValue& value, log::Endpoint& into) {
  return read_slug(value, log::Endpoint::responses, into);
}
bool read_state(const JsonValue& value, log::State& into) {
  return read_slug(value, log::State::aborted, into);
}
bool read_cache(const JsonValue& value, log::Cache& into) {
  return read_slug(value, log::Cache::semantic_hit, into);
}
bool read_retry(const JsonValue& value, log::Retry& into) {
  return read_slug(value, log::Retry::failed, into);
}
bool read_active(const JsonValue& value, log::Active& into) {
  return read_slug(value, log::Active::active, into);
}
bool read_replay_block(const JsonValue& value, log::ReplayBlock& into) {
  return read_slug(value, log::ReplayBlock::no_content, into);
}

bool read_pairs(const JsonValue& value, std::vector<std::pair<std::string, std::string>>& into) {
  if (!value.is_object()) return false;
  for (JsonMember& member : json_members(value.text)) {
    if (!member.value.is_string()) return false;
    into.emplace_back(std::move(member.key), json_plain(member.value));
  }
  return true;
}
bool read_metadata(const JsonValue& value, log::Metadata& into) {
  return read_pairs(value, into);
}

bool read_attempt(const JsonValue& value, log::Attempt& into) {
  if (!value.is_object()) return false;
  for (const JsonMember& member : json_members(value.text)) {
    const JsonValue& one = member.value;
    if (one.kind == JsonToken::null) continue;
    bool good = true;
    if (member.key == "option") good = read_text(one, into.option);
    if (member.key == "provider") good = read_text(one, into.provider);
    if (member.key == "model") good = read_text(one, into.model);
    if (member.key == "http_status") good = read_nullable_integer(one, into.http_status);
    if (member.key == "error") good = read_text(one, into.error);
    if (member.key == "latency_ms") good = read_real(one, into.latency_ms);
    if (member.key == "wait_ms") good = read_real(one, into.wait_ms);
    if (!good) return false;
  }
  return true;
}
bool read_attempts(const JsonValue& value, std::vector<log::Attempt>& into) {
  if (!value.is_array()) return false;
  for (const JsonValue& element : json_elements(value.text))
    if (!read_attempt(element, into.emplace_back())) return false;
  return true;
}

bool read_body(const JsonValue& value, std::string& into) {
  if (value.is_string()) return read_text(value, into);
  const auto members = json_members(value.text);
  if (members.size() == 1 && members[0].key == "base64" && members[0].value.is_string())
    if (auto bytes = base64_decode(json_plain(members[0].value))) {
      into = *std::move(bytes);
      return true;
    }
  into = value.text;
  return true;
}
bool read_content(const JsonValue& value, std::optional<log::Content>& into) {
  if (!value.is_object()) return false;
  log::Content& content = into.emplace();
  for (const JsonMember& member : json_members(value.text)) {
    if (member.key == "headers" && !read_pairs(member.value, content.headers)) return false;
    if (member.key == "body" && !read_body(member.value, content.body)) return false;
  }
  return true;
}

bool read_derived_status(const JsonValue&, kind::derived_status&) {
  return true;
}
bool read_derived_replayable(const JsonValue&, kind::derived_replayable&) {
  return true;
}
bool read_derived_feedback(const JsonValue&, log::FeedbackSummary&) {
  return true;
}

bool read_member(const JsonMember& member, log::LogRecord& record) {
#define PK_FIELD(number, name, kind) \
  if (member.key == #name) return read_##kind(member.value, record.name);
#include "log/fields.def"
  return true;
}

}  // namespace

Result<log::LogRecord> read_record(std::string_view json) {
  const JsonValue whole = is_json(json) ? config::json_value(json) : JsonValue{};
  if (!whole.is_object()) return Error{Errc::invalid, "it is no JSON object, and so no log record"};
  log::LogRecord record;
  record.tracked = true;
  for (const JsonMember& member : json_members(whole.text))
    if (member.value.kind != JsonToken::null && !read_member(member, record))
      return Error{Errc::invalid,
                   fmt::format("it is no log record: '{}' is of the wrong kind", visible(member.key, false))};
  if (record.id.is_nil()) return Error{Errc::invalid, "it is no log record: it has no id"};
  record.seed = static_cast<std::int64_t>(gateway::seed_of(record.replay_of.value_or(record.id)));
  return record;
}

}  // namespace pk::replay
