#include "query/column_term.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "query/filter_words.h"

namespace pk::query {

namespace {

using store::Block;
using store::BlockMask;
using store::Column;

// --- texts: the dictionary is asked once, the records by their codes

// Records whose code is in [low, high), which is not empty. Compared as what they are: sixteen at once where
// they are bytes.
void mask_codes(const store::Codes& codes, std::size_t low, std::size_t high, BlockMask& mask) {
  codes.visit(mask.size(), [to = mask.overwrite(), low, last = high - 1](std::size_t i, auto code) {
    using Code = decltype(code);
    constexpr std::size_t k_most = std::numeric_limits<Code>::max();
    const auto width = static_cast<Code>(std::min(last, k_most) - low);
    to[i] = low <= k_most && static_cast<Code>(code - static_cast<Code>(low)) <= width;
  });
}

TermSays says_range(const store::Texts& column, std::size_t low, std::size_t high, BlockMask& mask) {
  if (low == high) return TermSays::none;
  if (high - low == column.texts.size()) return TermSays::all;
  mask_codes(column.codes, low, high, mask);
  return TermSays::each;
}

TermSays has_text(const Block& block, Column name, std::string_view text, BlockMask& mask) {
  if (!block.may_have(name, text)) return TermSays::none;
  const auto column = block.texts(name);
  if (!column) return TermSays::cannot;
  const std::size_t at = column->texts.lower_bound(text);
  const bool there = at < column->texts.size() && column->texts.at(at) == text;
  return says_range(*column, at, at + (there ? 1 : 0), mask);
}

TermSays has_glob(const Block& block, Column name, std::string_view pattern, BlockMask& mask) {
  if (pattern.find('*') == std::string_view::npos) return has_text(block, name, pattern, mask);
  const auto column = block.texts(name);
  if (!column) return TermSays::cannot;
  const std::size_t size = column->texts.size();
  std::vector<std::uint8_t> accepted(size);
  std::size_t count = 0;
  for (std::size_t code = 0; code < size; ++code)
    count += accepted[code] = glob(pattern, column->texts.at(code));
  if (count == 0) return TermSays::none;
  if (count == size) return TermSays::all;
  column->codes.visit(mask.size(), [to = mask.overwrite(), yes = accepted.data(), size](
                                       std::size_t i, auto code) { to[i] = code < size && yes[code]; });
  return TermSays::each;
}

TermSays either(TermSays a, const BlockMask& of_a, TermSays b, BlockMask& of_b) {
  if (a == TermSays::cannot || b == TermSays::cannot) return TermSays::cannot;
  if (a == TermSays::all || b == TermSays::all) return TermSays::all;
  if (a == TermSays::none) return b;
  if (b == TermSays::none)
    of_b = of_a;
  else
    of_b.add(of_a);
  return TermSays::each;
}

TermSays has_model(const Block& block, std::string_view pattern, BlockMask& mask) {
  BlockMask answered;
  answered.set_all(mask.size(), false);
  const TermSays first = has_glob(block, Column::model, pattern, answered);
  return either(first, answered, has_glob(block, Column::requested_model, pattern, mask), mask);
}

TermSays has_metadata(const Block& block, std::string_view name, std::string_view value, BlockMask& mask) {
  if (!block.may_have(Column::metadata, name, value)) return TermSays::none;
  const auto column = block.pairs(Column::metadata);
  if (!column) return TermSays::cannot;
  const auto less = [&](std::size_t code) {
    const std::string_view here = column->name(code);
    return here != name ? here < name : column->value(code) < value;
  };
  std::size_t low = 0;
  std::size_t high = column->texts.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (less(middle))
      low = middle + 1;
    else
      high = middle;
  }
  if (low == column->texts.size() || column->name(low) != name || column->value(low) != value)
    return TermSays::none;
  mask.set_each([&pairs = *column, low](std::size_t i) {
    const auto [begin, end] = pairs.of(i);
    bool is_there = false;
    for (std::size_t at = begin; at < end; ++at) is_there |= pairs.codes.at(at) == low;
    return is_there;
  });
  return TermSays::each;
}

// --- numbers: least and most decide first

// As doubles, integers up to this are themselves.
constexpr std::int64_t k_exact = std::int64_t{1} << 53;

template <class Holds>
TermSays mask_numbers(const store::Numbers& numbers, double low, double high, Holds holds, BlockMask& mask) {
  const std::uint64_t zero = static_cast<std::uint64_t>(numbers.least) - (numbers.nulls ? 1 : 0);
  if (numbers.least > -k_exact && numbers.most < k_exact) {
    // What holds is a range: of the values, and so of their codes.
    auto first = static_cast<std::int64_t>(std::max(std::ceil(low), static_cast<double>(numbers.least)));
    auto last = static_cast<std::int64_t>(std::min(std::floor(high), static_cast<double>(numbers.most)));
    if (!holds(static_cast<double>(first))) ++first;
    if (!holds(static_cast<double>(last))) --last;
    if (first > last) return TermSays::none;
    mask_codes(numbers.codes, static_cast<std::uint64_t>(first) - zero,
               static_cast<std::uint64_t>(last) - zero + 1, mask);
    return TermSays::each;
  }
  const bool nulls = numbers.nulls;
  numbers.codes.visit(mask.size(), [to = mask.overwrite(), nulls, zero, holds](std::size_t i, auto code) {
    const auto value = static_cast<double>(static_cast<std::int64_t>(zero + code));
    to[i] = !(nulls && code == 0) && holds(value);
  });
  return TermSays::each;
}

// `with` a function that says whether the term's comparison holds (compares() of it, chosen once).
template <class With>
TermSays with_comparison(const Term& term, With with) {
  const double low = term.low;
  switch (term.op) {
    case Op::is:
      return with([low](double value) { return value == low; });
    case Op::at_least:
      return with([low](double value) { return value >= low; });
    case Op::at_most:
      return with([low](double value) { return value <= low; });
    case Op::more:
      return with([low](double value) { return value > low; });
    case Op::less:
      break;
  }
  return with([low](double value) { return value < low; });
}

// `low` and `high` bound what holds: where all values lie outside, none holds, where all lie inside, all do.
template <class Holds>
TermSays has_number(const Block& block, Column name, double low, double high, Holds holds, BlockMask& mask) {
  auto numbers = block.number_bounds(name);
  if (!numbers) return TermSays::cannot;
  const auto least = static_cast<double>(numbers->least);
  const auto most = static_cast<double>(numbers->most);
  if (!numbers->any || most < low || least > high) return TermSays::none;
  if (numbers->least == numbers->most && !holds(least)) return TermSays::none;
  if (!numbers->nulls && holds(least) && holds(most)) return TermSays::all;
  numbers = block.numbers(name);
  if (!numbers) return TermSays::cannot;
  return mask_numbers(*numbers, low, high, holds, mask);
}

TermSays is_number(const Block& block, Column name, double wanted, BlockMask& mask) {
  return has_number(
      block, name, wanted, wanted, [wanted](double value) { return value == wanted; }, mask);
}

constexpr double k_infinity = std::numeric_limits<double>::infinity();

std::pair<double, double> bounds_of(const Term& term) {
  switch (term.op) {
    case Op::is:
      return {term.low, term.low};
    case Op::at_least:
    case Op::more:
      return {term.low, k_infinity};
    default:
      return {-k_infinity, term.low};
  }
}

TermSays compared(const Block& block, Column name, const Term& term, BlockMask& mask) {
  const auto bounds = bounds_of(term);
  return with_comparison(
      term, [&](auto holds) { return has_number(block, name, bounds.first, bounds.second, holds, mask); });
}

TermSays compared_real(const Block& block, Column name, const Term& term, BlockMask& mask) {
  const auto [low, high] = bounds_of(term);
  auto reals = block.real_bounds(name);
  if (!reals) return TermSays::cannot;
  if (!reals->any || reals->most < low || reals->least > high) return TermSays::none;
  reals = block.reals(name);
  if (!reals) return TermSays::cannot;
  if (!reals->data) return compares(term, reals->least) ? TermSays::all : TermSays::none;
  return with_comparison(term, [&](auto holds) {
    mask.set_each([from = reals->data, holds](std::size_t i) {
      double value;
      std::memcpy(&value, from + i * sizeof value, sizeof value);
      return holds(value);
    });
    return TermSays::each;
  });
}

TermSays has_status(const Block& block, const Term& term, BlockMask& mask) {
  const StatusSlug& slug = slug_of(term);
  const double value = slug.value;
  switch (slug.group) {
    case StatusGroup::cache:
      return is_number(block, Column::cache, value, mask);
    case StatusGroup::fallback:
      return is_number(block, Column::fallback, value, mask);
    case StatusGroup::loadbalance:
      return is_number(block, Column::loadbalance, value, mask);
    case StatusGroup::retry:
      break;
  }
  const TermSays outcome = is_number(block, Column::retry, value, mask);
  if (term.high == 0 || outcome == TermSays::none || outcome == TermSays::cannot) return outcome;
  BlockMask counts;
  counts.set_all(mask.size(), false);
  const TermSays count = is_number(block, Column::retry_attempts, term.high, counts);
  if (count != TermSays::each) return count == TermSays::all ? outcome : count;
  if (outcome == TermSays::all)
    mask = std::move(counts);
  else
    mask.keep(counts);
  return TermSays::each;
}

// The hash of the trace of record `i`.
std::uint64_t trace_of(const store::Numbers& traces, std::string_view ids, std::size_t i) {
  if (const auto hash = traces.at(i); hash && *hash != 0) return static_cast<std::uint64_t>(*hash);
  return store::FeedbackTotals::hash(store::nth_id(ids, i).text());
}

// A hash stands for a trace here, so that the rows have the last word.
TermSays has_feedback(const Block& block, const Term& term, const store::FeedbackTotals* feedback,
                      BlockMask& mask, bool& exact) {
  if (feedback == nullptr) return TermSays::cannot;
  if (feedback->is_empty()) return TermSays::none;
  const auto traces = block.numbers(Column::trace);
  const auto ids = block.ids();
  if (!traces || !ids) return TermSays::cannot;
  exact = false;
  mask.set_each([&](std::size_t i) {
    const auto* total = feedback->of(trace_of(*traces, *ids, i));
    return total && total->weights > 0 && compares(term, total->sum / total->weights);
  });
  return TermSays::each;
}

TermSays has_replayed(const Block& block, const Term& term, BlockMask& mask) {
  const auto id = Uuid::parse(term.text);
  return id ? has_text(block, Column::replay_of, id->view(), mask) : TermSays::none;
}

TermSays is_since(const Block& block, const Term& term, BlockMask& mask) {
  return has_number(
      block, Column::created_at, term.low, k_infinity, [&](double at) { return at >= term.low; }, mask);
}

TermSays is_until(const Block& block, const Term& term, BlockMask& mask) {
  return has_number(
      block, Column::created_at, -k_infinity, term.low, [&](double at) { return at < term.low; }, mask);
}

TermSays has_http_status(const Block& block, const Term& term, BlockMask& mask) {
  return has_number(
      block, Column::http_status, term.low, term.high,
      [&](double status) { return status >= term.low && status <= term.high; }, mask);
}

}  // namespace

TermSays evaluate(const Term& term, const Block& block, const store::FeedbackTotals* feedback,
                  BlockMask& mask, bool& exact) {
  switch (term.field) {
    case Field::status:
      return has_status(block, term, mask);
    case Field::since:
      return is_since(block, term, mask);
    case Field::until:
      return is_until(block, term, mask);
    case Field::model:
      return has_model(block, term.text, mask);
    case Field::provider:
      return has_glob(block, Column::provider, term.text, mask);
    case Field::user:
      return has_glob(block, Column::user, term.text, mask);
    case Field::endpoint:
      return is_number(block, Column::endpoint, term.low, mask);
    case Field::state:
      return is_number(block, Column::state, term.low, mask);
    case Field::http_status:
      return has_http_status(block, term, mask);
    case Field::config_id:
      return has_text(block, Column::config_id, term.text, mask);
    case Field::prompt_id:
      return has_text(block, Column::prompt_id, term.text, mask);
    case Field::virtual_key:
      return has_text(block, Column::virtual_key, term.text, mask);
    case Field::metadata:
      return has_metadata(block, metadata_key(term), metadata_value(term), mask);
    case Field::cost:
      return compared_real(block, Column::cost_usd, term, mask);
    case Field::tokens:
      return compared(block, Column::total_tokens, term, mask);
    case Field::latency:
      return compared_real(block, Column::latency_ms, term, mask);
    case Field::feedback:
      return has_feedback(block, term, feedback, mask, exact);
    case Field::stream:
      return is_number(block, Column::stream, term.low, mask);
    case Field::errors:
      return is_number(block, Column::ok, 1 - term.low, mask);
    case Field::untracked:
      return is_number(block, Column::tracked, 1 - term.low, mask);
    case Field::replay_of:
      return has_replayed(block, term, mask);
    case Field::trace_id:
    case Field::search:
      exact = false;
      return TermSays::all;
  }
  return TermSays::cannot;
}

}  // namespace pk::query
