#include "store/openers.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/text.h"

namespace pk::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_openers_max = 5;
constexpr std::size_t k_command_bytes_max = 60;

bool has_open(const fs::path& process, const fs::path& file) {
  std::error_code error;
  for (fs::directory_iterator at(process / "fd", error), end; !error && at != end; at.increment(error)) {
    std::error_code unreadable;
    if (fs::read_symlink(at->path(), unreadable) == file) return true;
  }
  return false;
}

// Its arguments with spaces between them.
std::string command_of(const fs::path& process) {
  std::ifstream in(process / "cmdline", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  while (!text.empty() && text.back() == '\0') text.pop_back();
  std::ranges::replace(text, '\0', ' ');
  if (text.size() > k_command_bytes_max) text = text.substr(0, k_command_bytes_max) + "…";
  return visible(text, false);
}

}  // namespace

std::string openers_text(const fs::path& file) {
  std::error_code error;
  const fs::path whole = fs::canonical(file, error);
  if (error) return "";
  std::string out;
  std::size_t found = 0;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end && found < k_openers_max;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    const auto pid = parse_uint(name);
    if (!pid || *pid == static_cast<std::uint64_t>(getpid()) || !has_open(at->path(), whole)) continue;
    out += (found++ > 0 ? ", process " : "process ") + name + " (" + command_of(at->path()) + ")";
  }
  return out;
}

}  // namespace pk::store
