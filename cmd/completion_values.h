// What completions offer from the ledger: ids, values that records have, names of what is saved.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "command.h"

namespace pk::cmd {

struct Offer {
  std::string word;
  std::string about;  // "" or a few words
};

// The kinds there are, for a message: "log, model, …".
std::string value_kinds();

// At most k_offers_max of `kind` that begin with `prefix`, the likeliest first. Where there is no ledger, or
// it cannot be read, what is known without it: a completion never complains. invalid: no such kind. After
// guard() (ledger.h).
inline constexpr std::size_t k_offers_max = 100;
Result<std::vector<Offer>> offers(const Context& context, std::string_view kind, std::string_view prefix);

}  // namespace pk::cmd
