// A config that was shown with its secrets masked, edited, and is to be saved: who edits it need not know
// them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::admin {

// `edited` with the secrets of `stored` where their masks still stand, at the same place; all other bytes are
// kept. invalid, naming the place: a mask that `stored` does not show there; and, where a secret is kept, an
// address, or another option of a provider, that `stored` does not have. Who may change a config but not read
// its secrets would have them sent to an address of his own.
Result<std::string> with_secrets(std::string_view edited, std::string_view stored);

}  // namespace pk::admin
