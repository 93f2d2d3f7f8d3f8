// What one version of a prompt says: a JSON object like a request body (`model`, `messages` or `prompt`, any
// parameter) with mustache in its texts, and beside that who is to be asked (`provider`, `virtual_key` or
// `config`), defaults of variables (`variables`), and `is_raw_template`: `messages` or `prompt` is then a
// text that is JSON only once it is rendered. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "config/gateway_config.h"

namespace pk::prompt {

inline constexpr std::size_t k_template_deep_max = 64;  // objects and arrays in one another

enum class Form : std::uint8_t { chat, completion };

struct Template {
  Form form = Form::chat;
  std::string provider;     // slug, or "@name" of a virtual key; at most one of the three is not ""
  std::string virtual_key;  // id or name
  std::string config;       // "pc-…"
  bool raw = false;
  config::BodyMembers members;  // of the request, not rendered, each name once
  std::string defaults = "{}";  // JSON object
  bool operator==(const Template&) const = default;
};

// `messages` of a chat, `prompt` of a completion.
std::string_view text_member(Form form);

struct ParsedTemplate {
  Template value;  // means nothing if there is a problem
  std::optional<config::ConfigProblem> problem;
};

// Every text is read as mustache too; partials are not looked for. `providers` are those that may be named,
// sorted by slug; none: any.
ParsedTemplate parse_template(std::string_view json,
                              std::span<const config::ConfigRules::Provider> providers = {});

}  // namespace pk::prompt
