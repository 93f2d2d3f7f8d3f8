#include "prompt/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "config/config_problems.h"
#include "config/json_value.h"
#include "prompt/renderer.h"

namespace pk::prompt {

namespace {

using config::BodyMembers;
using config::ConfigProblem;

const std::string* find(const BodyMembers& members, std::string_view name) {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

ConfigProblem problem_of(const Error& error, std::string_view member) {
  return {fmt::format("the prompt cannot be rendered: {}", error.message),
          {fmt::format("path: {}, message: {}", visible(member, false), error.message)}};
}

ConfigProblem missing_of(const std::vector<std::string>& names) {
  ConfigProblem problem{"the prompt needs variables that the request does not have:", {}};
  for (const std::string& name : names) {
    problem.message.append(problem.errors.empty() ? " " : ", ").append(visible(name, false));
    problem.errors.push_back(fmt::format("path: variables,{}, message: Required", visible(name, false)));
  }
  return problem;
}

// f(token, text) for each string token of a value that has mustache in it.
template <class F>
Result<void> each_text(std::string_view value, F&& f) {
  JsonReader reader(value);
  for (JsonToken token = reader.next(); token != JsonToken::end && token != JsonToken::error;
       token = reader.next()) {
    if (token != JsonToken::string || reader.token().find_first_of("{\\") == std::string_view::npos) continue;
    const std::string text = json_unquoted(reader.token());
    if (has_tags(text)) PK_TRY(f(reader.offset(), reader.token(), text));
  }
  return {};
}

Result<void> append_rendered(std::string& out, std::string_view value, Renderer& renderer) {
  std::size_t copied = 0;
  PK_TRY(
      each_text(value, [&](std::size_t at, std::string_view token, const std::string& text) -> Result<void> {
        PK_ASSIGN(const std::string rendered, renderer.render(text));
        out.append(value, copied, at - copied);
        append_json_string(out, rendered);
        copied = at + token.size();
        return {};
      }));
  out.append(value.substr(copied));
  return {};
}

// Rendered first, then JSON.
Result<void> append_raw(std::string& out, std::string_view value, Form form, Renderer& renderer) {
  PK_ASSIGN(const std::string rendered, renderer.render(json_unquoted(value)));
  if (!renderer.missing().empty()) return {};
  const bool good = is_json(rendered, k_rendered_deep_max);
  const config::JsonValue json = good ? config::json_value(rendered) : config::JsonValue();
  if (!json.is_array() && !(form == Form::completion && json.is_string()))
    return Error{Errc::invalid, form == Form::chat
                                    ? "what the raw template renders to is no JSON array"
                                    : "what the raw template renders to is no JSON text or array"};
  out.append(json.text);
  return {};
}

void append_key(std::string& out, std::string_view name) {
  if (out.size() > 1) out += ',';
  append_json_string(out, name);
  out += ':';
}

Result<void> append_member(std::string& out, const Template& value, const std::string& name,
                           const std::string& json, Renderer& renderer) {
  append_key(out, name);
  if (value.raw && name == text_member(value.form)) return append_raw(out, json, value.form, renderer);
  return append_rendered(out, json, renderer);
}

// Portkey's clients leave the prompt's id in the body, though the path has it.
bool names_prompt(std::string_view key) {
  return key == "prompt_id" || key == "promptID";
}

}  // namespace

ReadCall read_call(std::string_view body, const Template& value, Caller caller) {
  ReadCall read;
  config::Problems problems;
  const config::Spot root;
  for (const config::JsonMember& member : config::json_members(body)) {
    const bool is_text = member.key == "messages" || member.key == "prompt";
    const config::Spot at(root, std::string_view(member.key));
    if (member.key == "variables") {
      if (member.value.is_object()) read.call.variables = member.value.text;
      if (!member.value.is_object() && member.value.kind != JsonToken::null)
        problems.add(at, "Expected object");
    } else if (caller == Caller::route && names_prompt(member.key)) {
      continue;
    } else if (is_text && caller == Caller::route) {
      problems.add(at, "The prompt has its own; a call brings variables and parameters");
    } else if (!is_text &&
               !(caller == Caller::target && member.key == "model" && find(value.members, "model"))) {
      std::erase_if(read.call.parameters, [&](const auto& one) { return one.first == member.key; });
      read.call.parameters.emplace_back(member.key, member.value.text);
    }
  }
  if (problems.count() > 0) read.problem = ConfigProblem{"Invalid prompt call", problems.errors()};
  return read;
}

Rendered render(const Template& value, const Call& call, const FindPartial& find_partial) {
  Values values;
  for (const std::string_view object : {std::string_view(value.defaults), std::string_view(call.variables)})
    if (Result<void> added = values.add(object); !added) return {"", problem_of(added.error(), "variables")};
  Renderer renderer(values, find_partial);
  Rendered rendered{"{", {}};
  for (const auto& [name, json] : value.members) {
    if (find(call.parameters, name)) continue;
    Result<void> done = append_member(rendered.body, value, name, json, renderer);
    if (!done) return {"", problem_of(done.error(), name)};
  }
  if (!renderer.missing().empty()) return {"", missing_of(renderer.missing())};
  for (const auto& [name, json] : call.parameters) {
    append_key(rendered.body, name);
    rendered.body += json;
  }
  rendered.body += '}';
  return rendered;
}

Result<void> check_partials(const Template& value, const FindPartial& find_partial) {
  for (const auto& member : value.members)
    PK_TRY(each_text(member.second, [&](std::size_t, std::string_view, const std::string& text) {
      return check_partials(text, {}, find_partial);
    }));
  return {};
}

}  // namespace pk::prompt
