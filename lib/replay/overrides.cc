#include "replay/overrides.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/text.h"
#include "config/json_value.h"

namespace pk::replay {

namespace {

using config::JsonMember;
using config::JsonValue;

Error wrong(std::string_view name, std::string_view wanted) {
  return {Errc::invalid, fmt::format("{}: {} is expected", visible(name, false), wanted)};
}

Result<void> take_text(const JsonMember& member, std::string& into) {
  if (!member.value.is_string()) return wrong(member.key, "a text");
  into = json_plain(member.value);
  return {};
}

Result<bool> truth(const JsonMember& member) {
  if (member.value.kind != JsonToken::truth) return wrong(member.key, "true or false");
  return member.value.text == "true";
}

Result<void> add(Overrides& overrides, std::string name, std::string_view json) {
  if (overrides.set.size() >= k_overrides_max)
    return Error{Errc::invalid, fmt::format("at most {} members can be set", k_overrides_max)};
  overrides.set.emplace_back(std::move(name), json);
  return {};
}

Result<void> take(const JsonMember& member, Overrides& overrides) {
  const std::string& key = member.key;
  const JsonValue& value = member.value;
  if (key == "model") return take_text(member, overrides.model);
  if (key == "provider") return take_text(member, overrides.provider);
  if (key == "config") {
    if (!value.is_object()) return take_text(member, overrides.config);
    overrides.config = value.text;
  } else if (key == "stream") {
    PK_ASSIGN(overrides.stream, truth(member));
  } else if (key == "use_cache") {
    PK_ASSIGN(overrides.use_cache, truth(member));
  } else if (key == "set") {
    if (!value.is_object()) return wrong(key, "an object");
    for (JsonMember& one : config::json_members(value.text))
      PK_TRY(add(overrides, std::move(one.key), one.value.text));
  } else if (key == "body") {
    if (!value.is_object()) return wrong(key, "an object");
    overrides.body = value.text;
  } else {
    return Error{Errc::invalid,
                 fmt::format("a replay has no '{}'; there are model, provider, config, stream, set, body and "
                             "use_cache",
                             visible(key, false))};
  }
  return {};
}

}  // namespace

Result<void> add_set(Overrides& overrides, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return Error{Errc::invalid, fmt::format("'{}' is not possible; write key=json, such as temperature=0.2",
                                            visible(text, false))};
  const std::string_view name = text.substr(0, equals), json = trim(text.substr(equals + 1));
  if (!is_json(json))
    return Error{Errc::invalid,
                 fmt::format("'{}' is no JSON; a text goes in quotes, as in {}='\"{}\"'",
                             visible(json, false), visible(name, false), visible(json, false))};
  return add(overrides, std::string(name), json);
}

Result<Overrides> read_overrides(std::string_view json) {
  Overrides overrides;
  if (trim(json).empty()) return overrides;
  const JsonValue whole = is_json(json) ? config::json_value(json) : JsonValue{};
  if (!whole.is_object()) return Error{Errc::invalid, "the body must be a JSON object"};
  for (const JsonMember& member : config::json_members(whole.text))
    if (member.value.kind != JsonToken::null) PK_TRY(take(member, overrides));
  return overrides;
}

std::string overrides_json(const Overrides& overrides) {
  std::string json = "{";
  const auto put = [&json](std::string_view name, const std::string& value) {
    json.append(json.size() > 1 ? "," : "").append(json_string(name)).append(":").append(value);
  };
  if (!overrides.model.empty()) put("model", json_string(overrides.model));
  if (!overrides.provider.empty()) put("provider", json_string(overrides.provider));
  if (!overrides.config.empty()) put("config", json_string(overrides.config));
  if (overrides.stream) put("stream", *overrides.stream ? "true" : "false");
  std::string set = "{";
  for (const auto& [name, value] : overrides.set)
    set.append(set.size() > 1 ? "," : "").append(json_string(name)).append(":").append(value);
  if (set.size() > 1) put("set", set + "}");
  if (overrides.body) put("body", *overrides.body);
  if (overrides.use_cache) put("use_cache", "true");
  return json + "}";
}

}  // namespace pk::replay
