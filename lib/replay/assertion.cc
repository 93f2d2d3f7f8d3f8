#include "replay/assertion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "replay/answer.h"

namespace pk::replay {

namespace {

using What = Assertion::What;
using Op = Assertion::Op;
using Base = Assertion::Base;

struct Name {
  std::string_view name;
  What what;
};
constexpr std::array<Name, 4> k_names = {
    {{"cost", What::cost}, {"latency", What::latency}, {"tokens", What::tokens}, {"status", What::status}}};
struct Sign {
  std::string_view sign;
  Op op;
};
// Longer ones first.
constexpr std::array<Sign, 8> k_signs = {{{"<=", Op::at_most},
                                          {">=", Op::at_least},
                                          {"!=", Op::is_not},
                                          {"==", Op::is},
                                          {"<", Op::less},
                                          {">", Op::more},
                                          {"=", Op::is},
                                          {":", Op::is}}};

std::string_view name_of(What what) {
  for (const Name& one : k_names)
    if (one.what == what) return one.name;
  return "";
}

Error wrong(std::string_view text, std::string_view why) {
  return {Errc::invalid, fmt::format("'{}' is no assertion: {}", visible(text, false), why)};
}

// "2s", "1.5s", "300ms", "2m", "2000": ms.
std::optional<double> milliseconds(std::string_view text) {
  double factor = 1;
  if (text.ends_with("ms")) {
    text.remove_suffix(2);
  } else if (text.ends_with('s') || text.ends_with('m')) {
    factor = text.ends_with('s') ? 1'000 : 60'000;
    text.remove_suffix(1);
  }
  const auto number = parse_real(text);
  return number ? std::optional(*number * factor) : std::nullopt;
}

std::optional<double> quantity(What what, std::string_view text) {
  if (what == What::latency) return milliseconds(text);
  if (what == What::cost && text.starts_with('$')) text.remove_prefix(1);
  return parse_real(text);
}

// "200", "2xx".
bool read_status(std::string_view text, Assertion& assertion) {
  constexpr double k_class = 100;
  const bool of_class = text.size() == 3 && text.substr(1) == "xx";
  const auto number = parse_int(of_class ? text.substr(0, 1) : text);
  if (!number) return false;
  assertion.value = of_class ? static_cast<double>(*number) * k_class : static_cast<double>(*number);
  assertion.value_to = of_class ? assertion.value + k_class - 1 : assertion.value;
  return assertion.value >= 100 && assertion.value <= 599;
}

bool read_value(std::string_view text, Assertion& assertion) {
  if (assertion.what == What::status) return read_status(text, assertion);
  const bool relative = text.starts_with('+') || text.starts_with('-');
  const bool negative = text.starts_with('-');
  if (relative) text.remove_prefix(1);
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  if (percent && !relative) return false;
  const auto value = percent ? parse_real(text) : quantity(assertion.what, text);
  if (!value || *value < 0) return false;
  assertion.base = percent ? Base::percent : relative ? Base::difference : Base::absolute;
  assertion.value = assertion.value_to = negative ? -*value : *value;
  return true;
}

Result<Assertion> read_schema(std::string_view text, std::string_view file, const ReadFile& read_file) {
  if (file.empty()) return wrong(text, "write json-schema=FILE");
  PK_ASSIGN(const std::string json, read_file(std::string(file)));
  auto schema = JsonSchema::parse(json);
  if (!schema) return std::move(schema).error().within(std::string(file));
  Assertion assertion;
  assertion.what = What::schema;
  assertion.schema = std::make_shared<const JsonSchema>(*std::move(schema));
  assertion.text = text;
  return assertion;
}

std::optional<double> figure(What what, const log::LogRecord& record) {
  const auto real = [](const std::optional<std::int64_t>& number) {
    return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
  };
  if (what == What::cost) return record.cost_usd;
  if (what == What::latency) return record.latency_ms;
  return what == What::tokens ? real(record.total_tokens) : real(record.http_status);
}

bool holds(Op op, double found, double from, double to) {
  switch (op) {
    case Op::less:
      return found < from;
    case Op::at_most:
      return found <= to;
    case Op::more:
      return found > to;
    case Op::at_least:
      return found >= from;
    case Op::is:
      return found >= from && found <= to;
    case Op::is_not:
      break;
  }
  return found < from || found > to;
}

std::string in_words(What what, double value) {
  if (what == What::cost) return fmt::format("{:.6g} USD", value);
  if (what == What::latency) return fmt::format("{:.6g} ms", std::round(value * 1000) / 1000);
  return fmt::format("{:.10g}", value);
}

std::optional<std::string> figure_failure(const Assertion& assertion, const log::LogRecord& original,
                                          const log::LogRecord& replay) {
  const std::string_view name = name_of(assertion.what);
  const auto found = figure(assertion.what, replay);
  if (!found) return fmt::format("{} is not known", name);
  double shift = 0, factor = 1;
  if (assertion.base != Base::absolute) {
    const auto before = figure(assertion.what, original);
    if (!before) return fmt::format("{} of the original is not known", name);
    constexpr double k_whole = 100;
    if (assertion.base == Base::percent) factor = *before / k_whole;
    shift = *before;
  }
  const double from = shift + assertion.value * factor, to = shift + assertion.value_to * factor;
  if (holds(assertion.op, *found, from, to)) return {};
  std::string words = fmt::format("{} is {}", name, in_words(assertion.what, *found));
  if (assertion.base != Base::absolute)
    words += fmt::format(", the original's {}, the bound {}", in_words(assertion.what, shift),
                         in_words(assertion.what, from));
  return words;
}

// What an error says may be JSON too, and is no answer.
std::optional<std::string> schema_failure(const Assertion& assertion, const log::LogRecord& replay,
                                          const Comparison& comparison) {
  if (!replay.ok) return "there is no good answer";
  auto problem = assertion.schema->problem_of(comparison.after.text);
  if (problem) return "the answer " + *problem;
  return {};
}

}  // namespace

Result<Assertion> read_assertion(std::string_view written, const ReadFile& read_file) {
  constexpr std::string_view k_schema = "json-schema";
  const std::string_view text = trim(written);
  Assertion assertion;
  assertion.text = text;
  if (text == "same") return assertion;
  if (text.starts_with(k_schema) && text.size() > k_schema.size() &&
      (text[k_schema.size()] == '=' || text[k_schema.size()] == ':'))
    return read_schema(text, trim(text.substr(k_schema.size() + 1)), read_file);
  const std::size_t end = text.find_first_of("<>=!: ");
  const std::string_view name = text.substr(0, end);
  const auto known = std::ranges::find(k_names, name, &Name::name);
  if (known == k_names.end() || end == std::string_view::npos)
    return wrong(text,
                 "write cost, latency, tokens or status with < <= = != >= or > and a value, same, or "
                 "json-schema=FILE");
  assertion.what = known->what;
  const std::string_view rest = trim(text.substr(end));
  for (const auto& [sign, op] : k_signs) {
    if (!rest.starts_with(sign)) continue;
    assertion.op = op;
    if (read_value(trim(rest.substr(sign.size())), assertion)) return assertion;
    break;
  }
  return wrong(text, known->what == What::status    ? "a status is 200 or 2xx"
                     : known->what == What::latency ? "a time is 300ms, 2s, +5% or +200ms"
                     : known->what == What::cost    ? "a cost is in USD, such as 0.01, +5% or +0.002"
                                                    : "a number of tokens is 500, +5% or +20");
}

std::optional<std::string> failure(const Assertion& assertion, const log::LogRecord& original,
                                   const log::LogRecord& replay, const Comparison& comparison) {
  if (assertion.what == What::schema) return schema_failure(assertion, replay, comparison);
  if (assertion.what != What::same) return figure_failure(assertion, original, replay);
  if (comparison.verdict == Verdict::same) return {};
  if (comparison.verdict == Verdict::failed) return "the replay failed";
  return broke_off(original) || broke_off(replay) ? "the answer broke off" : "the answer is another";
}

}  // namespace pk::replay
