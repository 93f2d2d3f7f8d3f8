// Asking before what cannot be undone. Main thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pk::cmd {

// Asks on a terminal, and nowhere else: a script is never asked, there the answer is yes.
bool confirmed(std::string_view question);

// "1 log", "2 logs".
std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace pk::cmd
