// A replay beside its original. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "log/record.h"
#include "replay/answer.h"

namespace pk::replay {

enum class Verdict : std::uint8_t {
  same,     // the same status, and an answer that says the same; what is not known is not the same
  changed,  // another answer
  failed,   // the replay got none that is good, and its original did
};
// "same", "changed", "failed".
std::string_view slug(Verdict verdict);

struct Comparison {
  Verdict verdict = Verdict::changed;
  Said before, after;
  // After less before; none where one of the two is unknown.
  std::optional<double> tokens, cost_usd, latency_ms;
};

// Both have their response, as far as there was one.
Comparison compare(const log::LogRecord& original, const log::LogRecord& replay);

}  // namespace pk::replay
