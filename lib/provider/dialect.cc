#include "provider/dialect.h"

namespace pk::provider {

std::string_view option(const ProviderOptions& options, std::string_view name) {
  for (const auto& [key, value] : options)
    if (key == name) return value;
  return "";
}

}  // namespace pk::provider
