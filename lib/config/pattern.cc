#include "config/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

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

}  // namespace

Result<void> check_pattern(std::string_view pattern) {
  if (pattern.size() > k_pattern_bytes_max)
    return Error{Errc::invalid, fmt::format("it is longer than {} bytes", k_pattern_bytes_max)};
  const RE2 compiled(piece(pattern), quiet());
  if (!compiled.ok()) return Error{Errc::invalid, compiled.error()};
  return {};
}

bool pattern_found(std::string_view pattern, std::string_view text) {
  if (pattern.size() > k_pattern_bytes_max) return false;
  const RE2 compiled(piece(pattern), quiet());
  return compiled.ok() && RE2::PartialMatch(piece(text), compiled);
}

}  // namespace pk::config
