#include "config/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/text.h"

namespace pk::config {

namespace {

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);  // stderr is ours
  options.set_max_mem(static_cast<std::int64_t>(k_pattern_memory_bytes_max));
  return options;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

Result<void> check(const RE2& compiled) {
  if (!compiled.ok()) return Error{Errc::invalid, compiled.error()};
  if (compiled.ProgramSize() > k_pattern_steps_max)
    return Error{Errc::invalid, fmt::format("it compiles to more than {} steps", k_pattern_steps_max)};
  return {};
}

}  // namespace

Result<void> check_pattern(std::string_view pattern) {
  if (pattern.size() > k_pattern_bytes_max)
    return Error{Errc::invalid, fmt::format("it is longer than {} bytes", k_pattern_bytes_max)};
  return check(RE2(piece(pattern), quiet()));
}

bool pattern_found(std::string_view pattern, std::string_view text) {
  if (pattern.size() > k_pattern_bytes_max) return false;
  const RE2 compiled(piece(pattern), quiet());
  return check(compiled) && RE2::PartialMatch(piece(utf8_front(text, k_pattern_text_bytes_max)), compiled);
}

}  // namespace pk::config
