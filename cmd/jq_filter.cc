#include "jq_filter.h"

#include <fmt/format.h>

extern "C" {
#include <jq.h>
#include <jv.h>
}

#include "jq_library.h"

namespace pk::cmd {

namespace {

constexpr std::size_t k_json_bytes_max = 1 << 30;  // libjq takes an int

// The text of `value`, which is consumed.
std::string text_of(jv value) {
  std::string text;
  if (jv_get_kind(value) == JV_KIND_STRING)
    text.assign(jv_string_value(value), static_cast<std::size_t>(jv_string_length_bytes(jv_copy(value))));
  jv_free(value);
  return text;
}

// jq tells what is wrong with an expression through a callback: several lines, of which the first has the
// reason.
void remember(void* data, jv message) {
  std::string text = text_of(jq_format_error(message));
  text = text.substr(0, text.find('\n'));
  for (std::string_view prefix : {"jq: ", "error: "})
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
  std::string& first = *static_cast<std::string*>(data);
  if (first.empty()) first = text.substr(0, text.find(" (Unix shell"));
}

}  // namespace

void Jq::End::operator()(jq_state* state) const {
  jq_teardown(&state);
}

Result<Jq> Jq::compile(const std::string& expression) {
  if (Result<void> loaded = load_jq(); !loaded) return std::move(loaded).error().within("--jq");
  jq_state* state = jq_init();
  if (!state) return Error{Errc::io, "cannot start jq"};
  Jq jq(state);
  // Without these an `import` ends the process.
  jq_set_attr(state, jv_string("JQ_LIBRARY_PATH"), jv_array());
  jq_set_attr(state, jv_string("JQ_ORIGIN"), jv_string("."));
  jq_set_attr(state, jv_string("PROGRAM_ORIGIN"), jv_string("."));
  std::string problem;
  jq_set_error_cb(state, remember, &problem);
  const bool good = jq_compile(state, expression.c_str());
  jq_set_error_cb(
      state, [](void*, jv message) { jv_free(message); }, nullptr);
  if (!good) return Error{Errc::invalid, fmt::format("--jq: {}", problem)};
  return jq;
}

Result<void> Jq::run(std::string_view json, std::string& out) {
  if (json.size() > k_json_bytes_max)
    return Error{Errc::limit, "--jq: more than 1 GB of JSON; take fewer rows, or -o jsonl"};
  const jv input = jv_parse_sized(json.data(), static_cast<int>(json.size()));
  if (!jv_is_valid(input))
    return Error{Errc::io, fmt::format("--jq: {}", text_of(jv_invalid_get_msg(input)))};
  jq_start(m_state.get(), input, 0);
  jv result = jq_next(m_state.get());
  for (; jv_is_valid(result); result = jq_next(m_state.get()))
    out += text_of(jv_get_kind(result) == JV_KIND_STRING ? result : jv_dump_string(result, 0)) + '\n';
  if (jq_halted(m_state.get()) || !jv_invalid_has_msg(jv_copy(result))) {
    jv_free(result);
    return {};
  }
  const jv message = jv_invalid_get_msg(result);
  const std::string text =
      jv_get_kind(message) == JV_KIND_STRING ? text_of(message) : text_of(jv_dump_string(message, 0));
  return Error{Errc::io, fmt::format("--jq: {}", text)};
}

}  // namespace pk::cmd
