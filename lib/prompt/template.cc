#include "prompt/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "config/config_fields.h"
#include "config/saved_prompt.h"
#include "prompt/mustache.h"

namespace pk::prompt {

namespace {

using config::Fields;
using config::JsonMember;
using config::JsonValue;
using config::Problems;
using config::Spot;
using Providers = std::span<const config::ConfigRules::Provider>;

constexpr std::string_view k_own[] = {"provider", "virtual_key", "config", "variables", "is_raw_template"};

ParsedTemplate refused(std::string message, std::vector<std::string> errors = {}) {
  return {{}, config::ConfigProblem{std::move(message), std::move(errors)}};
}

void check_text(const Spot& at, const JsonValue& value, Problems& problems) {
  const std::string text = config::json_plain(value);
  if (!has_tags(text)) return;
  if (const Result<Mustache> read = read_mustache(text); !read) problems.add(at, read.error().message);
}

void check_texts(const Spot& at, const JsonValue& value, Problems& problems) {
  if (value.is_string()) return check_text(at, value, problems);
  if (value.is_array()) {
    std::size_t i = 0;
    for (const JsonValue& element : config::json_elements(value.text))
      check_texts(Spot(at, i++), element, problems);
  }
  if (value.is_object())
    for (const JsonMember& member : config::json_members(value.text))
      check_texts(Spot(at, std::string_view(member.key)), member.value, problems);
}

bool read_raw(const Fields& fields) {
  const JsonValue* value = fields.find("is_raw_template");
  if (!value) return false;
  const std::string_view text = value->text;
  if (text != "0" && text != "1" && text != "true" && text != "false")
    fields.fail("is_raw_template", "Expected 0 or 1");
  return text == "1" || text == "true";
}

void check_messages(const Fields& fields) {
  const JsonValue* list = fields.array("messages");
  if (!list) return;
  const Spot at(fields.at(), "messages");
  const std::vector<JsonValue> messages = config::json_elements(list->text);
  if (messages.empty()) fields.fail("messages", "Array must contain at least 1 element(s)");
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Spot spot(at, i);
    if (messages[i].is_object())
      Fields(spot, messages[i], fields.problems()).require("role");
    else
      fields.problems().add(spot, config::wrong_type(JsonToken::object_begin, messages[i].kind));
  }
}

Form read_form(const Fields& fields, bool raw) {
  const Form form = fields.has("prompt") && !fields.has("messages") ? Form::completion : Form::chat;
  if (fields.has("messages") && fields.has("prompt"))
    fields.fail("prompt", "A prompt has messages or prompt, not both");
  else if (form == Form::chat && !fields.has("messages"))
    fields.fail("messages", "Required; or prompt, for a completion");
  else if (raw)
    fields.text(form == Form::chat ? "messages" : "prompt");
  else if (form == Form::chat)
    check_messages(fields);
  else if (const JsonValue* prompt = fields.find("prompt"); !prompt->is_string() && !prompt->is_array())
    fields.fail("prompt", config::wrong_type(JsonToken::string, prompt->kind));
  return form;
}

void check_provider(const Fields& fields, const std::string& slug, Providers providers) {
  if (slug.empty() || slug.starts_with('@') || providers.empty()) return;
  const auto known = [&](const auto& one) { return one.slug == slug; };
  if (std::none_of(providers.begin(), providers.end(), known))
    fields.fail("provider", fmt::format("There is no provider {}", quoted(slug)));
}

void read_who(const Fields& fields, Providers providers, Template& value) {
  value.provider = fields.text("provider").value_or("");
  value.virtual_key = fields.text("virtual_key").value_or("");
  value.config = fields.text("config").value_or("");
  check_provider(fields, value.provider, providers);
  if (fields.has("config") && !value.config.starts_with("pc-"))
    fields.fail("config", "Must be the id of a saved config, pc-…");
  if (fields.has("provider") + fields.has("virtual_key") + fields.has("config") > 1)
    fields.problems().add(fields.at(), "Only one of provider, virtual_key and config may be there");
}

bool is_own(std::string_view key) {
  return std::find(std::begin(k_own), std::end(k_own), config::snake_case(key)) != std::end(k_own);
}

// Of a name that stands twice the last value counts, in the place of the first.
void set_member(config::BodyMembers& members, const std::string& name, std::string_view value) {
  const auto same = [&](const auto& member) { return member.first == name; };
  const auto found = std::find_if(members.begin(), members.end(), same);
  if (found == members.end())
    members.emplace_back(name, value);
  else
    found->second = value;
}

}  // namespace

std::string_view text_member(Form form) {
  return form == Form::chat ? "messages" : "prompt";
}

ParsedTemplate parse_template(std::string_view json, Providers providers) {
  if (json.size() > config::k_prompt_bytes_max)
    return refused(
        fmt::format("Invalid prompt template. It is longer than {} kB", config::k_prompt_bytes_max / 1024));
  const JsonValue value = is_json(json, k_template_deep_max) ? config::json_value(json) : JsonValue();
  if (!value.is_object()) return refused("Invalid prompt template. It has to be a JSON object");
  Problems problems;
  const Spot root;
  const Fields fields(root, value, problems);
  ParsedTemplate parsed;
  parsed.value.raw = read_raw(fields);
  parsed.value.form = read_form(fields, parsed.value.raw);
  read_who(fields, providers, parsed.value);
  fields.text("model");
  if (const JsonValue* defaults = fields.object("variables")) parsed.value.defaults = defaults->text;
  for (const JsonMember& member : config::json_members(value.text)) {
    if (is_own(member.key)) continue;
    check_texts(Spot(root, std::string_view(member.key)), member.value, problems);
    set_member(parsed.value.members, member.key, member.value.text);
  }
  if (problems.count() > 0) return refused("Invalid prompt template", problems.errors());
  return parsed;
}

}  // namespace pk::prompt
