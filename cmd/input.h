// What commands read: a file, stdin, a secret that is typed. Main thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/secret.h"

namespace pk::cmd {

// The whole file; "-" and "" are stdin. not_found or io, naming it; invalid if it has more than `bytes_max`.
Result<std::string> read_input(const std::string& file, std::size_t bytes_max);

// Whether stdin is a pipe, a socket or a file that was put there: not a terminal, and not /dev/null.
bool stdin_is_given();

// One line: of `file` ("-": stdin), else of stdin, which is asked for with `prompt` and without echo on a
// terminal. The line's end is taken off. invalid if it has more lines or control characters. May be empty.
Result<config::Secret> read_secret(const std::optional<std::string>& file, const std::string& prompt);

}  // namespace pk::cmd
