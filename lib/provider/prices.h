// What tokens cost: the table prices.def, and the arithmetic. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

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
std::vector<PriceRow> all_prices();

// The price of a model at a provider, or nothing. Tried in this order:
//  1. the name as it is;
//  2. without its folder ("models/…" at google, "accounts/fireworks/models/…"), a fine-tuned model
//     (ft:gpt-4o-mini:org::id) as its ft: row;
//  3. that without a date at its end, -2024-08-06 or -20240806, or -latest;
//  4. bedrock: by 1 without the region before it ("us.anthropic.…"), and of an ARN its last part;
//  5. azure-openai asks what openai asks: openai's row by 1 to 3;
//  6. openrouter sells at list price and names models VENDOR/MODEL: the vendor's row by 1 to 3 (":free" has
//  no price);
//  7. the provider's row for every model (demo only).
// No other provider borrows a price: the same open model costs differently at each host. Ask for the model
// that the response names, then for the one that was requested.
std::optional<Price> price_of(std::string_view provider, std::string_view model);

// The cost of a usage in US dollars, exact to 1e-12; nothing if neither prompt nor completion tokens are
// known. Cached tokens at the cached price, cache writes at theirs, the rest of the prompt at input's;
// reasoning tokens are part of the completion. Counts that contradict each other never make a negative cost.
std::optional<double> cost_usd(const Price& price, const Usage& usage);

}  // namespace pk::provider
