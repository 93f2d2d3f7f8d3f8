#include "replay/compare.h"

namespace pk::replay {

namespace {

template <class T>
std::optional<double> difference(const std::optional<T>& before, const std::optional<T>& after) {
  if (!before || !after) return {};
  return static_cast<double>(*after) - static_cast<double>(*before);
}

}  // namespace

std::string_view slug(Verdict verdict) {
  switch (verdict) {
    case Verdict::same:
      return "same";
    case Verdict::changed:
      return "changed";
    case Verdict::failed:
      break;
  }
  return "failed";
}

Comparison compare(const log::LogRecord& original, const log::LogRecord& replay) {
  Comparison result;
  if (original.response) result.before = said(*original.response);
  if (replay.response) result.after = said(*replay.response);
  if (original.ok && !replay.ok)
    result.verdict = Verdict::failed;
  else if (original.response && replay.response && !broke_off(original) && !broke_off(replay) &&
           original.http_status == replay.http_status && original.ok == replay.ok &&
           result.before == result.after)
    result.verdict = Verdict::same;
  result.tokens = difference(original.total_tokens, replay.total_tokens);
  result.cost_usd = difference(original.cost_usd, replay.cost_usd);
  result.latency_ms = replay.latency_ms - original.latency_ms;
  return result;
}

}  // namespace pk::replay
