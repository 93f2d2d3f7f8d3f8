// What tokens cost: the table prices.def, and the arithmetic. Pure; no allocation.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "provider/usage.h"

namespace pk::provider {

// US dollars per million tokens. An absent cached or cache-write price means that such tokens cost what input
// costs.
struct Price {
  double input = 0;
  std::optional<double> cached_input;
  std::optional<double> cache_write;
  double output = 0;
  bool operator==(const Price&) const = default;
};

struct PriceRow {
  std::string_view provider;  // slug
  std::string_view model;
  Price price;
};

// All rows, sorted by provider and model.
std::span<const PriceRow> all_prices();

// The price of a model at a provider, or nothing. Tried in this order:
//  1. the name as it is;
//  2. without "models/" in front (google);
//  3. without a date at its end, -2024-08-06 or -20240806, or -latest;
//  4. openrouter sells at list price and names models VENDOR/MODEL: the vendor's row, 1 to 3 again (":free"
//  is not priced).
// No other provider borrows a price: the same open model costs differently at each host. A fine-tuned model
// (ft:gpt-4o-mini:org::id) has the price of its ft: row.
std::optional<Price> price_of(std::string_view provider, std::string_view model);

// The cost of a usage in US dollars, exact to 1e-12; nothing if neither prompt nor completion tokens are
// known. Cached tokens at the cached price, cache writes at theirs, the rest of the prompt at input's;
// reasoning tokens are part of the completion. Counts that contradict each other never make a negative cost.
std::optional<double> cost_usd(const Price& price, const Usage& usage);

}  // namespace pk::provider
