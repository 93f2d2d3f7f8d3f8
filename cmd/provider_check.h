// What a virtual key is checked against when it is saved. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/upstream_guard.h"
#include "store/saved_virtual_keys.h"

namespace pk::cmd {

// invalid: there is no provider of that slug.
Result<void> check_provider(std::string_view slug);

// Whether a new virtual key is to have a secret: not one of a server of one's own, which may be open, unless
// the provider's form cannot do without. Its provider is known.
enum class WantedSecret : std::uint8_t { needed, welcome, none };
WantedSecret wanted_secret(const store::VirtualKeyChange& key);

// Of a change that did not come from the command line: provider, hosts, and, where there is none `before`,
// that a secret is there which is needed.
Result<void> check_virtual_key(const store::VirtualKeyChange& change, const store::StoredVirtualKey* before,
                               const config::TrustedHosts& trusted);

}  // namespace pk::cmd
