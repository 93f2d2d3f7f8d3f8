// A config that was shown with its secrets masked, edited, and is to be saved: who edits it need not know
// them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace pk::admin {

// `edited` with the secrets of `stored` where their masks still stand, also in a target that was moved; all
// other bytes are kept. invalid, naming the place: a mask that `stored` does not show under that name; and,
// in a target that such a secret may go to, an address, a virtual key or another option of a provider that
// `stored` does not have. Who may change a config but not read its secrets would have them sent to an address
// of his own.
Result<std::string> with_secrets(std::string_view edited, std::string_view stored);

}  // namespace pk::admin
