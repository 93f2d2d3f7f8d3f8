// What a replay is expected to be: `cost<=+5%`, `latency<2s`, `tokens<=500`, `status=200`, `same`,
// `json-schema=FILE`. Read before anything is sent, checked afterwards. Pure, but for the schema's file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "log/record.h"
#include "replay/compare.h"
#include "replay/json_schema.h"

namespace pk::replay {

struct Assertion {
  enum class What : std::uint8_t { cost, latency, tokens, status, same, schema } what = What::same;
  enum class Op : std::uint8_t { less, at_most, more, at_least, is, is_not } op = Op::is;
  // What it is compared with: a number of its own, or of the original's so many per cent or units more.
  enum class Base : std::uint8_t { absolute, percent, difference } base = Base::absolute;
  double value = 0;     // USD, ms, tokens, status; of a class of them, 2xx, its first
  double value_to = 0;  // of a class of statuses its last; else the same
  std::shared_ptr<const JsonSchema> schema;
  std::string text;  // as it was written
};

// invalid, saying what is wrong with it. `read_file` gives a schema's text.
using ReadFile = std::function<Result<std::string>(const std::string& file)>;
Result<Assertion> read_assertion(std::string_view text, const ReadFile& read_file);

// Nothing if it holds; else what was found instead: "cost is 0.0012 USD, and 0.00105 is the most".
std::optional<std::string> failure(const Assertion& assertion, const log::LogRecord& original,
                                   const log::LogRecord& replay, const Comparison& comparison);

}  // namespace pk::replay
