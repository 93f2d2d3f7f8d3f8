#include "provider_check.h"

#include <fmt/format.h>

#include "base/text.h"
#include "config/provider_options.h"
#include "provider/table.h"

namespace pk::cmd {

Result<void> check_provider(std::string_view slug) {
  if (provider::find(slug)) return {};
  const std::string shown = visible(slug, false);
  if (provider::is_known_elsewhere(slug))
    return Error{Errc::invalid, fmt::format("{} is not offered by this version of pk", shown)};
  return Error{Errc::invalid,
               fmt::format("there is no provider '{}'; slugs are lower case, as in openai", shown)};
}

WantedSecret wanted_secret(const store::VirtualKeyChange& key) {
  const provider::Provider& provider = *provider::find(*key.provider);
  if (!provider.needs_key || config::have_credentials(key.options)) return WantedSecret::none;
  const bool own_host = key.custom_host && !key.custom_host->empty();
  return own_host && provider.auth != provider::Auth::dialect ? WantedSecret::welcome : WantedSecret::needed;
}

Result<void> check_virtual_key(const store::VirtualKeyChange& change, const store::StoredVirtualKey* before,
                               const config::TrustedHosts& trusted) {
  if (change.provider)
    if (auto checked = check_provider(*change.provider); !checked)
      return std::move(checked).error().within("provider");
  if (change.custom_host && !change.custom_host->empty())
    if (auto checked = config::check_custom_host(*change.custom_host, trusted); !checked)
      return std::move(checked).error().within("custom_host");
  for (const auto& [name, value] : change.options)
    if (!value.empty() && config::is_host_option(name)) PK_TRY(config::check_custom_host(value, trusted));
  if (!before && !change.secret && wanted_secret(change) == WantedSecret::needed)
    return Error{Errc::invalid, fmt::format("secret is missing: {} needs one", *change.provider)};
  return {};
}

}  // namespace pk::cmd
