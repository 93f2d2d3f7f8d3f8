// A template is refused with a reason or it renders: to JSON, within its bounds, whatever the variables and
// partials are; and a text of mustache alone likewise. The input is a template, variables and a partial, each
// ended by a line with a 0 byte.
#include <string>
#include <string_view>

#include "base/json.h"
#include "config/json_value.h"
#include "fuzz.h"
#include "prompt/render.h"
#include "prompt/renderer.h"

namespace {

using namespace pk;

std::string_view take(std::string_view& text) {
  const std::size_t end = text.find('\0');
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

void check_problem(const config::ConfigProblem& problem) {
  PK_ASSERT(!problem.message.empty());
  PK_ASSERT(problem.errors.size() <= config::k_config_errors_max);
  for (const std::string& error : problem.errors) PK_ASSERT(error.starts_with("path: "));
}

void check_text(std::string_view text, std::string_view variables, const prompt::FindPartial& find) {
  prompt::Values values;
  if (!values.add(variables)) return;
  prompt::Renderer renderer(values, find);
  const auto rendered = renderer.render(text);
  if (!rendered) PK_ASSERT(!rendered.error().message.empty());
  // What was counted first is never less than what came out.
  if (rendered) PK_ASSERT(rendered->size() <= prompt::k_render_bytes_max);
  if (rendered && !prompt::has_tags(text)) PK_ASSERT(*rendered == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text(data, size);
  const std::string_view text = take(rest), given = take(rest), partial = take(rest);
  const bool good = is_json(given) && config::json_value(given).is_object();
  const std::string_view variables = good ? given : "{}";
  const prompt::FindPartial find = [&](std::string_view reference) -> Result<prompt::Partial> {
    if (reference.empty()) return Error{Errc::not_found, "none"};
    return prompt::Partial{std::string(reference), partial};
  };
  check_text(text, variables, find);
  const prompt::ParsedTemplate parsed = prompt::parse_template(text);
  if (parsed.problem) {
    check_problem(*parsed.problem);
    return 0;
  }
  const prompt::Rendered rendered = prompt::render(parsed.value, {std::string(variables), {}}, find);
  if (rendered.problem)
    check_problem(*rendered.problem);
  else
    PK_ASSERT(is_json(rendered.body));
  static_cast<void>(prompt::check_partials(parsed.value, find));
  return 0;
}
