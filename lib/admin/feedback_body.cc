#include "admin/feedback_body.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"
#include "config/json_value.h"
#include "log/json.h"

namespace pk::admin {

namespace {

using config::json_plain;
using config::JsonMember;
using config::JsonValue;

Error wrong(std::string_view name, std::string_view wanted) {
  return {Errc::invalid, fmt::format("{}: must be {}", name, wanted)};
}

Result<std::int64_t> read_value(const JsonValue& value) {
  const auto number = config::json_number(value);
  if (!number || *number != std::floor(*number) || std::abs(*number) > 10)
    return wrong("value", "a whole number from -10 to 10");
  return static_cast<std::int64_t>(*number);
}

Result<double> read_weight(const JsonValue& value) {
  const auto number = config::json_number(value);
  if (!number || *number < 0 || *number > 1) return wrong("weight", "a number from 0 to 1");
  return *number;
}

Result<std::string> read_text(std::string_view name, const JsonValue& value, std::size_t bytes_max) {
  if (!value.is_string()) return wrong(name, "a text");
  std::string text = json_plain(value);
  if (text.size() > bytes_max) return wrong(name, fmt::format("at most {} bytes", bytes_max));
  return text;
}

// An object, or a text that has one: the reference's guide and its schema differ.
Result<log::Metadata> read_metadata(const JsonValue& value) {
  constexpr std::string_view k_wanted = "an object of texts";
  const std::string unquoted = value.is_string() ? json_plain(value) : std::string(value.text);
  if (unquoted.size() > k_feedback_text_bytes_max)
    return wrong("metadata", fmt::format("at most {} bytes", k_feedback_text_bytes_max));
  if (!is_json(unquoted) || !config::json_value(unquoted).is_object()) return wrong("metadata", k_wanted);
  log::Metadata metadata;
  for (const JsonMember& member : config::json_members(unquoted)) {
    if (member.value.is_object() || member.value.is_array()) return wrong("metadata." + member.key, "a text");
    const auto twin = std::ranges::find(metadata, member.key, &log::Metadata::value_type::first);
    if (twin != metadata.end())
      twin->second = json_plain(member.value);
    else
      metadata.emplace_back(member.key, json_plain(member.value));
  }
  return metadata;
}

// The members that a new one and an update have in common; false if `member` is none of them. Null is as good
// as not there.
Result<bool> read_member(store::Feedback& feedback, const JsonMember& member) {
  const auto& [name, value] = member;
  if (name == "weight") {
    PK_ASSIGN(feedback.weight, value.kind == JsonToken::null ? Result<double>(1.0) : read_weight(value));
  } else if (name == "metadata") {
    PK_ASSIGN(feedback.metadata,
              value.kind == JsonToken::null ? Result<log::Metadata>(log::Metadata()) : read_metadata(value));
  } else if (name == "comment") {
    PK_ASSIGN(feedback.comment, value.kind == JsonToken::null
                                    ? Result<std::string>(std::string())
                                    : read_text(name, value, k_feedback_text_bytes_max));
  } else {
    return false;
  }
  return true;
}

Error unknown(std::string_view name) {
  return {Errc::invalid,
          fmt::format("'{}' is unknown; there are trace_id, value, weight, metadata and comment",
                      visible(utf8_front(name, 80), false))};
}

Result<store::Feedback> read_one(const JsonValue& object) {
  if (!object.is_object()) return Error{Errc::invalid, "must be an object"};
  store::Feedback feedback;
  bool has_value = false;
  for (const JsonMember& member : config::json_members(object.text)) {
    PK_ASSIGN(const bool known, read_member(feedback, member));
    if (member.key == "trace_id" || member.key == "traceID") {
      PK_ASSIGN(feedback.trace_id, read_text("trace_id", member.value, k_trace_id_bytes_max));
    } else if (member.key == "value") {
      PK_ASSIGN(feedback.value, read_value(member.value));
      has_value = true;
    } else if (!known) {
      return unknown(member.key);
    }
  }
  if (feedback.trace_id.empty()) return wrong("trace_id", "given, and not empty");
  if (!has_value) return wrong("value", "given");
  return feedback;
}

// An array as portkey-ai for Node sends it: {"0":{…},"1":{…}}. Nothing of any other value.
std::vector<JsonValue> numbered_elements(const JsonValue& object) {
  std::vector<JsonValue> elements;
  if (!object.is_object()) return elements;
  for (const JsonMember& member : config::json_members(object.text)) {
    if (member.key != std::to_string(elements.size())) return {};
    elements.push_back(member.value);
  }
  return elements;
}

Error no_json() {
  return {Errc::invalid, "the body must be JSON: an object, or an array of them"};
}

}  // namespace

Result<std::vector<store::Feedback>> read_feedback_body(std::string_view body) {
  std::vector<store::Feedback> all;
  if (!is_json(body)) return no_json();
  const JsonValue whole = config::json_value(body);
  std::vector<JsonValue> elements = numbered_elements(whole);
  if (whole.is_object() && elements.empty()) {
    PK_ASSIGN(all.emplace_back(), read_one(whole));
    return all;
  }
  if (whole.is_array()) elements = config::json_elements(whole.text);
  if (!whole.is_array() && elements.empty()) return no_json();
  if (elements.empty()) return Error{Errc::invalid, "the array has no feedback in it"};
  if (elements.size() > k_feedback_batch_max)
    return Error{Errc::invalid, fmt::format("at most {} at once", k_feedback_batch_max)};
  for (const JsonValue& element : elements) {
    auto one = read_one(element);
    if (!one) return std::move(one).error().within(fmt::format("[{}]", all.size()));
    all.push_back(*std::move(one));
  }
  return all;
}

Result<void> apply_feedback_update(store::Feedback& feedback, std::string_view body) {
  if (!is_json(body) || !config::json_value(body).is_object())
    return Error{Errc::invalid, "the body must be a JSON object"};
  bool has_value = false;
  for (const JsonMember& member : config::json_members(trim(body))) {
    PK_ASSIGN(const bool known, read_member(feedback, member));
    // portkey-ai repeats the id in the body.
    const bool names_it = member.key == "feedback_id" || member.key == "feedbackID" ||
                          member.key == "trace_id" || member.key == "traceID";
    if (member.key == "value") {
      PK_ASSIGN(feedback.value, read_value(member.value));
      has_value = true;
    } else if (!known && !names_it) {
      return unknown(member.key);
    }
  }
  if (!has_value) return wrong("value", "given");
  return {};
}

std::string json_of(const store::Feedback& feedback) {
  std::string json = fmt::format(R"({{"id":"{}","trace_id":)", feedback.id.text());
  append_json_string(json, feedback.trace_id);
  json += fmt::format(R"(,"value":{},"weight":)", feedback.value);
  append_json_number(json, feedback.weight);
  json += ",\"metadata\":";
  log::append_json(json, feedback.metadata);
  json += ",\"comment\":" + (feedback.comment.empty() ? "null" : json_string(feedback.comment));
  return json + ",\"created_at\":" + json_string(rfc3339(feedback.created_at)) + "}";
}

}  // namespace pk::admin
