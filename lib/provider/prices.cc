#include "provider/prices.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace pk::provider {

namespace {

constexpr std::optional<double> none = std::nullopt;

// A text in place: with a pointer instead, each row would be written to whenever the program starts.
template <std::size_t k_bytes_max>
struct InPlace {
  template <std::size_t k_bytes>
  consteval InPlace(const char (&literal)[k_bytes]) : size(k_bytes - 1) {
    static_assert(k_bytes - 1 <= k_bytes_max);
    std::copy_n(literal, k_bytes - 1, bytes);
  }
  constexpr operator std::string_view() const { return {bytes, size}; }

  char bytes[k_bytes_max] = {};
  unsigned char size;
};

struct Row {
  InPlace<15> provider;
  InPlace<63> model;
  Price price;
};

constexpr Row k_rows[] = {
#define PK_PRICE(provider, model, input, cached_input, cache_write, output) \
  {provider, model, {input, cached_input, cache_write, output}},
#include "provider/prices.def"
#undef PK_PRICE
};

constexpr std::pair<std::string_view, std::string_view> key_of(const Row& row) {
  return {row.provider, row.model};
}

static_assert(std::ranges::adjacent_find(k_rows, std::ranges::greater_equal{}, key_of) == std::end(k_rows),
              "prices.def is not sorted, or names a model twice");

// The vendors whose list prices openrouter passes on, by the names that it gives them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> k_vendors = {{
    {"anthropic", "anthropic"},
    {"cohere", "cohere"},
    {"deepseek", "deepseek"},
    {"google", "google"},
    {"mistralai", "mistral-ai"},
    {"moonshotai", "moonshot"},
    {"openai", "openai"},
    {"perplexity", "perplexity-ai"},
    {"x-ai", "x-ai"},
}};

const Row* row_of(std::string_view provider, std::string_view model) {
  const auto at = std::ranges::lower_bound(k_rows, std::pair(provider, model), {}, key_of);
  return at != std::end(k_rows) && key_of(*at) == std::pair(provider, model) ? at : nullptr;
}

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Without -latest, -2024-08-06 or -20240806 at its end; the same text if there is none of them.
std::string_view undated(std::string_view model) {
  constexpr std::string_view k_latest = "-latest";
  if (model.ends_with(k_latest)) return model.substr(0, model.size() - k_latest.size());
  const auto tail = [&](std::size_t size) {
    return model.substr(model.size() - std::min(size, model.size()));
  };
  const std::string_view iso = tail(11);
  if (iso.size() == 11 && iso[0] == '-' && iso[5] == '-' && iso[8] == '-' && is_digits(iso.substr(1, 4)) &&
      is_digits(iso.substr(6, 2)) && is_digits(iso.substr(9)))
    return model.substr(0, model.size() - iso.size());
  const std::string_view packed = tail(9);
  if (packed.size() == 9 && packed.starts_with("-20") && is_digits(packed.substr(1)))
    return model.substr(0, model.size() - packed.size());
  return model;
}

// "ft:gpt-4o-mini-2024-07-18:org:name:id" → "ft:gpt-4o-mini-2024-07-18".
std::string_view tuned_base(std::string_view model) {
  constexpr std::string_view k_tuned = "ft:";
  return model.starts_with(k_tuned) ? model.substr(0, model.find(':', k_tuned.size())) : model;
}

std::string_view without_folder(std::string_view model) {
  for (const std::string_view folder : {"models/", "accounts/fireworks/models/"})
    if (model.starts_with(folder)) return model.substr(folder.size());
  return model;
}

const Row* listed(std::string_view provider, std::string_view model) {
  if (const Row* row = row_of(provider, model)) return row;
  const std::string_view base = tuned_base(without_folder(model));
  if (base.size() != model.size())
    if (const Row* row = row_of(provider, base)) return row;
  const std::string_view bare = undated(base);
  return bare.size() == base.size() ? nullptr : row_of(provider, bare);
}

// "us.anthropic.claude-…" → "anthropic.claude-…": a profile that picks a region has the model's price unless
// a row says otherwise. "arn:aws:bedrock:…:inference-profile/us.anthropic.…" is named by its last part.
const Row* bedrock_row(std::string_view model) {
  if (model.starts_with("arn:")) model.remove_prefix(model.rfind('/') + 1);
  if (const Row* row = row_of("bedrock", model)) return row;
  for (const std::string_view region : {"us.", "eu.", "apac.", "global."})
    if (model.starts_with(region)) return row_of("bedrock", model.substr(region.size()));
  return nullptr;
}

const Row* vendor_row(std::string_view model) {
  const std::size_t slash = model.find('/');
  if (slash == std::string_view::npos || model.ends_with(":free")) return nullptr;
  const std::string_view name = model.substr(0, slash);
  const auto vendor = std::ranges::find(k_vendors, name, [](const auto& pair) { return pair.first; });
  return vendor == k_vendors.end() ? nullptr : listed(vendor->second, model.substr(slash + 1));
}

}  // namespace

std::vector<PriceRow> all_prices() {
  std::vector<PriceRow> rows;
  for (const Row& row : k_rows) rows.push_back({row.provider, row.model, row.price});
  return rows;
}

std::optional<Price> price_of(std::string_view provider, std::string_view model) {
  if (model.empty()) return {};
  const Row* row = listed(provider, model);
  if (row == nullptr && provider == "bedrock") row = bedrock_row(model);
  if (row == nullptr && provider == "azure-openai") row = listed("openai", model);
  if (row == nullptr && provider == "openrouter") row = vendor_row(model);
  if (row == nullptr) row = row_of(provider, "*");
  return row == nullptr ? std::nullopt : std::optional(row->price);
}

std::optional<double> cost_usd(const Price& price, const Usage& usage) {
  if (!usage.prompt_tokens && !usage.completion_tokens) return {};
  const std::int64_t prompt = std::max<std::int64_t>(usage.prompt_tokens.value_or(0), 0);
  const std::int64_t cached = std::clamp<std::int64_t>(usage.cached_tokens.value_or(0), 0, prompt);
  const std::int64_t written =
      std::clamp<std::int64_t>(usage.cache_write_tokens.value_or(0), 0, prompt - cached);
  const std::int64_t completion = std::max<std::int64_t>(usage.completion_tokens.value_or(0), 0);
  const double micro_usd = static_cast<double>(prompt - cached - written) * price.input +
                           static_cast<double>(cached) * price.cached_input.value_or(price.input) +
                           static_cast<double>(written) * price.cache_write.value_or(price.input) +
                           static_cast<double>(completion) * price.output;
  // To whole 1e-12 dollars, so that 0.00015 is written as that.
  return std::round(micro_usd * 1e6) / 1e12;
}

}  // namespace pk::provider
