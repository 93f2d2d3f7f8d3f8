#include "provider/body.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "provider/json_walk.h"
#include "provider/refusal.h"

namespace pk::provider {

namespace {

// Where the reader stopped is where it did not find what it looked for.
Error fault_at(const JsonReader& reader, std::string_view json) {
  const std::string_view rest = json.substr(reader.offset());
  if (reader.depth() == k_body_depth_max && (rest.starts_with('{') || rest.starts_with('[')))
    return {Errc::limit, fmt::format("request body is nested deeper than {} levels", k_body_depth_max)};
  if (rest.empty()) return invalid("request body is not valid JSON: it ends too early");
  return invalid(fmt::format("request body is not valid JSON at byte {}", reader.offset()));
}

void take_stream_options(JsonReader& reader, JsonToken token, BodyFacts& facts) {
  facts.has_stream_options = token == JsonToken::object_begin;
  facts.include_usage = false;
  if (!facts.has_stream_options) return;
  walk_members(reader, [&](std::string_view key, JsonToken) {
    if (means(key, "include_usage")) facts.include_usage = reader.token() == "true";
  });
}

void take_tools(JsonReader& reader, JsonToken token, BodyFacts& facts) {
  facts.has_tools = false;
  if (token == JsonToken::array_begin) walk_elements(reader, [&](JsonToken) { facts.has_tools = true; });
}

// Twins: the last one counts, so each sets its fact anew.
void take_member(JsonReader& reader, std::string_view key, JsonToken token, BodyFacts& facts) {
  if (means(key, "model")) facts.model = text_of(reader, token);
  if (means(key, "user")) facts.user = text_of(reader, token);
  if (means(key, "stream")) facts.stream = reader.token() == "true";
  if (means(key, "stream_options")) take_stream_options(reader, token, facts);
  if (means(key, "tools")) take_tools(reader, token, facts);
}

Result<void> check_name(std::string_view key, const std::string& name) {
  if (name.size() <= k_body_name_bytes_max) return {};
  return Error{Errc::limit, fmt::format("`{}` is longer than {} bytes", key, k_body_name_bytes_max)};
}

Span span_in(std::string_view whole, std::string_view part) {
  return {static_cast<std::size_t>(part.data() - whole.data()), part.size()};
}

// f(key, value) for each top-level member, both as they stand.
template <class F>
void each_top_level(std::string_view json, F&& f) {
  JsonReader reader(json);
  if (reader.next() != JsonToken::object_begin) return;
  walk_members(reader, [&](std::string_view key, JsonToken) {
    const std::string_view value = reader.take_value();
    if (!value.empty()) f(key, value);
  });
}

}  // namespace

Result<BodyFacts> BodyReader::read(std::string_view json) {
  if (trim(json).empty()) return invalid("request body is empty");
  if (!is_utf8(json)) return invalid("request body is not valid UTF-8");
  JsonReader reader(json, k_body_depth_max);
  BodyFacts facts;
  const JsonToken first = reader.next();
  if (first == JsonToken::object_begin)
    walk_members(reader,
                 [&](std::string_view key, JsonToken token) { take_member(reader, key, token, facts); });
  else
    reader.take_value();
  if (reader.next() != JsonToken::end) return fault_at(reader, json);
  if (first != JsonToken::object_begin) return invalid("request body must be a JSON object");
  PK_TRY(check_name("model", facts.model));
  PK_TRY(check_name("user", facts.user));
  return facts;
}

std::vector<Member> top_level(std::string_view json) {
  std::vector<Member> found;
  each_top_level(json, [&](std::string_view key, std::string_view value) {
    found.push_back({span_in(json, key), span_in(json, value)});
  });
  return found;
}

std::optional<Span> find_top_level(std::string_view json, std::string_view key) {
  std::optional<Span> found;
  each_top_level(json, [&](std::string_view member, std::string_view value) {
    if (means(member, key)) found = span_in(json, value);
  });
  return found;
}

std::vector<std::optional<Span>> find_top_level(std::string_view json,
                                                std::span<const std::string_view> keys) {
  std::vector<std::optional<Span>> found(keys.size());
  if (keys.empty()) return found;
  std::string room;
  each_top_level(json, [&](std::string_view member, std::string_view value) {
    const std::string_view name = name_of(member, room);
    const auto key = std::ranges::lower_bound(keys, name);
    if (key != keys.end() && *key == name)
      found[static_cast<std::size_t>(key - keys.begin())] = span_in(json, value);
  });
  return found;
}

}  // namespace pk::provider
