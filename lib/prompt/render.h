// A prompt's template and what a call brings, as the body of a request. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/gateway_config.h"
#include "prompt/partial.h"
#include "prompt/template.h"

namespace pk::prompt {

// The most that a rendered `messages` or `prompt` of a raw template may be nested.
inline constexpr std::size_t k_rendered_deep_max = 100;

// What the body of a call holds.
struct Call {
  std::string variables = "{}";    // JSON object
  config::BodyMembers parameters;  // each takes the place of the template's, or is added
};

// Who calls: the prompt's own route, or a target of a config, whose request is a whole one: its messages or
// prompt are not the template's and are left out; its model counts where the template has none.
enum class Caller { route, target };

struct ReadCall {
  Call call;
  std::optional<config::ConfigProblem> problem;
};
// `body` is a JSON object (provider/body.h has read it).
ReadCall read_call(std::string_view body, const Template& value, Caller caller);

struct Rendered {
  std::string body;
  // What is wrong with the variables, the template or its partials: HTTP 400 with these.
  std::optional<config::ConfigProblem> problem;
};
// The texts of the template rendered, all else in it byte for byte. A value with quotes stays within its
// text; in a raw template it may end it.
Rendered render(const Template& value, const Call& call, const FindPartial& find_partial);

// Whether every text of the template leads to partials that are there, and to no loop.
Result<void> check_partials(const Template& value, const FindPartial& find_partial);

}  // namespace pk::prompt
