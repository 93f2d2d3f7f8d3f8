// Another run of this very program, for work that a server must not do in its own process: a damaged file may
// end it, and a child of a process with threads may do nothing but begin another program.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace pk::cmd {

inline constexpr std::chrono::seconds k_self_wait_max{10};
inline constexpr std::size_t k_self_output_bytes_max = 4'000'000;

// What `pk arguments…` prints, once it has ended well. Else what it complains of, with the code that its exit
// stands for; timeout where it is not done within k_self_wait_max, corrupt where a signal ended it; cancelled
// soon after `given_up`, where it is set, says true. Any thread.
Result<std::string> run_self(const std::vector<std::string>& arguments,
                             const std::function<bool()>& given_up = {});

}  // namespace pk::cmd
