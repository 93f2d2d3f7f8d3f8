#include "log/words.h"

#include <fmt/format.h>

#include <cmath>

namespace pk::log {

std::string thousands(std::int64_t value) {
  std::string digits = fmt::format("{}", value);
  for (std::size_t at = digits.size(); at > (value < 0 ? 4u : 3u);) digits.insert(at -= 3, ",");
  return digits;
}

std::string cents(double usd) {
  constexpr double k_least = 0.0001;
  const double value = usd * 100;
  if (value == 0) return "0 ¢";
  if (value < k_least) return fmt::format("<{} ¢", k_least);
  if (value < 0.01) return fmt::format("{:.4f} ¢", value);
  return value < 100 ? fmt::format("{:.2f} ¢", value) : thousands(std::llround(value)) + " ¢";
}

std::string milliseconds(double ms) {
  if (ms < 10) return fmt::format("{:.1f} ms", ms);
  return ms < 1000 ? fmt::format("{:.0f} ms", ms) : fmt::format("{:.2f} s", ms / 1000);
}

std::string_view endpoint_words(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::chat_completions:
      return "Chat Completion";
    case Endpoint::completions:
      return "Completion";
    case Endpoint::embeddings:
      return "Embedding";
    case Endpoint::messages:
      return "Message";
    case Endpoint::responses:
      return "Response";
    case Endpoint::other:
      break;
  }
  return {};
}

}  // namespace pk::log
