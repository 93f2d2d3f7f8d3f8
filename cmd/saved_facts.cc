#include "saved_facts.h"

#include <fmt/format.h>

#include "base/json.h"
#include "base/json_reader.h"
#include "base/time_text.h"
#include "log/redact.h"

namespace pk::cmd {

namespace {

constexpr std::string_view k_hidden = "********";

constexpr ListColumn k_config_columns[] = {{"id", "Id", true},
                                           {"name", "Name", true},
                                           {"version", "Version", true},
                                           {"created_at", ""},
                                           {"updated_at", "Updated", true}};

constexpr ListColumn k_prompt_columns[] = {
    {"id", "Id", true},           {"name", "Name", true},           {"kind", "Kind", true},
    {"version", "Version", true}, {"published", "Published", true}, {"labels", "Labels", true},
    {"created_at", ""},           {"updated_at", "Updated", true}};

constexpr ListColumn k_provider_columns[] = {{"id", "Id", true},
                                             {"name", "Name", true},
                                             {"provider", "Provider", true},
                                             {"custom_host", "Host", true},
                                             {"has_secret", ""},
                                             {"archived", "State", true},
                                             {"created_at", ""},
                                             {"updated_at", "Updated", true}};

constexpr ListColumn k_key_columns[] = {{"id", "Id", true},
                                        {"name", "Name", true},
                                        {"scopes", "Scopes", true},
                                        {"default_config", "Config", true},
                                        {"default_provider", "Provider", true},
                                        {"debug", "Logs", true},
                                        {"created_at", "Made", true}};

Fact text_fact(std::string name, std::string_view text, std::string_view label = {}) {
  return {std::move(name), text.empty() ? "null" : json_string(text), std::string(text), label};
}

Fact number_fact(std::string name, std::int64_t number) {
  return {std::move(name), fmt::format("{}", number), fmt::format("{}", number)};
}

Fact yes_fact(std::string name, bool yes, std::string_view words, std::string_view label = {}) {
  return {std::move(name), yes ? "true" : "false", std::string(words), label};
}

Fact time_fact(std::string name, std::int64_t ms, Detail detail, std::int64_t now_ms,
               std::string_view label) {
  const std::string ago = relative_time(ms, now_ms);
  return {std::move(name), json_string(rfc3339(ms)),
          detail == Detail::list ? ago : fmt::format("{} ({})", rfc3339(ms), ago), label};
}

// Its tokens on one line, each as it stood.
std::string on_one_line(std::string_view json) {
  std::string line;
  JsonReader reader(json);
  JsonToken before = JsonToken::end;
  for (JsonToken token = reader.next(); token != JsonToken::end && token != JsonToken::error;
       token = reader.next()) {
    const bool closes = token == JsonToken::object_end || token == JsonToken::array_end;
    const bool opened = before == JsonToken::object_begin || before == JsonToken::array_begin;
    if (before == JsonToken::key)
      line += ':';
    else if (before != JsonToken::end && !closes && !opened)
      line += ',';
    line += reader.token();
    before = token;
  }
  return line;
}

Fact options_fact(const std::vector<store::StoredOption>& options) {
  Fact fact{"options", "{", "", {}, !options.empty()};
  for (const store::StoredOption& option : options) {
    if (fact.json.size() > 1) fact.json += ',';
    fact.json += json_string(option.name) + ":" +
                 json_string(option.sealed ? k_hidden : std::string_view(option.value));
  }
  fact.json += '}';
  return fact;
}

Fact labels_fact(const config::SavedPrompt& prompt) {
  Fact fact{"labels", "{", ""};
  for (const auto& [label, version] : prompt.labels) {
    fact.json += fmt::format("{}{}:{}", fact.json.size() > 1 ? "," : "", json_string(label), version);
    fact.text += fmt::format("{}{}@{}", fact.text.empty() ? "" : ", ", label, version);
  }
  fact.json += '}';
  return fact;
}

std::vector<std::string_view> scopes_of(std::uint8_t scopes) {
  std::vector<std::string_view> slugs;
  for (const auto scope : {config::Scope::proxy, config::Scope::read, config::Scope::admin})
    if (scopes & static_cast<std::uint8_t>(scope)) slugs.push_back(config::slug(scope));
  return slugs;
}

Fact scopes_fact(std::uint8_t scopes) {
  std::string json, words;
  for (const std::string_view slug : scopes_of(scopes)) {
    json.append(json.empty() ? "" : ",").append(json_string(slug));
    words.append(words.empty() ? "" : ", ").append(slug);
  }
  return {"scopes", "[" + json + "]", words};
}

}  // namespace

std::span<const ListColumn> config_columns() {
  return k_config_columns;
}
std::span<const ListColumn> prompt_columns() {
  return k_prompt_columns;
}
std::span<const ListColumn> provider_columns() {
  return k_provider_columns;
}
std::span<const ListColumn> key_columns() {
  return k_key_columns;
}

std::vector<Fact> facts_of(const store::StoredConfig& config, Detail detail, std::int64_t now_ms) {
  std::vector<Fact> facts = {text_fact("id", config.id), text_fact("name", config.name),
                             number_fact("version", config.version),
                             time_fact("created_at", config.created_at, detail, now_ms, "created"),
                             time_fact("updated_at", config.saved_at, detail, now_ms, "this version")};
  if (detail == Detail::show)
    facts.push_back({"config", on_one_line(log::redact_json(config.json)), "", {}, true});
  return facts;
}

std::vector<Fact> facts_of(const config::SavedPrompt& prompt, std::int64_t version, Detail detail,
                           std::int64_t now_ms) {
  const config::PromptVersion& shown = prompt.versions.at(version);
  std::vector<Fact> facts = {text_fact("id", prompt.id),
                             text_fact("name", prompt.name),
                             text_fact("kind", prompt.partial ? "partial" : "prompt"),
                             number_fact("version", version),
                             number_fact("published", prompt.published()),
                             labels_fact(prompt),
                             time_fact("created_at", prompt.created_at, detail, now_ms, "created"),
                             time_fact("updated_at", shown.saved_at, detail, now_ms, "this version")};
  if (detail == Detail::list) return facts;
  if (prompt.partial)
    facts.push_back({"text", json_string(shown.text), shown.text, {}, true});
  else
    facts.push_back({"template", on_one_line(shown.text), "", {}, true});
  return facts;
}

std::vector<Fact> facts_of(const store::StoredVirtualKey& key, Detail detail, std::int64_t now_ms) {
  const bool has_secret = !key.sealed.empty();
  std::vector<Fact> facts = {
      text_fact("id", key.id),
      text_fact("name", key.name),
      text_fact("provider", key.provider),
      text_fact("custom_host", key.custom_host, "host"),
      yes_fact("has_secret", has_secret, has_secret ? "encrypted" : "none", "secret"),
      yes_fact("archived", key.archived, key.archived ? "archived" : "in use", "state"),
      time_fact("created_at", key.created_at, detail, now_ms, "created"),
      time_fact("updated_at", key.updated_at, detail, now_ms, "updated")};
  if (detail == Detail::show) facts.push_back(options_fact(key.options));
  return facts;
}

std::vector<Fact> facts_of(const store::StoredApiKey& stored, Detail detail, std::int64_t now_ms) {
  const config::ApiKey& key = stored.key;
  return {text_fact("id", key.id),
          text_fact("name", key.name),
          scopes_fact(key.scopes),
          text_fact("default_config", key.default_config, "default config"),
          text_fact("default_provider", key.default_provider, "default provider"),
          yes_fact("debug", key.debug, key.debug ? "tracked" : "not tracked", "requests"),
          time_fact("created_at", stored.created_at, detail, now_ms, "made")};
}

}  // namespace pk::cmd
