#include "confirm.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "base/text.h"

namespace pk::cmd {

bool confirmed(std::string_view question) {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) return true;
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return iequals(trim(answer), "y") || iequals(trim(answer), "yes");
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace pk::cmd
