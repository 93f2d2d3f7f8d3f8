#include "route/conditional.h"

#include <algorithm>

#include "base/text.h"
#include "config/json_value.h"
#include "config/pattern.h"

namespace pk::route {

namespace {

using config::Query;

// A longer text is no number that anybody compares with: it is not read to its end for each comparison.
constexpr std::size_t k_number_bytes_max = 1024;

bool same_number(std::string_view a, std::string_view b) {
  if (a == b) return true;  // also what no double holds
  if (a.size() > k_number_bytes_max || b.size() > k_number_bytes_max) return false;
  const auto left = parse_real(a);
  const auto right = parse_real(b);
  return left && right && *left == *right;
}

bool is_structure(JsonToken kind) {
  return kind == JsonToken::object_begin || kind == JsonToken::array_begin;
}

bool equal(const FactValue& value, std::string_view operand_text) {
  const config::JsonValue operand = config::json_value(operand_text);
  if (is_structure(value.kind) || is_structure(operand.kind)) return false;
  if (!value.is_text && value.kind != operand.kind) return false;
  const std::string plain = config::json_plain(operand);
  return operand.is_number() ? same_number(value.text, plain) : value.text == plain;
}

bool in_list(const Query& query, const FactValue& value) {
  return std::ranges::any_of(query.values, [&](const std::string& one) { return equal(value, one); });
}

bool compare(const Query& query, const FactValue& value) {
  if (is_structure(value.kind)) return false;
  const auto left = leading_number(value.text);
  const auto right = leading_number(config::json_plain(config::json_value(query.values.front())));
  if (!left || !right) return false;
  switch (query.op) {
    case Query::Op::gt:
      return *left > *right;
    case Query::Op::gte:
      return *left >= *right;
    case Query::Op::lt:
      return *left < *right;
    default:
      return *left <= *right;
  }
}

bool found_by_regex(const Query& query, const FactValue& value) {
  return !is_structure(value.kind) &&
         config::pattern_found(config::json_plain(config::json_value(query.values.front())), value.text);
}

bool holds_of(const Query& query, const FactValue* value) {
  switch (query.op) {
    case Query::Op::ne:
      return !value || !equal(*value, query.values.front());
    case Query::Op::nin:
      return !value || !in_list(query, *value);
    case Query::Op::eq:
      return value && equal(*value, query.values.front());
    case Query::Op::in:
      return value && in_list(query, *value);
    case Query::Op::regex:
      return value && found_by_regex(query, *value);
    default:
      return value && compare(query, *value);
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t digits_from(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

}  // namespace

std::optional<double> leading_number(std::string_view text) {
  text = text.substr(0, k_number_bytes_max);
  text = trim(text);
  const std::size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  std::size_t end = digits_from(text, sign);
  std::size_t digits = end - sign;
  if (end < text.size() && text[end] == '.') {
    const std::size_t after = digits_from(text, end + 1);
    digits += after - end - 1;
    end = after;
  }
  if (digits == 0) return {};
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    std::size_t exponent = end + 1;
    if (exponent < text.size() && (text[exponent] == '-' || text[exponent] == '+')) ++exponent;
    const std::size_t after = digits_from(text, exponent);
    if (after > exponent) end = after;
  }
  if (text[0] == '+') return parse_real(text.substr(1, end - 1));
  return parse_real(text.substr(0, end));
}

bool holds(const Query& query, const Facts& facts) {
  const auto child_holds = [&](const Query& child) { return holds(child, facts); };
  if (query.op == Query::Op::all_of) return std::ranges::all_of(query.children, child_holds);
  if (query.op == Query::Op::any_of) return std::ranges::any_of(query.children, child_holds);
  return holds_of(query, find_fact(facts, query.key));
}

}  // namespace pk::route
