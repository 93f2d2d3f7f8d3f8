#include "provider/dialect.h"

#include <algorithm>

namespace pk::provider {

std::string_view option(const ProviderOptions& options, std::string_view name) {
  const auto at = std::ranges::find(options, name, &ProviderOptions::value_type::first);
  return at == options.end() ? std::string_view() : std::string_view(at->second);
}

}  // namespace pk::provider
